/** Where services write what happened; pino's shape, so that the server's logger fits without an adapter. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
