/** Whether the console must be built. Runs on Node 20 too, since scripts/setup.mjs asks. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the built console is made of, from the repository's folder. */
const SOURCES = ['console', 'src/contract', 'scripts/console', 'package-lock.json'];

/** @param {string} root folder of the repository @returns {boolean} true where it is missing or older than its sources */
export function isConsoleStale(root) {
  const built = statSync(join(root, 'dist/console/index.html'), { throwIfNoEntry: false });
  return built === undefined || SOURCES.some((path) => newest(join(root, path)) > built.mtimeMs);
}

/** @param {string} path @returns {number} milliseconds of the last change below it */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  // The folder's own time tells of files that were removed.
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
