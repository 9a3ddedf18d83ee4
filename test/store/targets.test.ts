import assert from 'node:assert/strict';
import test from 'node:test';
import type { ActionTarget } from '../../src/domain/machine.ts';
import { createTargets } from '../../src/store/targets.ts';

const target = (tenantId: string, id: string, groupId = 0) => ({ tenantId, id, groupId }) as ActionTarget;

test('a target is remembered in its own tenant and forgotten when a write that names it ends', async () => {
  const targets = createTargets(true);
  targets.remember(target('a', 'm1'));
  targets.remember(target('a', 'm2'));
  targets.remember(target('b', 'm1', 7));
  assert.equal(targets.find('b', 'm2'), undefined);
  assert.equal(targets.find('b', 'm1')?.groupId, 7);
  const failing = targets.changing(
    () => Promise.reject(new Error('disk')),
    [{ tenantId: 'a', machineId: 'm1' }],
  );
  await assert.rejects(failing, /disk/);
  assert.equal(targets.find('a', 'm1'), undefined);
  assert.equal(targets.find('a', 'm2')?.id, 'm2');
  assert.equal(targets.find('b', 'm1')?.id, 'm1');
  await targets.changing(async () => {});
  assert.equal(targets.find('a', 'm2'), undefined);
  assert.equal(targets.find('b', 'm1'), undefined);
});

test('a target that is remembered again counts once, and too many are forgotten together', () => {
  const targets = createTargets(true);
  for (let time = 0; time < 60_000; time += 1) targets.remember(target('a', 'same'));
  assert.equal(targets.find('a', 'same')?.id, 'same');
  for (let number = 1; number < 50_000; number += 1) targets.remember(target('a', `m${number}`));
  assert.equal(targets.find('a', 'same')?.id, 'same', 'forgotten before there were too many');
  targets.remember(target('b', 'one more'));
  assert.equal(targets.find('a', 'same'), undefined);
  assert.equal(targets.find('b', 'one more')?.id, 'one more');
});

test('where others may write, nothing is remembered', () => {
  const targets = createTargets(false);
  targets.remember(target('a', 'm1'));
  assert.equal(targets.find('a', 'm1'), undefined);
});
