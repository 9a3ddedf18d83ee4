#!/usr/bin/env node
/**
 * Starts the command: says which Node is needed where this one is too old, and keeps compiled code for the next start.
 * It is read by any Node: CommonJS, and modules are asked for only after the version is known.
 */
'use strict';
const wanted = Number(/\d+/.exec(require('../../package.json').engines.node)[0]);

if (Number(process.versions.node.split('.')[0]) < wanted) {
  process.stderr.write(
    [
      `cordon: Node.js ${wanted} or later is needed; this is ${process.version} (${process.execPath}).`,
      '        Get it from https://nodejs.org/en/download, or with a version manager (nvm, fnm, volta, mise).\n',
    ].join('\n'),
  );
  process.exitCode = 1;
} else {
  // What a restricted device runs comes from files that its enforcer trusts, and from no cache beside them.
  if (process.argv[2] !== 'agent') keepCompiledCode();
  // Emitted, or in a clone the source.
  const [emitted, source] = ['cordon.js', 'cordon.ts'].map((name) =>
    require('node:path').join(__dirname, name),
  );
  import(require('node:url').pathToFileURL(require('node:fs').existsSync(emitted) ? emitted : source).href);
}

/** In the directory of NODE_COMPILE_CACHE, which Node takes by itself, else in the user's own; never a failure. */
function keepCompiledCode() {
  if (process.env.NODE_COMPILE_CACHE) return;
  const directory = userCache();
  if (directory !== null) require('node:module').enableCompileCache(directory);
}

/** The user's directory for caches; null where somebody else could put code into it for us to run. */
function userCache() {
  const { mkdirSync, realpathSync } = require('node:fs');
  const { homedir } = require('node:os');
  const { isAbsolute, join } = require('node:path');
  try {
    const { XDG_CACHE_HOME: configured, LOCALAPPDATA: local } = process.env;
    if (process.platform === 'win32') return local ? join(local, 'cordon', 'compiled') : null;
    const parent =
      configured && isAbsolute(configured)
        ? configured
        : join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
    const directory = join(parent, 'cordon');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const real = realpathSync(directory);
    return isOurs(real) ? join(real, 'compiled') : null;
  } catch {
    return null;
  }
}

/** Whether nobody but this user and root may change what lies in the directory, or put another in its place. */
function isOurs(directory) {
  const { statSync } = require('node:fs');
  const { dirname } = require('node:path');
  const user = process.geteuid();
  if (statSync(directory).uid !== user) return false;
  for (let at = directory; ; at = dirname(at)) {
    const { mode, uid } = statSync(at);
    const sticky = at !== directory && uid === 0 && (mode & 0o1000) !== 0;
    if ((uid !== user && uid !== 0) || ((mode & 0o022) !== 0 && !sticky)) return false;
    if (at === dirname(at)) return true;
  }
}
