import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { prepareDataDirectory } from '../../src/server/data-directory.ts';
import { atEnd } from '../kit/at-end.ts';

test('a data directory is made for its owner only, and one that others may write is refused', async (context) => {
  const scratch = await mkdtemp(join(tmpdir(), 'cordon-data-'));
  atEnd(context, () => rm(scratch, { recursive: true, force: true }));
  const directory = join(scratch, 'deep', 'data');
  await prepareDataDirectory(directory);
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  for (const mode of [0o720, 0o702, 0o777]) {
    await chmod(directory, mode);
    await assert.rejects(prepareDataDirectory(directory), /may be written by others.*chmod go-w/);
  }
  for (const mode of [0o750, 0o755, 0o700]) {
    await chmod(directory, mode);
    await prepareDataDirectory(directory);
  }
});

test('a path that cannot be a directory is told with the option that names it', async (context) => {
  const scratch = await mkdtemp(join(tmpdir(), 'cordon-data-'));
  atEnd(context, () => rm(scratch, { recursive: true, force: true }));
  const file = join(scratch, 'file');
  await writeFile(file, '');
  for (const path of [file, '']) {
    await assert.rejects(prepareDataDirectory(path), /^Error: --data \(CORDON_DATA\) names "/);
  }
});
