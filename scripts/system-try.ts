/**
 * `npm run system:try`: the agent on a whole Debian of its own, in a virtual machine: install, restrict, escape, packages,
 * update, reboot, power cut, release, uninstall. Needs root (for debootstrap), and the programs debootstrap, mke2fs, qemu-img
 * and qemu-system-x86_64. The processor is imitated, so it takes one to two hours. Prints one line per case, `--json` an
 * array of them; ends with 0 when each is as it should be.
 *
 *     npm run system:try                          in a directory of its own, which is removed
 *     npm run system:try -- --directory DIR       keeps the machine there after each case that held; started again, it
 *                                                 goes on with the next case
 *     npm run system:try -- --executable FILE     tries an agent that is built already
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort, startServerProcess } from '../test/kit/server-process.ts';
import { SYSTEM_CASES } from './system-try/cases.ts';
import { serveFiles } from './system-try/files.ts';
import { bootGuest, type Guest, HOST_IN_GUEST } from './system-try/guest.ts';
import { makeImage, run } from './system-try/image.ts';
import type { SystemWorld } from './system-try/world.ts';

/** What a run leaves for the next one in its directory. */
interface Progress {
  /** Of the server, which the agent is enrolled at. */
  readonly url: string;
  readonly results: { case: string; expected: string; observed: string; held: boolean }[];
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    directory: { type: 'string' },
    executable: { type: 'string' },
  },
});

const missing = ['debootstrap', 'mke2fs', 'qemu-img', 'qemu-system-x86_64'].filter(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined,
);
if (missing.length > 0 || process.getuid?.() !== 0) {
  console.error(`not run: ${missing.length > 0 ? `needs ${missing.join(', ')}` : 'needs root'}`);
  process.exit(2);
}

const directory = values.directory ?? mkdtempSync(join(tmpdir(), 'cordon-system-'));
mkdirSync(directory, { recursive: true });
const progressFile = join(directory, 'progress.json');
const { url, results }: Progress = existsSync(progressFile)
  ? JSON.parse(readFileSync(progressFile, 'utf8'))
  : { url: `http://127.0.0.1:${await freePort()}`, results: [] };
const keptAs = (count: number) => `after-${count}`;
const serverData = join(directory, 'server');
const keptServer = (count: number) => join(directory, `server-${keptAs(count)}`);
// A case that failed may have moved the server on, and the machine goes on where it was before.
if (existsSync(keptServer(results.length))) {
  rmSync(serverData, { recursive: true });
  cpSync(keptServer(results.length), serverData, { recursive: true });
}

const executable = values.executable ?? join(directory, 'cordon-agent');
if (values.executable === undefined)
  run(process.execPath, [join(root, 'scripts/build-agent.ts'), '--output', executable]);
const image = makeImage(directory);
let guest: Guest | null = null;
// Another file by its digest, and the same program.
const files = await serveFiles({
  agent: { path: executable },
  'agent-new': { path: executable, more: '\n' },
});
const server = await startServerProcess([], {}, null, { data: serverData, url });
try {
  guest = await bootGuest(image, directory, results.length === 0 ? null : keptAs(results.length));
  const world: SystemWorld = {
    guest,
    api: server.api,
    server,
    url: url.replace('127.0.0.1', HOST_IN_GUEST),
    files: `http://${HOST_IN_GUEST}:${files.port}`,
    token: () => server.enrolmentToken(),
  };
  for (const { name, expected, observe } of SYSTEM_CASES.slice(results.length)) {
    const started = Date.now();
    const observed = await observe(world).catch((error: Error) => error.message);
    const held = observed === expected;
    results.push({ case: name, expected, observed, held });
    const seconds = Math.round((Date.now() - started) / 1000);
    if (!values.json) console.log(`${held ? 'ok    ' : 'FAILED'} ${name}: ${observed} (${seconds} s)`);
    // The rest would tell of this failure again, and a run that is to go on goes on here.
    if (!held && values.directory !== undefined) break;
    if (values.directory === undefined) continue;
    await server.stop();
    cpSync(serverData, keptServer(results.length), { recursive: true });
    await guest.keep(keptAs(results.length));
    await server.start();
    writeFileSync(progressFile, JSON.stringify({ url, results } satisfies Progress));
  }
} finally {
  await guest?.end();
  await server[Symbol.asyncDispose]();
  await files[Symbol.asyncDispose]();
  if (values.directory === undefined) rmSync(directory, { recursive: true, force: true });
}
if (values.json) console.log(JSON.stringify(results, null, 2));
if (results.length < SYSTEM_CASES.length || !results.every(({ held }) => held)) process.exitCode = 1;
