import assert from 'node:assert/strict';
import test from 'node:test';
import { createOutbox } from '../../src/store/outbox.ts';
import type { Outcome, Sql, Step } from '../../src/store/sql.ts';
import { makeAction, makeEvent, makeMachine, OTHER_TENANT, TENANT } from '../kit/store.ts';

/** An engine that holds each unit until the test answers it, in order. */
function heldSql(exclusive: boolean) {
  const units: { steps: readonly Step[]; answer(outcome: Outcome): void }[] = [];
  const batch = (steps: readonly Step[]) =>
    new Promise<Outcome>((answer) => {
      units.push({ steps, answer });
    });
  return { sql: { exclusive, batch } as Partial<Sql> as Sql, units };
}

const event = (tenantId = TENANT) => makeEvent(makeAction(1, makeMachine(1, { tenantId })));
const found = (rows: number): Outcome => ({ done: true, results: [rows] });

test('after a unit that found no webhook the statement is left out, for that tenant only', async () => {
  const { sql, units } = heldSql(true);
  const outbox = createOutbox(sql);
  const first = outbox.write([], event());
  assert.equal(units[0]!.steps.length, 1);
  units[0]!.answer(found(0));
  await first;
  void outbox.write([], event());
  void outbox.write([], event(OTHER_TENANT));
  assert.deepEqual(
    units.slice(1).map(({ steps }) => steps.length),
    [0, 1],
  );
});

test('a webhook that is being made brings the statement back before its own unit is written', async () => {
  const { sql, units } = heldSql(true);
  const outbox = createOutbox(sql);
  const first = outbox.write([], event());
  units[0]!.answer(found(0));
  await first;
  const making = outbox.changing(TENANT, () => sql.batch([]));
  const during = outbox.write([], event());
  assert.equal(units[2]!.steps.length, 1);
  // Written before the webhook it finds none, which says nothing of what comes after.
  units[2]!.answer(found(0));
  await during;
  void outbox.write([], event());
  assert.equal(units[3]!.steps.length, 1);
  units[1]!.answer(found(1));
  await making;
  void outbox.write([], event());
  assert.equal(units[4]!.steps.length, 1);
});

test('what a unit found that was under way while a webhook was made is forgotten', async () => {
  const { sql, units } = heldSql(true);
  const outbox = createOutbox(sql);
  const slow = outbox.write([], event());
  const making = outbox.changing(TENANT, () => sql.batch([]));
  units[1]!.answer(found(1));
  await making;
  units[0]!.answer(found(0));
  await slow;
  void outbox.write([], event());
  assert.equal(units[2]!.steps.length, 1);
});

test('where other processes write, the statement is never left out', async () => {
  const { sql, units } = heldSql(false);
  const outbox = createOutbox(sql);
  const first = outbox.write([], event());
  units[0]!.answer(found(0));
  await first;
  void outbox.write([], event());
  assert.equal(units[1]!.steps.length, 1);
});

test('only what was written is told', async () => {
  const { sql, units } = heldSql(true);
  const outbox = createOutbox(sql);
  let told = 0;
  outbox.onDeliveries(() => {
    told += 1;
  });
  const answers: Outcome[] = [{ done: false, refused: 0 }, found(0), found(2)];
  for (const [index, answer] of answers.entries()) {
    const written = outbox.changing(TENANT, () => outbox.write([], event()));
    units[index]!.answer(answer);
    assert.deepEqual(await written, answer);
  }
  assert.equal(told, 1);
});
