/**
 * `npm run system:try`: the agent on a whole Debian of its own, in a virtual machine: install, restrict, escape, packages,
 * reboot, release, uninstall. Needs root (for debootstrap), and the programs debootstrap, mke2fs and qemu-system-x86_64. Takes
 * half an hour where the processor must be imitated. Prints one line per case, `--json` an array of them; ends with 0 when
 * each is as it should be.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServerProcess } from '../test/kit/server-process.ts';
import { SYSTEM_CASES, type SystemWorld } from './system-try/cases.ts';
import { bootGuest, type Guest, HOST_IN_GUEST } from './system-try/guest.ts';
import { makeImage, run } from './system-try/image.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

const missing = ['debootstrap', 'mke2fs', 'qemu-system-x86_64'].filter(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined,
);
if (missing.length > 0 || process.getuid?.() !== 0) {
  console.error(`not run: ${missing.length > 0 ? `needs ${missing.join(', ')}` : 'needs root'}`);
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), 'cordon-system-'));
const results: { case: string; expected: string; observed: string; held: boolean }[] = [];
let guest: Guest | null = null;
const server = await startServerProcess();
try {
  const executable = join(directory, 'cordon-agent');
  run(process.execPath, [join(root, 'scripts/build-agent.ts'), '--output', executable]);
  guest = await bootGuest(makeImage(directory, executable), directory);
  const world: SystemWorld = {
    guest,
    api: server.api,
    url: server.url.replace('127.0.0.1', HOST_IN_GUEST),
    token: () => server.enrolmentToken(),
    machineId: null,
  };
  for (const { name, expected, observe } of SYSTEM_CASES) {
    const observed = await observe(world).catch((error: Error) => error.message);
    results.push({ case: name, expected, observed, held: observed === expected });
    if (!values.json) console.log(`${observed === expected ? 'ok    ' : 'FAILED'} ${name}: ${observed}`);
  }
} finally {
  await guest?.end();
  await server[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
}
if (values.json) console.log(JSON.stringify(results, null, 2));
if (!results.every(({ held }) => held)) process.exitCode = 1;
