/** `npm run pack`: the package of npm as a tarball, `dist/cordon-VERSION.tgz`. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pack-try/installed.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
mkdirSync(join(root, 'dist'), { recursive: true });
console.log(pack(root, join(root, 'dist')));
