/** Something on the device that stands against a switch. The message is one sentence for a person. */
export class Refusal extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Refusal';
  }
}

/** Throws what a service control or program said went wrong. @throws Refusal */
export function unless(reason: string | null): void {
  if (reason !== null) throw new Refusal(reason);
}

/**
 * The reason when the device is at fault (a refusal, or the operating system refused a call: full disk, read-only
 * file system); null when the fault is the code's, which is not the driver's to answer for.
 */
export function reasonOf(thrown: unknown): string | null {
  if (thrown instanceof Refusal) return thrown.message;
  if (thrown instanceof Error && 'syscall' in thrown && 'code' in thrown)
    return `The operating system refused a step: ${thrown.message}.`;
  return null;
}
