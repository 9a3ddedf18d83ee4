import { readFile } from 'node:fs/promises';

/**
 * The text of a file that an option names.
 * @param option As people write it, such as `--issuer`.
 * @param holds What the file must hold, as a noun phrase.
 * @throws Error that names the option, the file, the cause and the remedy
 */
export async function readNamedFile(option: string, path: string, holds: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    const variable = `CORDON${option.slice(1).replaceAll('-', '_').toUpperCase()}`;
    throw new Error(
      `${option} (${variable}) names ${path}, which cannot be read: ${cause.message}. Give the path of ${holds}, readable by the user that runs this, or leave the option out.`,
      { cause },
    );
  });
}
