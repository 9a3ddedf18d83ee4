import assert from 'node:assert/strict';
import test from 'node:test';
import type { ActionTypeName, Mode } from '../../src/contract/control.ts';
import type { ActionStatus } from '../../src/contract/machine-action.ts';
import { desiredAfter } from '../../src/domain/desired-mode.ts';
import { at } from '../kit/store.ts';

const RESTRICT = 'RestrictCodeExecution';
const UNRESTRICT = 'UnrestrictCodeExecution';
const MODES: readonly Mode[] = ['unmanaged', 'restricted', 'unrestricted'];

/** An action that neither sets nor voids a time. */
const UNTIMED = { releaseAt: null, releaseBefore: null, releaseOf: null };

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
        const action = { ...UNTIMED, type, modeBefore, actionBefore };
        const desired = desiredAfter(action, { status, from, undone, at: at(0) });
        const before = { mode: modeBefore, actionId: actionBefore, releaseAt: null };
        assert.deepEqual(desired, after === 'stays' ? null : before);
      }
    }
  });
}

test('no end but a success or a person’s cancellation ever leads a restricted machine to another mode', () => {
  for (const { type, status, from, undone } of TABLE) {
    if (status === 'Succeeded' || status === 'Cancelled') continue;
    const before = { ...UNTIMED, type, modeBefore: 'restricted', actionBefore: 'an action' } as const;
    const mode =
      desiredAfter(before, { status, from, undone, at: at(0) })?.mode ??
      (type === RESTRICT ? 'restricted' : 'unrestricted');
    assert.equal(mode, 'restricted', `${type} ${status} from ${from}`);
  }
});

/** When the action ends, and deadlines around it. */
const [PASSED, NOW, AHEAD, LATER] = [at(10), at(20), at(30), at(40)];
const RELEASE = 'timed release';

interface TimedRow {
  readonly action: typeof RESTRICT | typeof UNRESTRICT | typeof RELEASE;
  readonly ends: string;
  readonly from: ActionStatus;
  readonly undone?: boolean;
  /** The deadline that the action set, where that matters. */
  readonly sets?: string;
  readonly voided: string | null;
  /** The deadline of the mode before, or `stays` where the action's own mode and deadline stay. */
  readonly after: string | null;
}

/** Whether a deadline comes back with the mode before: the table of decision 0013, written out. */
const TIMED: readonly TimedRow[] = [
  ...([RESTRICT, UNRESTRICT] as const).flatMap((action) =>
    (['Pending', 'InProgress'] as const).flatMap((from): TimedRow[] => [
      { action, ends: 'Cancelled', from, voided: AHEAD, after: AHEAD },
      { action, ends: 'Cancelled', from, voided: PASSED, after: null },
      { action, ends: 'Cancelled', from, voided: NOW, after: null },
      { action, ends: 'Cancelled', from, voided: null, after: null },
    ]),
  ),
  { action: RESTRICT, ends: 'Cancelled', from: 'Pending', sets: LATER, voided: AHEAD, after: AHEAD },
  { action: RESTRICT, ends: 'TimeOut', from: 'Pending', voided: AHEAD, after: null },
  { action: RESTRICT, ends: 'TimeOut', from: 'Pending', sets: LATER, voided: AHEAD, after: LATER },
  { action: RESTRICT, ends: 'TimeOut', from: 'Pending', sets: AHEAD, voided: LATER, after: LATER },
  { action: RESTRICT, ends: 'TimeOut', from: 'Pending', sets: PASSED, voided: null, after: null },
  { action: RESTRICT, ends: 'TimeOut', from: 'InProgress', voided: AHEAD, after: 'stays' },
  { action: RESTRICT, ends: 'Failed', from: 'InProgress', undone: true, voided: AHEAD, after: null },
  {
    action: RESTRICT,
    ends: 'Failed',
    from: 'InProgress',
    undone: true,
    sets: LATER,
    voided: AHEAD,
    after: LATER,
  },
  { action: RESTRICT, ends: 'Failed', from: 'InProgress', sets: LATER, voided: AHEAD, after: 'stays' },
  ...(['TimeOut', 'Failed'] as const).flatMap((ends) =>
    (['Pending', 'InProgress'] as const).flatMap((from): TimedRow[] => [
      { action: UNRESTRICT, ends, from, voided: AHEAD, after: AHEAD },
      { action: UNRESTRICT, ends, from, voided: PASSED, after: PASSED },
      { action: UNRESTRICT, ends, from, voided: null, after: null },
      { action: RELEASE, ends, from, voided: null, after: 'stays' },
      { action: RELEASE, ends, from, undone: true, voided: null, after: 'stays' },
    ]),
  ),
  { action: RELEASE, ends: 'Cancelled', from: 'Pending', voided: null, after: null },
  { action: RELEASE, ends: 'Cancelled', from: 'InProgress', voided: null, after: null },
  { action: RELEASE, ends: 'Cancelled', from: 'Pending', voided: AHEAD, after: null },
];

const name = (instant: string | null | undefined): string =>
  ({ [PASSED]: 'passed', [NOW]: 'of now', [AHEAD]: 'ahead', [LATER]: 'later', stays: 'as it is' })[
    instant ?? ''
  ] ?? 'none';

for (const { action, ends, from, undone = false, sets, voided, after } of TIMED) {
  const what = `${action} that ends as ${ends} from ${from}${undone ? ', undone' : ''}`;
  test(`a ${what}, deadline ${name(sets)}, voided ${name(voided)}: the deadline is ${name(after)}`, () => {
    const desired = desiredAfter(
      {
        type: action === RELEASE ? UNRESTRICT : action,
        modeBefore: 'restricted',
        actionBefore: 'the restriction',
        releaseAt: sets ?? null,
        releaseBefore: voided,
        releaseOf: action === RELEASE ? 'the restriction' : null,
      },
      { status: ends as ActionStatus, from, undone, at: NOW },
    );
    const before = { mode: 'restricted', actionId: 'the restriction', releaseAt: after };
    assert.deepEqual(desired, after === 'stays' ? null : before);
  });
}
