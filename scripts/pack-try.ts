/**
 * `npm run pack:try`: packs, installs the tarball in an empty folder outside of the repository, where there is no TypeScript
 * and no package above, and tries from there what a user would. Prints a line per case; ends with 0 when all hold.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACK_CASES } from './pack-try/cases.ts';
import { installPacked } from './pack-try/installed.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = installPacked(root);
console.log(`installed in ${installed.directory}, with Node ${process.version}`);
try {
  for (const { name, observe } of PACK_CASES) {
    const started = performance.now();
    const [mark, seen] = await observe(installed, root).then(
      (text) => ['ok    ', text],
      (error: Error) => ['FAILED', error.message],
    );
    console.log(
      `${mark} ${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${name}: ${seen}`,
    );
    if (mark === 'FAILED') process.exitCode = 1;
  }
} finally {
  installed.remove();
}
