import { isSame } from '../../daemon-process.ts';
import type { Observation } from '../driver.ts';
import { hasOurFiles } from './baseline.ts';
import type { Context } from './context.ts';
import { changedFiles, isOurs } from './in-force.ts';
import { readRecord, type SwitchRecord } from './record.ts';
import { sysctlFaults } from './sysctls.ts';

/** What is in force by our record, and whether the device agrees. */
export async function observeFapolicyd(context: Context): Promise<Observation> {
  const record = await readRecord(context.options);
  if (record === null) {
    if (!(await hasOurFiles(context)))
      return { mode: 'unmanaged', intact: true, detail: 'Nothing of ours is on this device.' };
    return {
      mode: 'restricted',
      intact: false,
      detail: 'Files of a restriction are here without its record.',
    };
  }
  if (record.phase !== 'applied')
    return { mode: record.mode, intact: false, detail: 'A switch was begun and not ended.' };
  if (record.mode === 'unrestricted')
    return { mode: 'unrestricted', intact: true, detail: 'The owner has what was there before.' };
  const faults = await faultsOf(context, record);
  context.memory.seen = faults.length === 0 ? await context.kernel.enforcer() : null;
  return {
    mode: 'restricted',
    intact: faults.length === 0,
    detail:
      faults.length === 0
        ? 'fapolicyd enforces with our files.'
        : `Not as it was left: ${faults.join('; ')}.`,
  };
}

/** Whether the enforcer that the last look found in order still runs: three small reads, for every second. */
export async function glanceAtFapolicyd({ memory, kernel }: Context): Promise<boolean> {
  return memory.seen === null || isSame(memory.seen, await kernel.enforcer());
}

/** What of an applied restriction is visibly not in force, a phrase each. */
export async function faultsOf(context: Context, record: SwitchRecord): Promise<string[]> {
  const running = await context.kernel.enforcer();
  const files = [...(await changedFiles(context, record)), ...(await sysctlFaults(context))];
  if (running === null) return ['fapolicyd does not run', ...files];
  return [
    ...((await isOurs(context, record, running)) ? [] : ['fapolicyd was started by somebody else']),
    ...((await context.kernel.argumentsOf(running.pid)).includes('--permissive')
      ? ['fapolicyd only watches']
      : []),
    ...((await context.kernel.marksOf(running.pid)) > 0 ? [] : ['the kernel does not ask fapolicyd']),
    ...files,
  ];
}
