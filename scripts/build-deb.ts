/**
 * `npm run build:deb`: the packages of Debian for the server and the agent, made with dpkg-deb.
 *
 *     npm run build:deb                             both, into dist/
 *     npm run build:deb -- --only cordon-server     one of them
 *     npm run build:deb -- --output DIR             elsewhere
 *     npm run build:deb -- --revision N             Debian's part of the version, 1 when left out
 */
import {
  chmodSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DEBIAN_PACKAGES, type DebianPackage, NODE_NEEDS, treeIn } from './build-deb/packages.ts';
import { run } from './pack-try/installed.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    output: { type: 'string', default: join(root, 'dist') },
    only: { type: 'string' },
    revision: { type: 'string', default: '1' },
  },
});
const output = resolve(values.output);
const version = `${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}-${values.revision}`;
const architecture = ARCHITECTURES[process.arch];
if (process.platform !== 'linux' || architecture === undefined)
  throw new Error(`There is no package of Debian for ${process.platform}-${process.arch}.`);

mkdirSync(output, { recursive: true });
const wanted = DEBIAN_PACKAGES.filter(({ name }) => values.only === undefined || name === values.only);
if (wanted.length === 0)
  throw new Error(`--only takes ${DEBIAN_PACKAGES.map(({ name }) => name).join(' or ')}.`);
for (const packed of wanted) console.log(build(packed));

function build(packed: DebianPackage): string {
  const scratch = mkdtempSync(join(output, '.deb-'));
  try {
    chmodSync(scratch, 0o755);
    const tree = treeIn(scratch, root, realpathSync(process.execPath));
    packed.fill(tree);
    const installed = globSync('**', { cwd: scratch }).map((path) => lstatSync(join(scratch, path)));
    const kilobytes = Math.ceil(installed.reduce((sum, { size }) => sum + size, 0) / 1024);
    tree.write('DEBIAN/control', control(packed, kilobytes));
    for (const script of packed.scripts)
      tree.copy(join(root, 'packaging/debian', `${packed.name}.${script}`), `DEBIAN/${script}`, 0o755);
    const file = join(output, `${packed.name}_${version}_${architecture}.deb`);
    // Newer compression than xz is not read by every dpkg.
    run('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', scratch, file], root);
    return file;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function control({ name, summary, description, needs }: DebianPackage, kilobytes: number): string {
  return [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    'Maintainer: The Cordon authors <cordon@invalid>',
    'Section: admin',
    'Priority: optional',
    `Installed-Size: ${kilobytes}`,
    `Depends: ${[...NODE_NEEDS, ...needs].join(', ')}`,
    `Description: ${summary}`,
    ` ${description}`,
    '',
  ].join('\n');
}
