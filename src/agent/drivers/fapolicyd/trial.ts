import type { Context, Progress } from './context.ts';
import { presentBoot, readRecord, type SwitchRecord, type Trial, writeRecord } from './record.ts';
import { Refusal, unless } from './refusal.ts';

/**
 * A trial that begins now. Its time is long at first, since a database may have to be filled while nothing is refused
 * yet; {@link tightened} sets the real one.
 */
export async function beginTrial({ options }: Context, order: string): Promise<Trial> {
  const now = options.sinceBoot();
  return {
    id: `${order}@${now}`,
    order,
    deadline: now + (options.startTimeout + options.confirmTimeout) / 1000,
    boot: await presentBoot(),
  };
}

/** The trial from the moment when programs begin to be refused. */
export function tightened({ options }: Context, trial: Trial): Trial {
  return { ...trial, deadline: options.sinceBoot() + options.confirmTimeout / 1000 };
}

/** Milliseconds that are left; none after a restart of the device, which nobody has lived through. */
export function remaining({ options }: Context, trial: Trial, boot: string): number {
  return trial.boot === boot ? Math.max(0, (trial.deadline - options.sinceBoot()) * 1000) : 0;
}

/** True while the restriction of the record is undone unless somebody confirms it. */
export function isOnTrial(record: SwitchRecord | null): record is SwitchRecord & { trial: Trial } {
  return record?.mode === 'restricted' && record.trial != null;
}

/**
 * Keeps the restriction: recorded first, then over reboots, and at last the dead-man ends. What could not be enabled at
 * boot is a note and no failure, since the agent itself puts a confirmed restriction in force after a boot.
 * @throws Refusal when it was undone meanwhile, or what the operating system refused
 */
export async function confirmRestriction(context: Context, progress: Progress): Promise<string[]> {
  const record = await readRecord(context.options);
  if (record?.mode !== 'restricted' || record.phase !== 'applied')
    throw new Refusal('The restriction was undone before it was confirmed.');
  if (record.trial !== null) await writeRecord(context.options, { ...record, trial: null });
  await progress.pass('restriction-confirmed');
  const notes = await enableAtBoot(context);
  await progress.pass('enabled-at-boot');
  await context.deadMan.disarm();
  await progress.pass('dead-man-disarmed');
  return notes;
}

async function enableAtBoot({ service }: Context): Promise<string[]> {
  const { enabled } = await service.state();
  if (enabled === null || enabled === 'enabled') return [];
  try {
    unless(await service.setEnabled('enabled'));
    return [];
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return [`fapolicyd could not be enabled at boot, where the agent starts it: ${thrown.message}`];
  }
}
