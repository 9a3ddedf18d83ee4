/**
 * `npm run build`: the package of npm as a folder, JavaScript that needs no TypeScript and no further package.
 *
 *     npm run build                     dist/package
 *     npm run build -- --output DIR     elsewhere; DIR is emptied first
 */
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { emitCommand } from './build/command.ts';
import { publishedManifest } from './build/manifest.ts';
import { noticesOf } from './build/notices.ts';
import { emitSdk } from './build/sdk.ts';
import { buildConsole } from './console/build.ts';

/** Documents that go along, and folders of them: messages and the README name their files. */
const DOCUMENTS = [
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs',
  'examples',
];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: { output: { type: 'string', default: join(root, 'dist', 'package') } },
});
const output = resolve(values.output);
const code = join(output, 'lib');

rmSync(output, { recursive: true, force: true });
mkdirSync(code, { recursive: true });
const { packages } = await emitCommand(join(root, 'src'), code);
const types = await emitSdk(root, code);
// The server looks for it at the same place as in a clone.
const pages = await buildConsole(root, join(output, 'dist', 'console'));
const names = packages.map((directory) => directory.slice(directory.lastIndexOf('node_modules/') + 13));
const repository = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
writeFileSync(
  join(output, 'package.json'),
  `${JSON.stringify(publishedManifest(repository, names, types), null, 2)}\n`,
);
writeFileSync(
  join(output, 'THIRD-PARTY-NOTICES.txt'),
  noticesOf([...new Set([...packages, ...pages.packages])].sort()),
);
for (const document of DOCUMENTS) cpSync(join(root, document), join(output, document), { recursive: true });
chmodSync(join(code, 'bin/start.cjs'), 0o755);
console.log(`${output}: ${names.length} packages emitted into it`);
