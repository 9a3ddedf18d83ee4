import type { Preparation } from '../driver.ts';
import type { Context } from './context.ts';
import { readIfThere, writeForEnforcer } from './files.ts';
import { changedFiles, digestsOf } from './in-force.ts';
import { readRecord, type SwitchRecord, writeRecord } from './record.ts';
import { reasonOf } from './refusal.ts';
import { awaitTrust, updateTrust } from './trust-database.ts';
import { makeTrustList, type TrustList, trustText } from './trust-list.ts';
import { systemTrust } from './trust-system.ts';
import { inOurTurn } from './turn.ts';

/** Names of changed files that are told; the rest is a number. */
const NAMED = 5;

/**
 * Looks anew at what the packages have, so that a restriction finds its list ready. While one is in force, the running
 * enforcer is given the new list at once: what a package update brought becomes trusted.
 */
export async function prepareTrust(context: Context): Promise<Preparation> {
  try {
    const system = await systemTrust(context.options, true);
    const list = await makeTrustList(context.options);
    await inOurTurn(context, () => renewTrust(context, list));
    return { ready: true, detail: describe(list, system.changed, system.unverified) };
  } catch (thrown) {
    const reason = reasonOf(thrown);
    if (reason === null) throw thrown;
    return { ready: false, detail: reason };
  }
}

function describe({ files }: TrustList, changed: readonly string[], unverified: number): string {
  const parts = [`${files.length} files stay allowed`];
  if (unverified > 0) parts.push(`${unverified} of them have no checksum in dpkg’s records`);
  if (changed.length > 0) {
    const more = changed.length > NAMED ? ` and ${changed.length - NAMED} more` : '';
    parts.push(
      `not what their package installed, and left out: ${changed.slice(0, NAMED).join(', ')}${more}`,
    );
  }
  return `${parts.join('; ')}.`;
}

/** A restriction that is not as it was left is drift, which the agent repairs with the new list by itself. */
async function renewTrust(context: Context, list: TrustList): Promise<void> {
  const { options, paths } = context;
  const record = await readRecord(options);
  if (record === null || !(await isHeld(context, record))) return;
  const text = trustText(list);
  if ((await readIfThere(paths.trust))?.toString('utf8') === text) return;
  await writeForEnforcer(paths.trust, text);
  await writeRecord(options, { ...record, files: { ...record.files, ...(await digestsOf([paths.trust])) } });
  await updateTrust(context);
  await awaitTrust(context, list);
}

async function isHeld(context: Context, record: SwitchRecord): Promise<boolean> {
  if (record.mode !== 'restricted' || record.phase !== 'applied') return false;
  return (await context.kernel.enforcer()) !== null && (await changedFiles(context, record)).length === 0;
}
