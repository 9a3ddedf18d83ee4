import { describeFailure } from '../../exec.ts';
import { pause } from '../../until.ts';
import type { Context } from './context.ts';
import { Refusal } from './refusal.ts';
import type { TrustList } from './trust-list.ts';

/** 67,694 files of a Debian are 10 MB of output. */
const MAX_BYTES = 268_435_456;
/** Dumping in a loop has hung the daemon (fapolicyd issue #113), so it is asked seldom. */
const ASKS = 6;
const BETWEEN = 1_500;

/** Digest by path of `fapolicyd-cli --dump-db`: lines `SOURCE PATH SIZE DIGEST`. */
export function parseDump(output: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [, path, digest] = /^\S+ (\/.*) \d+ ([0-9a-f]{32,128})$/.exec(line.trim()) ?? [];
    if (path !== undefined && digest !== undefined) entries.set(path, digest);
  }
  return entries;
}

/** What the enforcer's database lacks of the list; null when there is no database yet. */
export async function missingTrust(context: Context, list: TrustList): Promise<string[] | null> {
  const result = await context.execute('cli', ['--dump-db'], { timeout: 60_000, maxBytes: MAX_BYTES });
  if (result.status !== 0 || result.error !== null) return null;
  const entries = parseDump(result.stdout);
  return list.files.flatMap(({ path, sha256 }) => (entries.get(path) === sha256 ? [] : path));
}

/** Asks a running enforcer to read the trusted files again. @throws Refusal */
export async function updateTrust(context: Context): Promise<void> {
  const result = await context.execute('cli', ['--update'], { timeout: 30_000 });
  if (result.status !== 0)
    throw new Refusal(`fapolicyd did not take the trusted files (${describeFailure(result)}).`);
}

/** Waits until a running enforcer has the whole list. @throws Refusal when it does not get it */
export async function awaitTrust(context: Context, list: TrustList): Promise<void> {
  for (let asked = 1; ; asked += 1) {
    const missing = await missingTrust(context, list);
    if (missing?.length === 0) return;
    if (asked === ASKS) throw new Refusal(describeMissing(missing, list));
    await pause(context.options.clock, BETWEEN);
  }
}

function describeMissing(missing: string[] | null, list: TrustList): string {
  if (missing === null) return 'The trust database of fapolicyd cannot be read, so nothing was restricted.';
  const own = missing.find((path) => list.own.includes(path));
  const example = own === undefined ? missing[0] : `${own}, which the agent needs`;
  return `${missing.length} of ${list.files.length} trusted files are not in the database of fapolicyd (${example}).`;
}
