import { join } from 'node:path';
import type { Log } from '../service/log.ts';
import type { ConsoleLinks } from '../service/sessions/links.ts';
import type { AccessStore } from '../store/port.ts';
import { writePrivate } from './private-file.ts';

/** File with the one-time link of the last start, for who has no terminal to read it from. */
export const CONSOLE_LINK_FILE = 'console-link';
/** As history names who made the link. */
const MAKER = 'cordon serve';

/** Where a link may be shown; a log has many readers, so that it is none of them. */
export interface LinkReaders {
  /** Writes to the terminal that the server was started at; null where there is none. */
  readonly terminal: ((text: string) => void) | null;
  /** Data directory; null where there is none. */
  readonly directory: string | null;
}

/** Shows a link that opens the console as the local administrator, once, to who started the server. */
export async function showConsoleLink(
  { terminal, directory }: LinkReaders,
  links: ConsoleLinks,
  store: Pick<AccessStore, 'tenants'>,
  log: Log,
): Promise<void> {
  const [tenant] = await store.tenants();
  if (tenant === undefined || (terminal === null && directory === null)) return;
  const { url } = await links.make(tenant.id, MAKER);
  if (terminal !== null) {
    terminal(`Open the console within 15 minutes, once: ${url}\n`);
    return;
  }
  const file = join(directory as string, CONSOLE_LINK_FILE);
  await writePrivate(file, `${url}\n`);
  log.info({ file }, 'a link that opens the console once, within 15 minutes, stands in the file');
}
