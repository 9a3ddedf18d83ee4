/** The checker of the fault harness, with histories that are wrong. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { Mode } from '../../src/contract/control.ts';
import { type Violation, violations } from '../kit/faults/checker.ts';
import type { ActionRecord, EventRecord, History } from '../kit/faults/history.ts';

const MACHINE = 'machine';

function events(...statuses: ActionRecord['status'][]): EventRecord[] {
  return statuses.map((status, index) => ({
    revision: index + 1,
    late: 0,
    at: `2026-01-01T00:00:0${index}.0000000Z`,
    status,
    proof: status === 'Succeeded',
  }));
}

function action(changes: Partial<ActionRecord> = {}): ActionRecord {
  const happened = changes.events ?? events('Pending', 'InProgress', 'Succeeded');
  return {
    id: 'a',
    machineId: MACHINE,
    mode: 'restricted',
    generation: 1,
    status: happened.at(-1)!.status,
    ...changes,
    events: happened,
  };
}

/** A machine that was restricted, with the changes. */
function history(changes: Partial<History> = {}, actions = [action()], mode = 'restricted'): History {
  const generation = Math.max(...actions.map((one) => one.generation));
  const control = { machineId: MACHINE, mode: mode as 'restricted', generation };
  return {
    accepted: [{ actionId: 'a', machineId: MACHINE, mode: 'restricted', key: 'k' }],
    cancelled: [],
    before: [],
    end: { actions, controls: [control] },
    devices: [{ machineId: MACHINE, mode: control.mode, undone: [] }],
    ...changes,
  };
}

function assertOnly(found: readonly Violation[], kind: Violation['kind'], detail: RegExp): void {
  assert.ok(
    found.some((one) => one.kind === kind && detail.test(one.detail)),
    JSON.stringify(found),
  );
  assert.deepEqual([...new Set(found.map((one) => one.kind))], [kind], JSON.stringify(found));
}

describe('a true history breaks nothing:', () => {
  const endings: readonly [string, ActionRecord[], string, number[]][] = [
    ['a restriction that was proven', [action()], 'restricted', []],
    [
      'a restriction that was cancelled',
      [action({ events: events('Pending', 'Cancelled') })],
      'unmanaged',
      [],
    ],
    [
      'a restriction whose outcome nobody knows',
      [action({ events: events('Pending', 'InProgress', 'TimeOut') })],
      'restricted',
      [],
    ],
    [
      'a restriction that nobody fetched',
      [action({ events: events('Pending', 'TimeOut') })],
      'unmanaged',
      [],
    ],
    [
      'a restriction that failed and was undone',
      [action({ events: events('Pending', 'InProgress', 'Failed') })],
      'unmanaged',
      [1],
    ],
    [
      'a restriction that failed half way',
      [action({ events: events('Pending', 'InProgress', 'Failed') })],
      'restricted',
      [],
    ],
    [
      'a release whose outcome nobody knows',
      [
        action(),
        action({
          id: 'b',
          mode: 'unrestricted',
          generation: 2,
          events: events('Pending', 'InProgress', 'TimeOut'),
        }),
      ],
      'restricted',
      [],
    ],
    [
      'a release that was proven, and a note after it',
      [
        action(),
        action({
          id: 'b',
          mode: 'unrestricted',
          generation: 2,
          status: 'Succeeded',
          events: [
            ...events('Pending', 'InProgress', 'Succeeded'),
            { revision: 3, late: 1, at: '2026-01-01T00:00:00.0000000Z', status: 'Succeeded', proof: false },
          ],
        }),
      ],
      'unrestricted',
      [],
    ],
  ];
  for (const [name, actions, mode, undone] of endings)
    test(name, () => {
      const whole = history({}, actions, mode);
      assert.deepEqual(violations({ ...whole, devices: [{ ...whole.devices[0]!, undone }] }), []);
    });
});

test('a device that was let go of is as its owner had it, and never restricted', () => {
  const release = action({ mode: 'unrestricted', events: events('Pending', 'InProgress', 'Cancelled') });
  const accepted = [{ actionId: 'a', machineId: MACHINE, mode: 'unrestricted', key: 'k' }] as const;
  const device = (mode: Mode) => [{ machineId: MACHINE, mode, undone: [] }];
  const found = (mode: Mode) =>
    violations(history({ accepted, devices: device(mode) }, [release], 'unmanaged'));
  assert.deepEqual(found('unrestricted'), []);
  assert.deepEqual(found('unmanaged'), []);
  assertOnly(found('restricted'), 'wrongMode', /the device is restricted/);
});

test('a device that nothing was begun on is unmanaged, and not as if it had been released', () => {
  for (const status of ['Cancelled', 'TimeOut'] as const) {
    const untouched = action({ events: events('Pending', status) });
    const device = { machineId: MACHINE, mode: 'unrestricted', undone: [] } as const;
    const found = violations(history({ devices: [device] }, [untouched], 'unmanaged'));
    assertOnly(found, 'wrongMode', /the device is unrestricted, and its actions give unmanaged/);
  }
});

describe('a wrong history is found:', () => {
  test('an accepted action is gone', () => {
    const accepted = { actionId: 'gone', machineId: MACHINE, mode: 'restricted', key: 'other' } as const;
    assertOnly(violations(history({ accepted: [accepted] })), 'lost', /not there/);
  });

  test('an accepted action is there for another machine', () => {
    const accepted = { actionId: 'a', machineId: 'another', mode: 'restricted', key: 'k' } as const;
    assertOnly(violations(history({ accepted: [accepted] })), 'lost', /another machine/);
  });

  test('an action never ended', () => {
    const open = action({ events: events('Pending', 'InProgress') });
    assertOnly(violations(history({}, [open])), 'lost', /never ended/);
  });

  test('an accepted cancellation did not happen', () => {
    assertOnly(violations(history({ cancelled: ['a'] })), 'lost', /its cancellation was accepted/);
  });

  test('one key gave two actions', () => {
    const one = { actionId: 'a', machineId: MACHINE, mode: 'restricted', key: 'k' } as const;
    const twice = history({ accepted: [one, { ...one, actionId: 'b' }] }, [
      action(),
      action({ id: 'b', generation: 2 }),
    ]);
    assertOnly(violations(twice), 'doubled', /has the key k of a/);
  });

  test('an action ended twice', () => {
    const twice = action({ events: events('Pending', 'InProgress', 'Succeeded', 'Cancelled') });
    const found = violations(history({}, [twice], 'unmanaged'));
    assertOnly(found, 'doubled', /ended as Succeeded and Cancelled/);
  });

  test('a final state changed between two readings', () => {
    const before = history({}, [action({ events: events('Pending', 'TimeOut') })]).end;
    assertOnly(violations(history({ before: [before] })), 'doubled', /was TimeOut, and then Succeeded/);
  });

  test('an ended action is gone, and nobody was answered', () => {
    const before = history({}, [action(), action({ id: 'b', generation: 2 })]).end;
    const end = { ...history().end, controls: before.controls };
    assertOnly(violations(history({ before: [before], end })), 'lost', /and is gone/);
  });

  test('an event stands without a transition', () => {
    const note: EventRecord = { ...events('Cancelled')[0]!, revision: 3, late: 1 };
    const noted = action({
      status: 'Succeeded',
      events: [...events('Pending', 'InProgress', 'Succeeded'), note],
    });
    assertOnly(violations(history({}, [noted])), 'doubled', /without a transition says Cancelled/);
  });

  test('a revision is missing', () => {
    const [first, , last] = events('Pending', 'InProgress', 'Succeeded');
    const found = violations(history({}, [action({ events: [first!, last!] })]));
    assertOnly(found, 'doubled', /revision 3 stands where 2 belongs/);
  });

  test('the status was changed without an event', () => {
    const found = violations(history({}, [action({ status: 'Failed' })], 'restricted'));
    assertOnly(found, 'doubled', /is Failed, and its history ends with Succeeded/);
  });

  test('an action went a way that the life cycle does not have', () => {
    const found = violations(history({}, [action({ events: events('Pending', 'Succeeded') })]));
    assertOnly(found, 'doubled', /went from Pending to Succeeded/);
  });

  test('time went backwards', () => {
    const [first, second, last] = events('Pending', 'InProgress', 'Succeeded');
    const turned = action({ events: [first!, { ...second!, at: '2025-12-31T00:00:00.0000000Z' }, last!] });
    assertOnly(violations(history({}, [turned])), 'doubled', /back in time/);
  });

  test('an action succeeded without a proof', () => {
    const claimed = action({
      events: events('Pending', 'InProgress', 'Succeeded').map((event) => ({ ...event, proof: false })),
    });
    assertOnly(violations(history({}, [claimed])), 'wrongMode', /without a proof/);
  });

  test('the desired mode does not follow from the actions', () => {
    assertOnly(violations(history({}, [action()], 'unrestricted')), 'wrongMode', /is wanted of it/);
  });

  test('a device was left in another mode', () => {
    const devices = [{ machineId: MACHINE, mode: 'unmanaged', undone: [] }] as const;
    assertOnly(violations(history({ devices })), 'wrongMode', /the device is unmanaged/);
  });

  test('a generation fell', () => {
    const before = { ...history().end, controls: [{ ...history().end.controls[0]!, generation: 9 }] };
    assertOnly(violations(history({ before: [before] })), 'wrongMode', /fell from 9 to 1/);
  });

  test('two actions share a generation', () => {
    const found = violations(history({}, [action(), action({ id: 'b' })]));
    assertOnly(found, 'wrongMode', /share generation 1/);
  });
});
