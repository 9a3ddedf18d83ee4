import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { Report } from '../../src/contract/device.ts';
import { ACTION_STATUSES } from '../../src/contract/machine-action.ts';
import type { ControlState } from '../../src/domain/action.ts';
import { judge } from '../../src/domain/report.ts';
import { ownRelease, releaseStands, timedRelease, timeOutCause } from '../../src/domain/timed-release.ts';
import { someEvidence } from '../kit/device.ts';
import { at, makeAction, makeMachine } from '../kit/store.ts';

const restriction = makeAction(1, makeMachine(1), { generation: 1, releaseAt: at(60), status: 'Succeeded' });
const release = {
  ...timedRelease(restriction, at(60), { id: 'the release', at: at(60), deadline: at(99) }),
  generation: 2,
};
const state: ControlState = {
  tenantId: restriction.tenantId,
  machineId: restriction.machineId,
  control: 'codeExecution',
  mode: 'unrestricted',
  generation: 2,
  actionId: release.id,
  modeBefore: 'restricted',
  actionBefore: restriction.id,
  releaseAt: null,
  observedMode: 'restricted',
  observedGeneration: 1,
  observedAt: at(5),
  observedProven: true,
  drifted: false,
  evidence: null,
  active: true,
};
const own = (change: Partial<Report> = {}): Report => ({
  kind: 'released',
  control: 'codeExecution',
  generation: 1,
  actionId: restriction.id,
  sequence: 3,
  observed: 'unrestricted',
  proven: true,
  undone: false,
  reason: null,
  evidence: someEvidence(),
  ...change,
});

test('a timed release is a normal action, by the restriction whose time was over', () => {
  assert.deepEqual(
    [release.type, release.status, release.requestor, release.releaseOf, release.releaseAt, release.revision],
    ['UnrestrictCodeExecution', 'Pending', `timed release of ${restriction.id}`, restriction.id, null, 1],
  );
  assert.match(release.requestorComment, /ana@cordon\.test/);
});

test('a release stands while the control follows from its action and has its deadline', () => {
  const control = { actionId: restriction.id, releaseAt: at(60) };
  assert.equal(releaseStands(restriction, control), true);
  assert.equal(releaseStands(restriction, { ...control, releaseAt: null }), false);
  assert.equal(releaseStands(restriction, { ...control, actionId: 'another' }), false);
  assert.equal(releaseStands({ ...restriction, releaseAt: null }, control), false);
});

test('an action that ends overdue says whether its own time or its release time came', () => {
  assert.equal(timeOutCause({ status: 'Pending', releaseAt: null }, at(60)), 'timed out while Pending');
  assert.equal(
    timeOutCause({ status: 'InProgress', releaseAt: at(61) }, at(60)),
    'timed out while InProgress',
  );
  assert.equal(
    timeOutCause({ status: 'InProgress', releaseAt: at(60) }, at(60)),
    'its release time came while InProgress',
  );
});

describe('a release that a device made by itself', () => {
  const judged = (report: Report, present: typeof release | null) =>
    judge(ownRelease(report, state, present), state, present);

  test('is the proof of the timed release of that restriction, whether the device knew of it or not', () => {
    assert.deepEqual(judged(own(), release), {
      kind: 'advance',
      events: ['deliver', 'prove'],
      cause: 'proven on the device',
      undone: false,
    });
    const begun = { ...release, status: 'InProgress' as const };
    assert.deepEqual((judged(own(), begun) as { events: unknown }).events, ['prove']);
  });

  test('never changes a status that is final', () => {
    for (const status of ACTION_STATUSES.slice(2)) {
      assert.equal(judged(own(), { ...release, status }).kind, 'observe');
    }
  });

  test('that proves nothing, or belongs to something else, ends nothing', () => {
    const reports = [
      own({ proven: false }),
      own({ evidence: null }),
      own({ evidence: someEvidence(false) }),
      own({ observed: 'restricted' }),
      own({ actionId: 'another' }),
      own({ actionId: null }),
    ];
    for (const report of reports) assert.equal(judged(report, release).kind, 'late');
    assert.equal(judged(own(), { ...release, releaseOf: null }).kind, 'late', 'what a person asked');
    assert.equal(judged(own(), null).kind, 'late');
  });

  test('before its time is drift: the restriction stays wanted, the action as it is', () => {
    const restricted: ControlState = {
      ...state,
      mode: 'restricted',
      generation: 1,
      actionId: restriction.id,
      releaseAt: at(60),
    };
    for (const status of ACTION_STATUSES) {
      assert.deepEqual(judge(own(), restricted, { ...restriction, status }), {
        kind: 'observe',
        cause: 'released by the device before its time',
        drifted: true,
      });
    }
  });
});
