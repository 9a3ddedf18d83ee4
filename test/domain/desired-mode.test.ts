import assert from 'node:assert/strict';
import test from 'node:test';
import type { ActionTypeName, Mode } from '../../src/contract/control.ts';
import type { ActionStatus } from '../../src/contract/machine-action.ts';
import { desiredAfter } from '../../src/domain/desired-mode.ts';

const RESTRICT = 'RestrictCodeExecution';
const UNRESTRICT = 'UnrestrictCodeExecution';
const MODES: readonly Mode[] = ['unmanaged', 'restricted', 'unrestricted'];

interface Row {
  readonly type: ActionTypeName;
  readonly status: ActionStatus;
  readonly from: ActionStatus;
  readonly undone: boolean;
  readonly after: 'before' | 'stays';
}
const row = (
  type: ActionTypeName,
  status: ActionStatus,
  from: ActionStatus,
  undone: boolean,
  after: Row['after'],
): Row => ({ type, status, from, undone, after });

/** The table of design part 4, written out. */
const TABLE: readonly Row[] = [
  ...([RESTRICT, UNRESTRICT] as const).flatMap((type) => [
    row(type, 'Cancelled', 'Pending', false, 'before'),
    row(type, 'Cancelled', 'InProgress', false, 'before'),
    row(type, 'TimeOut', 'Pending', false, 'before'),
    row(type, 'Failed', 'Pending', true, 'before'),
    row(type, 'Failed', 'InProgress', true, 'before'),
    row(type, 'Succeeded', 'InProgress', false, 'stays'),
  ]),
  row(RESTRICT, 'TimeOut', 'InProgress', false, 'stays'),
  row(UNRESTRICT, 'TimeOut', 'InProgress', false, 'before'),
  row(RESTRICT, 'Failed', 'InProgress', false, 'stays'),
  row(RESTRICT, 'Failed', 'Pending', false, 'stays'),
  row(UNRESTRICT, 'Failed', 'InProgress', false, 'before'),
  row(UNRESTRICT, 'Failed', 'Pending', false, 'before'),
];

for (const { type, status, from, undone, after } of TABLE) {
  test(`${type} ends as ${status} from ${from}${undone ? ', undone' : ''}: the desired mode ${after}`, () => {
    for (const modeBefore of MODES) {
      for (const actionBefore of [null, 'an action']) {
        const desired = desiredAfter({ type, modeBefore, actionBefore }, { status, from, undone });
        assert.deepEqual(desired, after === 'stays' ? null : { mode: modeBefore, actionId: actionBefore });
      }
    }
  });
}

test('no end but a success or a person’s cancellation ever leads a restricted machine to another mode', () => {
  for (const { type, status, from, undone } of TABLE) {
    if (status === 'Succeeded' || status === 'Cancelled') continue;
    const before = { type, modeBefore: 'restricted', actionBefore: 'an action' } as const;
    const mode =
      desiredAfter(before, { status, from, undone })?.mode ??
      (type === RESTRICT ? 'restricted' : 'unrestricted');
    assert.equal(mode, 'restricted', `${type} ${status} from ${from}`);
  }
});
