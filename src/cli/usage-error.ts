/** A command line that cannot be used; the message says what to write instead. Exit status 2. */
export class UsageError extends Error {
  /** Further lines of help, below the message. */
  readonly remedies: readonly string[];

  constructor(message: string, remedies: readonly string[] = []) {
    super(message);
    this.name = 'UsageError';
    this.remedies = remedies;
  }
}
