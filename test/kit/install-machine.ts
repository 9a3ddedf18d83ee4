/** A Debian machine that is a directory: its package manager and its service manager are a few variables. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { InstallContext } from '../../src/agent/install/context.ts';
import { layoutOf } from '../../src/agent/install/layout.ts';
import { scratchDirectory } from './leftovers.ts';

export interface InstallMachine {
  readonly context: InstallContext;
  /** What was asked of programs and of the device's other verbs, in order. */
  readonly calls: string[];
  /** Everything on it: files with their content, links, and directories. */
  tree(): Record<string, string>;
  /** The next call that begins so fails, once. */
  failNext(call: string): void;
  /** Whether the enforcer was ever started, or enabled while not masked. */
  everRefused(): boolean;
  /** Packages that others need, which dpkg then does not remove. */
  readonly needed: Set<string>;
  restricted: boolean;
  /** What is to be known of the device. */
  remarks: readonly string[];
  remove(): void;
}

const DONE = { status: 0, signal: null, stdout: '', stderr: '', error: null } as const;
const FAILED = { ...DONE, status: 1, stderr: 'refused by the test' } as const;
const WITH_ENFORCER = ['fapolicyd', 'liblmdb0'];

export function createInstallMachine({ owners = false, wantsEnforcer = true } = {}): InstallMachine {
  const { path: root, remove } = scratchDirectory('machine');
  const layout = layoutOf(root);
  const at = (path: string) => join(root, path);
  for (const path of [
    'run/systemd/system',
    'etc/systemd/system',
    'etc/dpkg/dpkg.cfg.d',
    'var/lib/dpkg',
    'usr/local/sbin',
    'usr/local/lib',
  ])
    mkdirSync(at(path), { recursive: true });
  writeFileSync(layout.osRelease, 'ID=debian\n');
  writeFileSync(at('downloaded'), 'the agent', { mode: 0o700 });
  const packages = new Set(['base-files', ...(owners ? WITH_ENFORCER : [])]);
  const enabled = new Set<string>(owners ? ['fapolicyd.service'] : []);
  const active = new Set<string>(owners ? ['fapolicyd.service'] : []);
  const mask = at('etc/systemd/system/fapolicyd.service');
  let refused = false;
  let failing: string | null = null;
  const calls: string[] = [];
  const needed = new Set<string>();
  const save = () => {
    const paragraph = (name: string) => `Package: ${name}\nStatus: install ok installed\n`;
    writeFileSync(layout.packageStatus, [...packages].sort().map(paragraph).join('\n'));
  };
  save();

  const systemctl: Record<string, (units: readonly string[]) => typeof DONE | { stdout: string }> = {
    mask: () => {
      if (!existsSync(mask)) symlinkSync('/dev/null', mask);
      return DONE;
    },
    unmask: () => {
      rmSync(mask, { force: true });
      return DONE;
    },
    enable: (units) => {
      for (const unit of units) enabled.add(unit);
      return DONE;
    },
    disable: (units) => {
      for (const unit of units) {
        enabled.delete(unit);
        if (units.includes('--now')) active.delete(unit);
      }
      return DONE;
    },
    restart: (units) => {
      for (const unit of units) active.add(unit);
      return DONE;
    },
    'daemon-reload': () => DONE,
    'is-enabled': ([unit = '']) => ({
      stdout: existsSync(mask) ? 'masked\n' : enabled.has(unit) ? 'enabled\n' : 'disabled\n',
    }),
    'is-active': ([unit = '']) => ({ stdout: active.has(unit) ? 'active\n' : 'inactive\n' }),
  };
  const programs: Record<string, (args: readonly string[]) => object> = {
    systemctl: ([verb = '', ...units]) => systemctl[verb]!(units),
    aptGet: ([verb]) => {
      if (verb !== 'install') return DONE;
      for (const name of WITH_ENFORCER) packages.add(name);
      // As Debian's package does: enabled, and started unless it is masked.
      enabled.add('fapolicyd.service');
      if (!existsSync(mask)) {
        active.add('fapolicyd.service');
        refused = true;
      }
      save();
      return DONE;
    },
    dpkg: ([, name = '']) => {
      if (needed.has(name)) return FAILED;
      packages.delete(name);
      save();
      return DONE;
    },
  };
  let enrolled = false;
  const note = (call: string) => {
    calls.push(call);
    if (failing === null || !call.startsWith(failing)) return false;
    failing = null;
    return true;
  };
  const work = (call: string, act: () => void) => async () => {
    if (note(call)) throw new Error('refused by the test');
    act();
  };
  const machine: InstallMachine = {
    calls,
    needed,
    restricted: false,
    remarks: [],
    context: {
      layout,
      source: at('downloaded'),
      wantsEnforcer,
      execute: async (name, args) => {
        if (note(`${name} ${args.join(' ')}`)) return FAILED;
        const result = { ...DONE, ...programs[name]!(args) };
        if (enabled.has('fapolicyd.service') && !existsSync(mask) && !owners) refused = true;
        return result;
      },
      device: {
        isEnrolled: async () => enrolled,
        enrol: work('enrol', () => {
          enrolled = true;
          writeFileSync(join(layout.stateDirectory, 'identity.json'), '{}');
        }),
        remarks: async () => machine.remarks,
        prepare: work('prepare', () => undefined),
        isRestricted: async () => machine.restricted,
        release: work('release', () => {
          machine.restricted = false;
        }),
      },
    },
    failNext: (call) => {
      failing = call;
    },
    everRefused: () => refused,
    tree: () => ({
      ...treeOf(root),
      packages: [...packages].sort().join(),
      enabled: [...enabled].join(),
      active: [...active].join(),
    }),
    remove,
  };
  return machine;
}

function treeOf(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) return [path, `→ ${readlinkSync(path)}`];
    return [
      path,
      entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'directory',
    ];
  });
  return Object.fromEntries(entries.sort());
}
