import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { ActionEvent, MachineAction } from '../../src/domain/action.ts';
import type { LifecycleEvent } from '../../src/domain/lifecycle.ts';
import {
  type AttemptResult,
  actionAt,
  messageId,
  messageOf,
  RETRY_DELAYS,
  verdictOn,
} from '../../src/domain/webhook.ts';
import { afterTransition, transitionOf } from '../../src/service/transition.ts';
import { at, makeAction, makeEvent, makeMachine } from '../kit/store.ts';

const answered = (status: number, retryAfterSeconds: number | null = null): AttemptResult => ({
  status,
  retryAfterSeconds,
});

test('every 2xx delivers, and nothing else does', () => {
  for (let status = 100; status < 600; status += 1) {
    const { kind } = verdictOn(answered(status), 0, 0);
    const expected = status >= 200 && status < 300 ? 'delivered' : status === 410 ? 'gone' : 'retry';
    assert.equal(kind, expected, String(status));
  }
  assert.equal(verdictOn({ error: 'timeout' }, 0, 0).kind, 'retry');
});

test('attempts follow the schedule of Standard Webhooks, then it is given up', () => {
  const delays = RETRY_DELAYS.map((_, failures) => verdictOn(answered(500), failures, 0));
  assert.deepEqual(
    delays.map((verdict) => ('delay' in verdict ? verdict.delay / 1000 : null)),
    [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
  );
  assert.equal(verdictOn(answered(500), RETRY_DELAYS.length, 0).kind, 'givenUp');
  assert.equal(verdictOn(answered(410), RETRY_DELAYS.length, 0).kind, 'gone');
  assert.equal(verdictOn({ error: 'removed' }, 0, 0).kind, 'givenUp');
});

test('chance and the receiver lengthen a pause within bounds, and never shorten it', () => {
  const whole = fc.nat({ max: 1_000_000 });
  fc.assert(
    fc.property(
      fc.nat({ max: RETRY_DELAYS.length - 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(whole),
      (failures, chance, asked) => {
        const verdict = verdictOn(answered(503, asked), failures, chance);
        assert.ok('delay' in verdict);
        const base = Math.max(RETRY_DELAYS[failures]!, Math.min((asked ?? 0) * 1000, 3_600_000));
        assert.ok(verdict.delay >= base && verdict.delay <= Math.ceil(base * 1.2));
      },
    ),
  );
});

test('the name of a message leads back to its transition, and no other text does', () => {
  const { id } = makeAction(7, makeMachine(1));
  assert.deepEqual(messageOf(messageId(id, 3)), { actionId: id, revision: 3 });
  assert.ok(!messageId(id, 3).includes('.'), 'a dot parts what is signed');
  for (const other of [
    '',
    'evt_',
    id,
    `evt_${id}`,
    `evt_${id}_`,
    `evt_${id}_x`,
    `evt_../x_1`,
    `evt_${id}_1 `,
  ]) {
    assert.equal(messageOf(other), null, other);
  }
});

test('an action is told as it was after each transition, whatever became of it later', () => {
  const events = fc.constantFrom<LifecycleEvent>('deliver', 'prove', 'fail', 'timeOut', 'cancel');
  fc.assert(
    fc.property(fc.array(events, { maxLength: 5 }), (steps) => {
      const first = makeAction(1, makeMachine(1));
      const story: { action: MachineAction; event: ActionEvent }[] = [
        { action: first, event: makeEvent(first) },
      ];
      for (const [index, step] of steps.entries()) {
        const before = story.at(-1)!.action;
        const transition = transitionOf(before, step, {
          at: at(index + 2),
          actor: { kind: 'server', id: 'test', name: 'test' },
          cause: 'test',
          deadline: null,
          ...(step === 'cancel' ? { cancellation: { requestor: 'ana', comment: 'why' } } : {}),
        });
        if (transition === null) continue;
        story.push({ action: afterTransition(before, transition), event: transition.event });
      }
      const last = story.at(-1)!.action;
      for (const { action, event } of story) {
        const { deadline: _then, ...then } = action;
        const { deadline: _told, ...told } = actionAt(last, event);
        assert.deepEqual(told, then);
      }
    }),
  );
});
