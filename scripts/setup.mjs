/**
 * Makes `node_modules` what `package-lock.json` says, before any other script runs. It is the one file here that must
 * also run on Node 20, without packages and without type stripping: on a fresh machine it runs before Node 26 is there.
 * With `--console` the console is built too where it is missing or older than its sources.
 * Says nothing and takes a few milliseconds when there is nothing to do.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureConsole } from './console/ensure.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const lockFile = join(root, 'package-lock.json');
/** Written last: names the lock file and the platform that the packages were installed for. */
const stampFile = join(modules, '.cordon-setup');
/** Held by the process that installs. Outside of `node_modules`, which `npm ci` empties. */
const guardFile = join(root, '.setup-lock');
const suppliedNode = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const wantedMajor = 26;

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};
const say = (text) => process.stderr.write(`${text}\n`);
const present = (file) => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

/** A failure that a person can mend: its lines say what is wrong and what to do. */
class Stop extends Error {
  constructor(lines) {
    super(lines.map((line) => `cordon: ${line}`).join('\n'));
  }
}

const lockText = read(lockFile) ?? '';
const stamp = `${createHash('sha256').update(lockText).digest('hex')} ${process.platform}-${process.arch}\n`;
const stamped = () => read(stampFile) === stamp;

if (!stamped()) {
  try {
    await prepare();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

if (process.argv.includes('--console') && process.exitCode === undefined) {
  await ensureConsole(root, {
    node: present(suppliedNode) ? suppliedNode : process.execPath,
    say,
    takeGuard,
  });
}

/** Installs unless another process does it meanwhile, or a hand-made `npm install` already did the same. */
async function prepare() {
  if (lockText === '') throw new Stop(['package-lock.json is missing; get the whole repository again.']);
  const release = await takeGuard();
  try {
    if (stamped()) return;
    if (!installedByHand()) await install();
    checkNode();
    writeFileSync(stampFile, stamp);
  } finally {
    release();
  }
}

/**
 * True when npm's own record in `node_modules` has every package of the lock file, so that a `npm install` by a
 * developer is not repeated. npm writes the record last, so an interrupted install has none. Optional packages may be
 * absent (they are other platforms'), except that this platform's `node` must be there when one is supplied.
 */
function installedByHand() {
  const record = read(join(modules, '.package-lock.json'));
  if (record === null) return false;
  const wanted = JSON.parse(lockText).packages;
  const found = JSON.parse(record).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = found[path];
    if (there === undefined)
      return entry.optional === true && !(path.startsWith('node_modules/node-') && fits(entry));
    return (
      there.version === entry.version && there.integrity === entry.integrity && existsSync(join(root, path))
    );
  });
}

function fits(entry) {
  return (
    (entry.os ?? [process.platform]).includes(process.platform) &&
    (entry.cpu ?? [process.arch]).includes(process.arch)
  );
}

/** Runs `npm ci` with the Node that npm was started with: the supplied one is among what is replaced. */
async function install() {
  say('cordon: installing packages (npm ci), once after a clone or an update …');
  rmSync(stampFile, { force: true });
  const started = Date.now();
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? { file: process.env.npm_node_execpath ?? process.execPath, first: [process.env.npm_execpath] }
    : { file: process.platform === 'win32' ? 'npm.cmd' : 'npm', first: [] };
  const options = [
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    // Two retries after 1 and 10 s; npm's own 10 and 60 s keep a person without a network waiting for over a minute.
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=10000',
  ];
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(modules));
  const child = spawn(npm.file, [...npm.first, 'ci', ...options], {
    cwd: root,
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: npm.file.endsWith('.cmd'),
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
    process.stderr.write(chunk);
  });
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      errors += error.message;
      resolve(error.code === 'ENOENT' ? 127 : 1);
    });
    child.on('close', (status) => resolve(status ?? 1));
  });
  if (code !== 0) throw new Stop(adviceFor(code, errors));
  say(`cordon: packages are installed (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

function adviceFor(code, errors) {
  if (code === 127)
    return ['npm was not found. Install Node.js with npm (version 20 or later) and try again.'];
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED/.test(
      errors,
    )
  ) {
    return [
      'the package registry cannot be reached, so the packages are not installed.',
      'Check the network; behind a proxy set HTTPS_PROXY; with a registry of your own run `npm config set registry ADDRESS`.',
      'Then run the same command again. Nothing is left half done.',
    ];
  }
  if (/ENOSPC/.test(errors))
    return ['the disk is full (about 400 MB are needed). Make room and run the same command again.'];
  if (/EACCES|EPERM|EROFS/.test(errors))
    return ['this folder cannot be written. Make it writable and run the same command again.'];
  return ['`npm ci` failed; its message is above. When that is mended, run the same command again.'];
}

/** A supplied `node` that does not start here (another C library, say) is unlinked, so that the machine's own is found. */
function checkNode() {
  const supplied = present(suppliedNode);
  if (
    supplied &&
    spawnSync(suppliedNode, ['--version'], { shell: process.platform === 'win32' }).status === 0
  )
    return;
  if (supplied)
    for (const end of ['', '.cmd', '.ps1']) rmSync(join(modules, '.bin', `node${end}`), { force: true });
  const own = ownVersion();
  if (own >= wantedMajor) return;
  throw new Stop([
    `Node ${wantedMajor} or later is needed, and no package supplies one for ${process.platform}-${process.arch} here${supplied ? ' (the one that came does not start)' : ''}.`,
    `This machine's own Node is version ${own}. Install Node ${wantedMajor} or later and run the same command again.`,
  ]);
}

/** Major version of the Node that npm runs on, which is the one found once `node_modules/.bin` has none. */
function ownVersion() {
  const file = process.env.npm_node_execpath;
  const text =
    file === undefined
      ? process.version
      : String(spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout);
  return Number(/^v(\d+)/.exec(text)?.[1] ?? 0);
}

/** Waits until this process is the only one that installs; the function returned ends that. */
async function takeGuard() {
  for (let tries = 0; !tryGuard(); tries += 1) {
    removeDeadGuard();
    if (tries === 20) say('cordon: waiting for another process that installs the packages …');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const beat = setInterval(() => utimesSync(guardFile, new Date(), new Date()), 5000);
  const release = () => {
    clearInterval(beat);
    rmSync(guardFile, { force: true });
  };
  for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 })) {
    process.once(signal, () => {
      release();
      process.exit(128 + number);
    });
  }
  return release;
}

function tryGuard() {
  try {
    writeFileSync(guardFile, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    if (
      error.code === 'ENOENT' ||
      error.code === 'EACCES' ||
      error.code === 'EPERM' ||
      error.code === 'EROFS'
    ) {
      throw new Stop([
        `this folder cannot be written (${error.code}). Make it writable and run the same command again.`,
      ]);
    }
    throw error;
  }
}

/**
 * Removes the guard of a process that is gone: not running on this host, or on any host silent for a minute (it beats
 * every five seconds). The folder makes sure that only one process looks and removes at a time.
 */
function removeDeadGuard() {
  const turn = `${guardFile}.turn`;
  try {
    mkdirSync(turn);
  } catch {
    if (ageOf(turn) > 10_000) rmSync(turn, { recursive: true, force: true });
    return;
  }
  try {
    if (isDead()) rmSync(guardFile, { force: true });
  } finally {
    rmdirSync(turn);
  }
}

function isDead() {
  if (ageOf(guardFile) > 60_000) return true;
  let owner;
  try {
    owner = JSON.parse(read(guardFile) ?? '');
  } catch {
    // Gone meanwhile, or made this moment and not filled yet.
    return false;
  }
  if (owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function ageOf(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? 0 : Date.now() - found.mtimeMs;
}
