import { AgentError, messageOf } from '../error.ts';
import type { InstallContext } from './context.ts';
import { INSTALL_REQUIREMENTS } from './requirements.ts';
import { INSTALL_STEPS, type InstallStep } from './steps.ts';

/** What came of each step, in the order they were gone through. */
export interface InstallReport {
  readonly steps: readonly {
    readonly step: string;
    readonly result: 'done' | 'was done' | 'taken back' | 'nothing to do';
  }[];
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Goes through the steps; what is done already is left as it is.
 * @param told hears of each step before it is carried out
 * @throws AgentError that names the step, after which the same command continues
 */
export async function installAgent(
  context: InstallContext,
  uid: number,
  told: (text: string) => void,
): Promise<InstallReport> {
  await assertRequirements(context, uid);
  const steps: InstallReport['steps'][number][] = [];
  for (const step of INSTALL_STEPS) {
    const done = await inStep(step, () => step.isDone(context));
    if (!done) {
      told(step.does);
      await inStep(step, () => step.carryOut(context));
    }
    steps.push({ step: step.name, result: done ? 'was done' : 'done' });
  }
  const remarks = await context.device.remarks();
  return { steps, notes: [...remarks, '"cordon-agent doctor" says what a restriction would do here.'] };
}

/**
 * Goes back through the steps, whichever of them were carried out.
 * @param release releases a restricted device first; without it that is refused, since only a person releases
 * @throws AgentError
 */
export async function uninstallAgent(
  context: InstallContext,
  uid: number,
  release: boolean,
  told: (text: string) => void,
): Promise<InstallReport> {
  if (uid !== 0) throw new AgentError('configuration', INSTALL_REQUIREMENTS[0]!.remedy);
  const notes: string[] = [];
  const restricted = await context.device.isRestricted();
  if (restricted && !release)
    throw new AgentError(
      'configuration',
      'This device is restricted, and nothing was changed. Release it at the server first, with ' +
        '"cordon unrestrict NAME --wait"; or, where the server is gone for good, uninstall with --release.',
    );
  const steps: InstallReport['steps'][number][] = [];
  for (const step of [...INSTALL_STEPS].reverse()) {
    const left = await inStep(step, () => step.hasLeft(context));
    if (left) {
      told(step.undoneBy);
      notes.push(...(await inStep(step, () => step.takeBack(context))));
    }
    steps.push({ step: step.name, result: left ? 'taken back' : 'nothing to do' });
    if (step.name === 'service' && restricted) {
      told('release this device, and try that programs run again');
      await context.device.release();
      notes.push('The device was released here; the server was not told and shows the mode it knew.');
    }
  }
  if (steps.every(({ result }) => result === 'nothing to do'))
    notes.push('No agent was installed here, and nothing was changed.');
  return { steps, notes };
}

async function assertRequirements({ layout }: InstallContext, uid: number): Promise<void> {
  for (const { isMet, remedy } of INSTALL_REQUIREMENTS)
    if (!(await isMet({ layout, uid }))) throw new AgentError('configuration', remedy);
}

async function inStep<T>({ name }: InstallStep, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof AgentError ? cause.code : 'configuration';
    throw new AgentError(
      code,
      `The step “${name}” failed: ${messageOf(cause)} The same command continues from here.`,
      {
        cause,
      },
    );
  }
}
