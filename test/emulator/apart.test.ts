import assert from 'node:assert/strict';
import test from 'node:test';
import { EMULATOR_OPERATIONS } from '../../src/contract/emulator/operations.ts';
import { PAGE_PATH } from '../../src/emulator/seen.ts';
import { sourcesBelow } from '../architecture/source.ts';
import { checkRefusal } from '../kit/reply.ts';
import { request, sendRaw } from '../kit/wire.ts';
import { startWorld } from '../kit/world.ts';

test('a server that is no emulator has none of an emulator’s addresses', async () => {
  await using world = await startWorld();
  const lines = Object.values(EMULATOR_OPERATIONS).map(({ method, path }) => `${method} ${path}`);
  for (const line of [...lines, `GET ${PAGE_PATH}`, `GET ${PAGE_PATH}/page.js`]) {
    const reply = await sendRaw(world.url, request(line));
    assert.equal(`${reply.status} ${checkRefusal(reply).code}`, '404 NotFound', line);
  }
});

test('nothing that `cordon serve` loads is an emulator’s, its words included', () => {
  const sources = new Map(sourcesBelow('src').map((source) => [source.path, source]));
  const loaded = new Set(['src/server/serve.ts']);
  for (const path of loaded)
    for (const { target, relative } of sources.get(path)?.imports ?? []) if (relative) loaded.add(target);
  assert.ok(loaded.size > 100);
  assert.deepEqual(
    [...loaded].filter((path) => /^src\/(contract\/)?emulator\//.test(path)),
    [],
  );
});
