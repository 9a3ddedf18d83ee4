import assert from 'node:assert/strict';
import { lstatSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { unreadable } from '../../../src/agent/install/executable.ts';
import { installAgent, uninstallAgent } from '../../../src/agent/install/install.ts';
import { isDebianFamily } from '../../../src/agent/install/requirements.ts';
import { INSTALL_STEPS } from '../../../src/agent/install/steps.ts';
import { HARDENING, LEFT_OUT } from '../../../src/agent/install/unit-settings.ts';
import { atEnd } from '../../kit/at-end.ts';
import { createInstallMachine } from '../../kit/install-machine.ts';

const ROOT = 0;
const silent = () => undefined;

function machineOf(context: TestContext, options?: Parameters<typeof createInstallMachine>[0]) {
  const machine = createInstallMachine(options);
  atEnd(context, () => machine.remove());
  return {
    machine,
    install: () => installAgent(machine.context, ROOT, silent),
    uninstall: (release = false) => uninstallAgent(machine.context, ROOT, release, silent),
  };
}

test('one command installs everything, and the enforcer refuses nothing at any moment', async (context) => {
  const { machine, install } = machineOf(context);
  await install();
  const { layout } = machine.context;
  assert.equal(readFileSync(layout.executable, 'utf8'), 'the agent');
  assert.equal(lstatSync(layout.executable).mode & 0o777, 0o755);
  assert.equal(lstatSync(layout.stateDirectory).mode & 0o777, 0o700);
  assert.equal(readlinkSync(layout.command), layout.executable);
  assert.equal(machine.everRefused(), false);
  const { enabled, active } = machine.tree();
  assert.deepEqual(
    [enabled, active],
    ['cordon-agent-recover.service,cordon-agent.service', 'cordon-agent.service'],
  );
  const order = machine.calls
    .filter((call) => !/is-|daemon-reload/.test(call))
    .map((call) => call.replace(/ --yes.*/, ''));
  assert.deepEqual(order, [
    'systemctl mask fapolicyd.service',
    'aptGet install',
    'systemctl disable fapolicyd.service',
    'systemctl unmask fapolicyd.service',
    'enrol',
    'prepare',
    'systemctl enable cordon-agent-recover.service cordon-agent.service',
    'systemctl restart cordon-agent.service',
  ]);
});

test('what a person should know of the device stands before the hint of the doctor', async (context) => {
  const { machine, install } = machineOf(context);
  machine.remarks = ['This device only observes.'];
  const { notes } = await install();
  assert.equal(notes[0], 'This device only observes.');
  assert.match(notes[1]!, /doctor/);
});

test('an executable that the enforcer keeps from being read is told with the place where it can be', () => {
  const refusal = Object.assign(new Error('EPERM'), { code: 'EPERM' });
  assert.match(
    unreadable('/var/tmp/new', refusal).message,
    /\/var\/tmp\/new .* restricted, .* below \/usr\/ and \/opt\/ only/,
  );
  const other = Object.assign(new Error('EIO'), { code: 'EIO' });
  assert.equal(unreadable('/var/tmp/new', other), other);
});

test('install and uninstall leave the machine as it was, to the file', async (context) => {
  const { machine, install, uninstall } = machineOf(context);
  const before = machine.tree();
  await install();
  assert.notDeepEqual(machine.tree(), before);
  assert.deepEqual((await uninstall()).notes, []);
  assert.deepEqual(machine.tree(), before);
});

test('an uninstall where nothing was installed says so, step by step, and starts no program', async (context) => {
  const { machine } = machineOf(context, { owners: true });
  const before = machine.tree();
  const told: string[] = [];
  const { steps, notes } = await uninstallAgent(machine.context, ROOT, false, (text) => told.push(text));
  assert.deepEqual([...new Set(steps.map(({ result }) => result))], ['nothing to do']);
  assert.deepEqual(notes, ['No agent was installed here, and nothing was changed.']);
  assert.deepEqual(told, []);
  assert.deepEqual(machine.calls, []);
  assert.deepEqual(machine.tree(), before);
});

test('an uninstall tells what it takes back, and of the rest that there was nothing to do', async (context) => {
  const { install, uninstall } = machineOf(context, { wantsEnforcer: false });
  await install();
  const { steps, notes } = await uninstall();
  const nothing = steps.filter(({ result }) => result === 'nothing to do').map(({ step }) => step);
  assert.deepEqual(nothing, ['trust list', 'enforcer']);
  assert.deepEqual(notes, []);
});

test('an owner’s enforcer is neither installed nor stopped nor removed', async (context) => {
  const { machine, install, uninstall } = machineOf(context, { owners: true });
  const before = machine.tree();
  await install();
  await uninstall();
  assert.deepEqual(machine.tree(), before);
  assert.ok(!machine.calls.some((call) => /aptGet|dpkg|fapolicyd/.test(call)));
});

test('a trial that only observes gets no enforcer', async (context) => {
  const { machine, install } = machineOf(context, { wantsEnforcer: false });
  await install();
  assert.ok(!machine.calls.some((call) => call.startsWith('aptGet')));
});

const INTERRUPTIONS = [
  'systemctl mask',
  'aptGet install',
  'systemctl disable fapolicyd',
  'systemctl unmask',
  'enrol',
  'prepare',
  'systemctl daemon-reload',
  'systemctl enable',
  'systemctl restart',
];
for (const call of INTERRUPTIONS) {
  test(`interrupted at ${call}, the same command continues, and the enforcer never refuses anything`, async (context) => {
    const { machine, install, uninstall } = machineOf(context);
    const before = machine.tree();
    machine.failNext(call);
    // A package manager that fails once is asked again, with new lists.
    if (call === 'aptGet install') await install();
    else await assert.rejects(install(), /The step “.*” failed: .*continues from here/);
    await install();
    assert.match(machine.tree().active!, /cordon-agent/);
    assert.equal(machine.everRefused(), false);
    await uninstall();
    assert.deepEqual(machine.tree(), before);
  });

  test(`interrupted at ${call}, an uninstall leaves nothing either`, async (context) => {
    const { machine, install, uninstall } = machineOf(context);
    const before = machine.tree();
    machine.failNext(call);
    await install().catch(() => undefined);
    await uninstall();
    assert.deepEqual(machine.tree(), before);
    assert.equal(machine.everRefused(), false);
  });
}

test('repeated with the same executable it changes nothing; with a newer one it updates', async (context) => {
  const { machine, install } = machineOf(context);
  await install();
  const before = machine.tree();
  const { steps } = await install();
  assert.deepEqual(machine.tree(), before);
  const again = steps.filter(({ result }) => result === 'done').map(({ step }) => step);
  assert.deepEqual(again, ['trust list', 'service']);
  writeFileSync(machine.context.source!, 'a newer agent');
  await install();
  assert.equal(readFileSync(machine.context.layout.executable, 'utf8'), 'a newer agent');
});

test('a restricted device is not uninstalled, unless it is to be released, and then first', async (context) => {
  const { machine, install, uninstall } = machineOf(context);
  const before = machine.tree();
  await install();
  machine.restricted = true;
  const installed = machine.tree();
  await assert.rejects(uninstall(), /restricted, and nothing was changed/);
  assert.deepEqual(machine.tree(), installed);
  machine.calls.length = 0;
  const { notes } = await uninstall(true);
  assert.match(notes.join(), /the server was not told/);
  const [stopped, released, removed] = ['systemctl disable', 'release', 'dpkg'].map((call) =>
    machine.calls.findIndex((made) => made.startsWith(call)),
  ) as [number, number, number];
  assert.ok(stopped >= 0 && stopped < released && released < removed, machine.calls.join('\n'));
  assert.deepEqual(machine.tree(), before);
});

test('a release that cannot be proven ends the uninstall with the enforcer in place', async (context) => {
  const { machine, install, uninstall } = machineOf(context);
  await install();
  machine.restricted = true;
  machine.failNext('release');
  await assert.rejects(uninstall(true));
  assert.match(machine.tree().packages!, /fapolicyd/);
  await uninstall(true);
  assert.doesNotMatch(machine.tree().packages!, /fapolicyd/);
});

test('a package that others need by now stays, and is named', async (context) => {
  const { machine, install, uninstall } = machineOf(context);
  await install();
  machine.needed.add('liblmdb0');
  assert.deepEqual((await uninstall()).notes, ['The package liblmdb0 stays, since others need it by now.']);
  assert.equal(machine.tree().packages, 'base-files,liblmdb0');
});

test('where it cannot work it says what to do and touches nothing', async (context) => {
  const { machine } = machineOf(context);
  const before = machine.tree();
  await assert.rejects(installAgent(machine.context, 1000, silent), /as root/);
  await assert.rejects(uninstallAgent(machine.context, 1000, false, silent), /as root/);
  assert.deepEqual(machine.tree(), before);
  const { layout } = machine.context;
  writeFileSync(layout.osRelease, 'ID=fedora\n');
  await assert.rejects(installAgent(machine.context, ROOT, silent), /Only Debian/);
  rmSync(layout.systemdMark, { recursive: true });
  await assert.rejects(installAgent(machine.context, ROOT, silent), /systemd is not the service manager/);
  assert.deepEqual(machine.calls, []);
});

test('an enforcer whose unit the owner has masked is left alone', async (context) => {
  const { machine, install } = machineOf(context);
  await machine.context.execute('systemctl', ['mask', 'fapolicyd.service']);
  await assert.rejects(install(), /is masked; see why/);
  assert.match(Object.keys(machine.tree()).join(), /fapolicyd\.service/);
});

test('the family of Debian is told by what a distribution says it is like', () => {
  assert.ok(isDebianFamily('ID=ubuntu\nID_LIKE=debian\n'));
  assert.ok(isDebianFamily('NAME="Mint"\nID="linuxmint"\nID_LIKE="ubuntu debian"\n'));
  assert.ok(!isDebianFamily('ID="rhel"\nID_LIKE="fedora"\nVARIANT_ID=debian\n'));
});

test('each step says what it does and what undoes it, and no setting of the unit is both there and left out', () => {
  for (const { does, undoneBy } of INSTALL_STEPS) assert.ok(does.length > 10 && undoneBy.length > 10);
  const left = LEFT_OUT.flatMap(({ name }) => name.split(', '));
  assert.deepEqual(
    HARDENING.filter(({ name }) => left.includes(name)),
    [],
  );
  assert.equal(new Set(HARDENING.map(({ name }) => name)).size, HARDENING.length);
});

test('what is written is named by the layout, so nothing can be forgotten', async (context) => {
  const { machine, install } = machineOf(context);
  const before = machine.tree();
  await install();
  const { layout } = machine.context;
  const ours = [
    layout.programDirectory,
    layout.executable,
    layout.command,
    layout.agentUnit,
    layout.recoverUnit,
    layout.packageHook,
  ];
  const added = Object.keys(machine.tree()).filter((path) => !(path in before));
  assert.deepEqual(
    added.filter((path) => !ours.includes(path) && !path.startsWith(join(layout.stateDirectory))),
    [],
  );
});
