import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RAN, refused as refusedAttempt } from '../../src/agent/canary/attempt.ts';
import { CANARY_CASES } from '../../src/agent/canary/cases.ts';
import type { Substitutes } from '../../src/agent/drivers/fapolicyd/context.ts';
import { type FapolicydOptions, fapolicydDefaults } from '../../src/agent/drivers/fapolicyd/options.ts';
import { RULE_GROUPS } from '../../src/agent/drivers/fapolicyd/rules.ts';
import { parseDump } from '../../src/agent/drivers/fapolicyd/trust-database.ts';
import type { Execution } from '../../src/agent/exec.ts';
import type { BootState } from '../../src/agent/service-control.ts';

/** A fapolicyd that is files in a directory and a few variables, of any version, for tests without root. */
export interface FakeFapolicyd extends Disposable {
  readonly options: FapolicydOptions;
  readonly substitutes: Substitutes;
  /** What was asked of it, in order. */
  readonly calls: string[];
  /** What it enforces at this moment; null while it does not run. */
  running(): { permissive: boolean; rules: string } | null;
  /** What it refuses: to check or compile rules, to start, to arm the dead-man, or to change a setting of the kernel. */
  refuse(what: '--check-rules' | 'fagenrules' | 'start' | 'arm' | 'user.max_user_namespaces'): void;
  /** Starts it as its owner would. */
  startAsOwner(): Promise<void>;
  /** The kernel's settings, by name. */
  readonly sysctls: Record<string, string>;
  /** Whether it starts at boot. */
  boot(): BootState;
  /** Every file of its configuration with its content. */
  files(): Record<string, string>;
}

const DONE: Execution = { status: 0, signal: null, stdout: '', stderr: '', error: null };
const REFUSED: Execution = { ...DONE, status: 1, stderr: 'refused by the test' };

export function createFakeFapolicyd({
  version,
  conf,
  boot = 'disabled',
}: {
  version: string | null;
  conf: string;
  boot?: BootState;
}): FakeFapolicyd {
  const root = mkdtempSync(join(tmpdir(), 'cordon-fake-'));
  chmodSync(root, 0o755);
  const at = (...parts: string[]) => join(root, ...parts);
  const read = (path: string) => readFileSync(path, 'utf8');
  for (const directory of ['etc/rules.d', 'etc/trust.d', 'samples', 'bin'])
    mkdirSync(at(directory), { recursive: true });
  for (const group of RULE_GROUPS)
    writeFileSync(at('samples', `${group}.rules`), `deny_audit perm=${group}\n`);
  for (const name of ['fapolicyd', 'cli', 'fagenrules', 'trusted'])
    writeFileSync(at('bin', name), '#!/bin/sh\n# deny_audit\nexit 0\n', { mode: 0o755 });
  writeFileSync(at('etc/fapolicyd.conf'), conf);
  writeFileSync(at('etc/rules.d/10-owner.rules'), 'allow perm=any all : all\n');
  writeFileSync(at('etc/compiled.rules'), 'allow perm=any all : all\n');
  const paragraph = `Package: fapolicyd\nStatus: install ok installed\nVersion: ${version}\n`;
  writeFileSync(at('status'), version === null ? '' : paragraph);

  const defaults = fapolicydDefaults(at('state'));
  const programs = {
    ...defaults.programs,
    daemon: at('bin/fapolicyd'),
    cli: at('bin/cli'),
    fagenrules: at('bin/fagenrules'),
  };
  const options: FapolicydOptions = {
    ...defaults,
    programs,
    configuration: at('etc'),
    sampleRules: at('samples'),
    packageStatus: at('status'),
    trust: { packageLists: null, roots: [at('bin')], minimum: 3 },
    canary: { ...defaults.canary, directory: at('canary') },
    startTimeout: 100,
  };

  const sysctls: Record<string, string> = { 'user.max_user_namespaces': '96364', 'vm.memfd_noexec': '0' };
  const calls: string[] = [];
  const refused = new Set<string>();
  let daemon: { pid: number; args: readonly string[]; permissive: boolean; rules: string } | null = null;
  let pids = 100;
  let atBoot = boot;
  let database = new Map<string, string>();
  const permissive = () => /^permissive = 1$/m.test(read(at('etc/fapolicyd.conf')));
  const compiled = () => read(at('etc/compiled.rules'));
  const loadTrust = () => {
    const lines = readdirSync(at('etc/trust.d')).flatMap((name) => read(at('etc/trust.d', name)).split('\n'));
    database = parseDump(lines.map((line) => `filedb ${line}`).join('\n'));
  };
  /** Enforcing our rules without the whole list is the accident that the driver must never cause. */
  const assertSafe = () => {
    if (daemon === null || daemon.permissive || !daemon.rules.includes('90-deny-execute')) return;
    if (!database.has(process.execPath)) throw new Error('The agent would be locked out.');
  };
  const start = (args: readonly string[]) => {
    loadTrust();
    pids += 1;
    daemon = {
      pid: pids,
      args,
      permissive: permissive() || args.includes('--permissive'),
      rules: compiled(),
    };
    assertSafe();
  };

  const commands: Readonly<Record<string, () => Execution>> = {
    '--dump-db': () => ({
      ...DONE,
      stdout: [...database].map(([path, digest]) => `filedb ${path} 1 ${digest}\n`).join(''),
    }),
    '--update': () => {
      loadTrust();
      return DONE;
    },
    '--check-rules': () => DONE,
    '--reload-rules': () => {
      if (daemon !== null) daemon.rules = compiled();
      assertSafe();
      return DONE;
    },
    fagenrules: () => {
      const names = readdirSync(at('etc/rules.d')).filter((name) => name.endsWith('.rules'));
      const rules = names.sort().map((name) => read(at('etc/rules.d', name)));
      writeFileSync(at('etc/compiled.rules'), rules.join('').replaceAll(/^#.*\n/gm, ''));
      return DONE;
    },
  };

  return {
    options,
    calls,
    sysctls,
    substitutes: {
      execute: async (name, args) => {
        const command = name === 'cli' ? args[0]! : name;
        if (command === 'rpm') return { ...DONE, status: null, error: 'ENOENT' };
        calls.push(command);
        return refused.has(command) ? REFUSED : commands[command]!();
      },
      service: {
        kind: 'direct',
        state: async () => ({
          process: daemon === null ? null : { pid: daemon.pid, started: 1 },
          enabled: atBoot,
          args: daemon?.args ?? [],
        }),
        start: async (args) => {
          calls.push('start');
          if (refused.has('start')) return 'It could not be started (test).';
          if (atBoot === 'masked') atBoot = 'disabled';
          start(args);
          return null;
        },
        stop: async (urgent) => {
          calls.push(urgent ? 'kill' : 'stop');
          daemon = null;
          return null;
        },
        setEnabled: async (enabled) => {
          if (enabled !== atBoot) calls.push(`enable ${enabled}`);
          atBoot = enabled;
          return null;
        },
      },
      deadMan: {
        arm: async () => {
          calls.push('arm');
          return refused.has('arm') ? 'The dead-man could not be started (test).' : null;
        },
        disarm: async () => void calls.push('disarm'),
      },
      kernel: {
        enforcer: async () => (daemon === null ? null : { pid: daemon.pid, started: 1 }),
        argumentsOf: async () => [...(daemon?.args ?? [])],
        marksOf: async () => 1,
        signal: (_pid, name) => {
          calls.push(name);
          if (daemon !== null) daemon.permissive = permissive();
          assertSafe();
        },
        release: () => '6.18.0',
        mounts: async () => [],
      },
      sysctls: {
        read: async (name) => sysctls[name] ?? null,
        write: async (name, value) => {
          if (refused.has(name)) throw Object.assign(new Error('refused by the test'), { code: 'EROFS' });
          sysctls[name] = value;
        },
      },
      canary: async () => {
        const enforcing = daemon?.permissive === false && daemon.rules.includes('90-deny-execute');
        return Object.fromEntries(
          CANARY_CASES.map(({ name, trusted }) => [
            name,
            trusted || !enforcing ? RAN : refusedAttempt('execute', 'EPERM'),
          ]),
        );
      },
    },
    running: () => (daemon === null ? null : { permissive: daemon.permissive, rules: daemon.rules }),
    refuse: (what) => {
      refused.add(what);
    },
    startAsOwner: async () => start([]),
    boot: () => atBoot,
    files: () =>
      Object.fromEntries(
        readdirSync(at('etc'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => [join(entry.parentPath, entry.name), read(join(entry.parentPath, entry.name))]),
      ),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
