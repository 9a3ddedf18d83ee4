import type { ProcessIdentity } from '../../daemon-process.ts';
import { describeFailure } from '../../exec.ts';
import { until } from '../../until.ts';
import type { Context } from './context.ts';
import { readIfThere } from './files.ts';
import { Refusal, unless } from './refusal.ts';
import { compiledLines, ruleLines } from './rules.ts';
import type { Procedure } from './versions.ts';

/** Starts the enforcer and waits until the kernel asks it. @throws Refusal */
export async function startEnforcer(
  context: Context,
  args: readonly string[] = [],
): Promise<ProcessIdentity> {
  unless(await context.service.start(args));
  const { clock, startTimeout } = context.options;
  const found = await until(clock, () => watching(context), { timeout: startTimeout, every: 10 });
  if (found === 'ended')
    throw new Refusal(
      'fapolicyd ended right after its start; the system log says why (its tag is fapolicyd).',
    );
  if (found === null) throw new Refusal(`fapolicyd did not begin to watch within ${startTimeout / 1000} s.`);
  return found;
}

async function watching(context: Context): Promise<ProcessIdentity | 'ended' | null> {
  const found = await context.kernel.enforcer();
  if (found === null) return 'ended';
  return (await context.kernel.marksOf(found.pid)) > 0 ? found : null;
}

/** @throws Refusal */
export async function stopEnforcer(context: Context, urgent: boolean): Promise<void> {
  unless(await context.service.stop(urgent));
}

/** Makes a running enforcer of a `live` version take over rules and `permissive`. @throws Refusal */
export async function reloadEnforcer(context: Context): Promise<ProcessIdentity> {
  const running = await context.kernel.enforcer();
  if (running === null) throw new Refusal('fapolicyd ended while it was to take over new rules.');
  const result = await context.execute('cli', ['--reload-rules'], { timeout: 30_000 });
  if (result.status !== 0)
    throw new Refusal(`fapolicyd did not take the rules (${describeFailure(result)}).`);
  context.kernel.signal(running.pid, 'SIGHUP');
  return running;
}

/** Makes one file of the rules with fapolicyd's own tool, and looks that it holds what was wanted. @throws Refusal */
export async function compileRules(
  context: Context,
  procedure: Procedure,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  if (procedure.checksRules) {
    const checked = await context.execute('cli', ['--check-rules'], { timeout: 30_000 });
    if (checked.status !== 0) throw new Refusal(`fapolicyd refuses the rules (${describeFailure(checked)}).`);
  }
  const result = await context.execute('fagenrules', [], { timeout: 30_000 });
  if (result.status !== 0) throw new Refusal(`The rules could not be compiled (${describeFailure(result)}).`);
  if (!(await isCompiled(context, files)))
    throw new Refusal('The compiled rules are not those that were written; look at rules.d and fagenrules.');
}

export async function isCompiled({ paths }: Context, files: ReadonlyMap<string, string>): Promise<boolean> {
  const compiled = ruleLines((await readIfThere(paths.compiled))?.toString('utf8') ?? '');
  const wanted = compiledLines(files);
  return compiled.length === wanted.length && wanted.every((line, index) => line === compiled[index]);
}
