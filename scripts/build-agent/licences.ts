import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Licence texts of Cordon, of Node and of each package. @throws Error when one has none, since it must go along */
export function licencesOf(root: string, node: string, packages: readonly string[]): string {
  const parts = [
    ['Cordon', licenceIn(root)],
    ['Node.js and what it contains', nodeLicence(node)],
    ...packages.map((name) => [name, licenceIn(join(root, 'node_modules', name))]),
  ];
  return parts
    .map(([name, text]) => `${name}\n${'='.repeat(name!.length)}\n\n${text!.trim()}\n`)
    .join('\n\n');
}

function licenceIn(directory: string): string {
  const name = readdirSync(directory).find((file) => /^licen[cs]e(\.\w+)?$/i.test(file));
  if (name === undefined) throw new Error(`${directory} has no licence file.`);
  return readFileSync(join(directory, name), 'utf8');
}

/** Beside `bin`, as in Node's own archives and packages. */
function nodeLicence(node: string): string {
  const directory = dirname(dirname(node));
  if (!existsSync(join(directory, 'LICENSE')))
    throw new Error(
      `There is no LICENSE of Node in ${directory}; build with the Node of an official archive.`,
    );
  return licenceIn(directory);
}
