/** What is asked of systemd, by a stand-in for its commands: systemd itself does not run where these tests run. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe, type TestContext } from 'node:test';
import { systemClock } from '../../src/agent/clock.ts';
import { createDeadMan } from '../../src/agent/dead-man.ts';
import { createExecute } from '../../src/agent/exec.ts';
import { SERVICE_CONTROLS } from '../../src/agent/service-control.ts';
import { atEnd } from '../kit/at-end.ts';
import { temporaryDirectory } from './kit.ts';

const linux = { skip: process.platform === 'linux' ? false : 'needs Linux' };

/** Stand-ins that note how they are called; the unit's state at boot is what the file `boot` says. */
async function standIns(context: TestContext) {
  const directory = await temporaryDirectory(context);
  const at = (name: string) => join(directory, name);
  const script = (name: string, text: string) =>
    writeFileSync(at(name), `#!/bin/sh\necho "${name} $*" >> ${at('calls')}\n${text}\n`, { mode: 0o755 });
  script('systemctl', `[ "$1" != is-enabled ] || { cat ${at('boot')}; exit 1; }`);
  script('systemd-run', 'while [ "$1" != -- ]; do shift; done; shift; "$@" > /dev/null 2>&1 & ');
  writeFileSync(at('calls'), '');
  // The daemon is this very process, so that there is one.
  writeFileSync(at('pid'), `${process.pid}`);
  const programs = { daemon: process.execPath, systemctl: at('systemctl'), 'systemd-run': at('systemd-run') };
  const service = { unit: 'fapolicyd.service', pidFile: at('pid'), stopGrace: 10, binary: process.execPath };
  const execute = createExecute(programs);
  const calls = () => readFileSync(at('calls'), 'utf8').trim().split('\n');
  return { at, execute, calls, control: SERVICE_CONTROLS.systemd({ service, execute, clock: systemClock }) };
}

describe('systemd', linux, () => {
  for (const [said, state] of [
    ['enabled', 'enabled'],
    ['disabled', 'disabled'],
    ['masked', 'masked'],
    ['static', 'disabled'],
    ['', 'disabled'],
  ] as const)
    test(`a unit that is ${said || 'unknown'} counts as ${state} at boot`, async (context) => {
      const { at, control } = await standIns(context);
      writeFileSync(at('boot'), said);
      assert.equal((await control.state()).enabled, state);
    });

  test('a start never enables, and unmasks what could not be started otherwise', async (context) => {
    const { at, calls, control } = await standIns(context);
    writeFileSync(at('boot'), 'masked');
    assert.equal(await control.start([]), null);
    assert.deepEqual(calls(), [
      'systemctl is-enabled fapolicyd.service',
      'systemctl unmask fapolicyd.service',
      'systemctl start fapolicyd.service',
    ]);
  });

  test('a daemon that was killed to be quick leaves no failed unit behind', async (context) => {
    const { at, calls, control } = await standIns(context);
    const daemon = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)'], { stdio: 'ignore' });
    const ended = once(daemon, 'exit');
    writeFileSync(at('pid'), `${daemon.pid}`);
    assert.equal(await control.stop(true), null);
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    assert.deepEqual(calls(), [
      'systemctl stop --no-block fapolicyd.service',
      'systemctl stop fapolicyd.service',
      'systemctl reset-failed fapolicyd.service',
    ]);
  });

  test('each state at boot is put back by the command that makes it', async (context) => {
    const { calls, control } = await standIns(context);
    for (const state of ['enabled', 'disabled', 'masked'] as const)
      assert.equal(await control.setEnabled(state), null);
    const unit = 'fapolicyd.service';
    assert.deepEqual(
      calls(),
      ['enable', 'disable', 'mask'].map((verb) => `systemctl ${verb} ${unit}`),
    );
  });
});

for (const kind of ['systemd', 'direct'] as const)
  test(
    `a dead-man started by ${kind} watches, gives way to another one, and ends`,
    linux,
    async (context) => {
      const { at, execute, calls } = await standIns(context);
      const module = join(import.meta.dirname, '../../src/agent/dead-man.ts');
      const watch = `setInterval(() => {}, 1000); (await import('${module}')).announce('${at('guard')}', process.argv.at(-1))`;
      const command = [process.execPath, '--input-type=module', '--eval', watch, '--'];
      const deadMan = createDeadMan(kind, { execute, clock: systemClock, command, file: at('guard') });
      atEnd(context, () => deadMan.disarm());
      const running = async () => {
        const said = JSON.parse(readFileSync(at('guard'), 'utf8')) as {
          trial: string;
          process: { pid: number };
        };
        return { trial: said.trial, pid: said.process.pid };
      };
      const gone = async (pid: number) => {
        while (!isDead(pid)) await new Promise(setImmediate);
      };
      assert.equal(await deadMan.arm('one'), null);
      const first = await running();
      assert.equal(first.trial, 'one');
      assert.equal(await deadMan.arm('two'), null);
      await gone(first.pid);
      const second = await running();
      assert.equal(second.trial, 'two');
      await deadMan.disarm();
      await gone(second.pid);
      if (kind === 'systemd') assert.match(calls()[0]!, /^systemd-run .*--collect .*-- .* one$/);
    },
  );

/** A process that nobody has taken note of is dead all the same. */
function isDead(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
