/** `npm run console:build`: the console into dist/console, where the server finds it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './console/build.ts';
import { SCRIPT_LIMIT } from './console/weight.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { kilobytes } = await buildConsole(root, join(root, 'dist', 'console'));
console.log(
  `dist/console: the first page loads ${kilobytes.toFixed(1)} KB of script (at most ${SCRIPT_LIMIT})`,
);
