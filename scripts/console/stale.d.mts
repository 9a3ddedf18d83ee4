/** True where the console is missing or older than its sources. */
export function isConsoleStale(root: string): boolean;
