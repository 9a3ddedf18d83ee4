import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import type { Report } from '../../src/contract/device.ts';
import { ACTION_STATUSES } from '../../src/contract/machine-action.ts';
import type { ControlState, MachineAction } from '../../src/domain/action.ts';
import { assuranceOf } from '../../src/domain/assurance.ts';
import { isFinal } from '../../src/domain/lifecycle.ts';
import { carriesProof, judge } from '../../src/domain/report.ts';
import { someEvidence } from '../kit/device.ts';
import { makeAction, makeMachine } from '../kit/store.ts';

const report = (change: Partial<Report> = {}): Report => ({
  kind: 'outcome',
  control: 'codeExecution',
  generation: 2,
  actionId: 'an action',
  sequence: 1,
  observed: 'restricted',
  proven: true,
  undone: false,
  reason: null,
  evidence: someEvidence(),
  ...change,
});
const state = (change: Partial<ControlState> = {}): ControlState => ({
  tenantId: 'tenant',
  machineId: 'machine',
  control: 'codeExecution',
  mode: 'restricted',
  generation: 2,
  actionId: 'an action',
  modeBefore: 'unmanaged',
  actionBefore: null,
  releaseAt: null,
  observedMode: null,
  observedGeneration: 0,
  observedAt: null,
  observedProven: false,
  drifted: false,
  evidence: null,
  active: false,
  ...change,
});
const action = (change: Partial<MachineAction> = {}): MachineAction =>
  makeAction(1, makeMachine(1), { generation: 2, status: 'InProgress', ...change });
const unproven = { proven: false, reason: 'it did not work' };

describe('a report is judged', () => {
  test('an acknowledgement delivers a pending action, once', () => {
    const accepted = report({ kind: 'accepted', proven: false, evidence: null });
    assert.deepEqual(judge(accepted, state(), action({ status: 'Pending' })), {
      kind: 'advance',
      events: ['deliver'],
      cause: 'accepted by the device',
      undone: false,
    });
    for (const status of ACTION_STATUSES.filter((name) => name !== 'Pending'))
      assert.deepEqual(judge(accepted, state(), action({ status })), { kind: 'ignore' });
    assert.deepEqual(judge(accepted, state({ generation: 3 }), action()), { kind: 'ignore' });
    assert.deepEqual(judge(accepted, null, null), { kind: 'ignore' });
  });

  test('an outcome with proof succeeds, from Pending by way of InProgress', () => {
    const events = (status: MachineAction['status']) => {
      const judgement = judge(report(), state(), action({ status }));
      return judgement.kind === 'advance' ? judgement.events : judgement.kind;
    };
    assert.deepEqual(events('InProgress'), ['prove']);
    assert.deepEqual(events('Pending'), ['deliver', 'prove']);
  });

  test('an outcome without proof fails with the reason, and says whether it was undone', () => {
    for (const undone of [true, false]) {
      for (const status of ['Pending', 'InProgress'] as const) {
        assert.deepEqual(judge(report({ ...unproven, undone }), state(), action({ status })), {
          kind: 'advance',
          events: ['fail'],
          cause: 'it did not work',
          undone,
        });
      }
    }
  });

  test('after the end it is observed, and for another generation it is late', () => {
    for (const status of ACTION_STATUSES.filter(isFinal)) {
      assert.equal(judge(report(), state(), action({ status })).kind, 'observe');
      assert.equal(judge(report(unproven), state(), action({ status })).kind, 'observe');
    }
    for (const generation of [0, 1, 3])
      assert.equal(judge(report({ generation }), state(), action()).kind, 'late');
    assert.equal(judge(report(), null, action()).kind, 'late');
    assert.equal(judge(report(), state(), null).kind, 'observe');
    assert.equal(judge(report(), state(), action({ generation: 1 })).kind, 'observe');
  });

  test('drift marks the machine until a proof repairs it, and never advances', () => {
    const drift = (change: Partial<Report>) =>
      judge(report({ kind: 'drift', ...change }), state(), action({ status: 'Succeeded' }));
    assert.deepEqual(drift(unproven), { kind: 'observe', cause: 'drifted: it did not work', drifted: true });
    assert.deepEqual(drift({}), { kind: 'observe', cause: 'drift repaired', drifted: false });
    assert.deepEqual(drift({ evidence: null }), {
      kind: 'observe',
      cause: 'drifted: no reason given',
      drifted: true,
    });
  });

  test('never as a success without checks that all passed, for the mode and generation that are wanted', () => {
    const checks = fc.array(
      fc.boolean().map((passed) => ({ ...someEvidence(passed).checks[0]!, passed })),
      { maxLength: 3 },
    );
    const evidence = fc.option(checks.map((list) => someEvidence(true, { checks: list })));
    const arbitrary = fc.record({
      kind: fc.constantFrom('accepted', 'outcome', 'drift'),
      generation: fc.integer({ min: 1, max: 3 }),
      observed: fc.constantFrom('unmanaged', 'restricted', 'unrestricted'),
      proven: fc.boolean(),
      undone: fc.boolean(),
      evidence,
    });
    fc.assert(
      fc.property(arbitrary, fc.constantFrom(...ACTION_STATUSES), (change, status) => {
        const given = report(change as Partial<Report>);
        const judgement = judge(given, state(), action({ status }));
        if (judgement.kind === 'advance') assert.ok(!isFinal(status), 'a final action never advances');
        if (judgement.kind !== 'advance' || !judgement.events.includes('prove')) return;
        assert.equal(given.kind, 'outcome');
        assert.ok(given.proven && given.generation === 2 && given.observed === 'restricted');
        assert.ok(given.evidence !== null && given.evidence.checks.length > 0);
        assert.ok(given.evidence.checks.every(({ passed }) => passed));
        assert.ok(carriesProof(given));
      }),
    );
  });
});

describe('a machine shows', () => {
  const proof = { observedGeneration: 2, observedMode: 'restricted', observedProven: true } as const;
  const rows: readonly (readonly [
    what: string,
    change: Partial<ControlState>,
    active: boolean,
    shown: string,
  ])[] = [
    ['a proven mode', proof, false, 'proven'],
    ['that it changes', proof, true, 'changing'],
    ['that it changes, even when it drifted', { ...proof, drifted: true }, true, 'changing'],
    ['drift', { ...proof, drifted: true }, false, 'drifted'],
    ['nothing proven when nothing was observed', {}, false, 'unproven'],
    [
      'nothing proven by a proof of the generation before',
      { ...proof, observedGeneration: 1 },
      false,
      'unproven',
    ],
    ['nothing proven by another mode', { ...proof, observedMode: 'unrestricted' }, false, 'unproven'],
    ['nothing proven by what was only seen', { ...proof, observedProven: false }, false, 'unproven'],
    ['that it is left alone', { ...proof, mode: 'unmanaged', observedMode: 'unmanaged' }, false, 'unmanaged'],
    [
      'nothing proven where it should be left alone and is not',
      { ...proof, mode: 'unmanaged' },
      false,
      'unproven',
    ],
  ];
  for (const [what, change, active, shown] of rows) {
    test(`${what}: ${shown}`, () => assert.equal(assuranceOf(state({ ...change, active })), shown));
  }
});
