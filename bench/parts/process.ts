/** One part in a process of its own: `process.ts NAME DIRECTORY SIZES`, which tells by IPC how it goes and what it found. */
import type { Outcome, Sizes } from './part.ts';
import { PARTS } from './parts.ts';

/** What such a process sends. */
export type PartMessage =
  | { readonly say: string }
  | { readonly outcome: Outcome }
  | { readonly failed: string };

const [name, directory = '', sizes = '{}'] = process.argv.slice(2);
const part = PARTS.find((one) => one.name === name);
if (part === undefined || process.send === undefined)
  throw new Error(`There is no part ${name} to run here.`);
const tell = (message: PartMessage) =>
  new Promise<void>((resolve) => process.send!(message, undefined, {}, () => resolve()));

try {
  const outcome = await part.run(JSON.parse(sizes) as Sizes, { directory, say: (say) => void tell({ say }) });
  await tell({ outcome });
} catch (error) {
  console.error(error);
  await tell({ failed: reasonOf(error) });
}
process.exit();

/** One line: the message, and that of the cause, which tells why a call failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`.split('\n')[0]!;
}
