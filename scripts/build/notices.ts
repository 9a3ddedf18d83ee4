import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

/**
 * Names, versions and licence texts of the packages whose code goes along. A package that ships no text is named with its
 * licence and author as its manifest has them.
 * @throws Error when a package names no licence at all
 */
export function noticesOf(directories: readonly string[]): string {
  const notices = directories.map((directory) => {
    const { name, version, license, author } = JSON.parse(
      readFileSync(join(directory, 'package.json'), 'utf8'),
    ) as Manifest;
    if (license === undefined) throw new Error(`${directory} names no licence.`);
    const heading = `${name} ${version} (${license})`;
    const by = typeof author === 'string' ? author : author?.name;
    return `${heading}\n${'='.repeat(heading.length)}\n\n${textOf(directory) ?? `Licence: ${license}. Author: ${by ?? 'not named'}.`}\n`;
  });
  return ['The package contains code of these packages, under their own licences.\n', ...notices].join(
    '\n\n',
  );
}

function textOf(directory: string): string | null {
  const files = readdirSync(directory).filter((file) =>
    /^(?:licen[cs]e|notice|copying)([.-].*)?$/i.test(file),
  );
  const texts = files.map((file) => join(directory, file)).filter((file) => existsSync(file));
  return texts.length === 0 ? null : texts.map((file) => readFileSync(file, 'utf8').trim()).join('\n\n');
}
