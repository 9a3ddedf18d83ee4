import { mkdir, stat } from 'node:fs/promises';

/**
 * Makes the data directory for its owner only. Who may write in it could put another database in place of the server's,
 * with applications and keys of their own, so one that is open to others is refused.
 * @throws Error with the remedy
 */
export async function prepareDataDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause: Error) => {
    throw new Error(
      `--data (CORDON_DATA) names "${directory}", which cannot be made: ${cause.message}. Give the path of a directory that is there or can be made by the user that runs this.`,
      { cause },
    );
  });
  const { mode } = await stat(directory);
  if ((mode & 0o022) !== 0) {
    throw new Error(
      `${directory} may be written by others; take that right away first: chmod go-w ${directory}`,
    );
  }
}
