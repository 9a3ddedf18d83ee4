import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import {
  addressOfMissed,
  filterOfEnds,
  isOver,
  missedOf,
  sumOf,
  withEnds,
  without,
  withRequest,
} from '../../console/src/outcome/ends.ts';
import type { WireRequestedAction } from '../../src/contract/cordon.ts';
import type { ActionStatus } from '../../src/contract/machine-action.ts';

const accepted = (id: string, at: string): WireRequestedAction =>
  ({
    machine: `m-${id}`,
    status: 201,
    action: {
      id,
      machineId: `m-${id}`,
      type: 'RestrictCodeExecution',
      status: 'Pending',
      requestor: "o'hara@example.test",
      creationDateTimeUtc: at,
    },
    error: null,
  }) as unknown as WireRequestedAction;
const refused = { machine: 'm-x', status: 400, action: null, error: { code: 'a', message: 'b' } };

/** The wire drops zeros at the end, so that the earlier one is later as text. */
const TIMES = ['2026-11-26T03:00:00.3890001Z', '2026-11-26T03:00:00.389Z'] as const;
const asked = (...ids: string[]) =>
  withRequest(
    [],
    [...ids.map((id, at) => accepted(id, TIMES[at % 2]!)), refused],
    'ana',
    (machine) => `name of ${machine}`,
  );
const ends = (status: ActionStatus, ...ids: string[]) => ids.map((id) => ({ id, status }));

describe('what came of a request', () => {
  test('counts what is done, what ended otherwise and what is under way, of the actions that were accepted', () => {
    let requests = asked('1', '2', '3', '4');
    assert.equal(sumOf(requests[0]!), 'Restrict app execution: 0 of 4 done, 4 under way');
    requests = withEnds(requests, [...ends('Succeeded', '1', '2'), ...ends('Failed', '3')]);
    assert.equal(isOver(requests[0]!), false);
    requests = withEnds(requests, ends('TimeOut', '4'));
    assert.equal(sumOf(requests[0]!), 'Restrict app execution: 2 of 4 done, 1 failed, 1 timed out');
    assert.ok(isOver(requests[0]!));
    assert.equal(missedOf(requests[0]!), 2);
  });

  test('an end that is told again, one of another request and one that is none change nothing', () => {
    const requests = withEnds(asked('1', '2'), ends('Succeeded', '1'));
    assert.equal(withEnds(requests, ends('Succeeded', '1')), requests);
    assert.equal(withEnds(requests, ends('Failed', '1')), requests, 'the first end is the end');
    assert.equal(withEnds(requests, ends('Succeeded', '9')), requests);
    assert.equal(withEnds(requests, ends('InProgress', '2')), requests);
  });

  test('a request that is answered again is followed once, and one that was refused is not', () => {
    const requests = asked('1');
    const again = (answer: WireRequestedAction[]) => withRequest(requests, answer, 'ana', String);
    assert.equal(again([accepted('1', TIMES[0])]), requests);
    assert.equal(again([refused]), requests);
    assert.equal(again([accepted('1', TIMES[0]), accepted('2', TIMES[0])]).at(-1)?.machines.size, 1);
  });

  test('the oldest request that is over is forgotten, and none that is not', () => {
    let requests = withEnds(asked('0'), []);
    for (let id = 1; id < 40; id += 1)
      requests = withRequest(requests, [accepted(String(id), TIMES[0])], 'ana', String);
    assert.equal(requests.length, 40);
    requests = withEnds(requests, ends('Succeeded', '7', '9'));
    requests = withRequest(requests, [accepted('99', TIMES[0])], 'ana', String);
    assert.equal(requests.length, 40);
    assert.ok(!requests.some(({ id }) => id === '7'));
  });

  test('who cancels an action is not told of it, but of the others of its request', () => {
    assert.deepEqual(without(asked('1'), '1'), []);
    const two = asked('1', '2');
    assert.deepEqual(without(two, '1'), two);
  });

  test('its link and what it reads are as short for five hundred machines as for two', () => {
    const ids = Array.from({ length: 500 }, (_, index) => String(index));
    const [request] = withEnds(asked(...ids), ends('Failed', '3', '4'));
    const address = new URL(addressOfMissed(request!), 'http://localhost');
    assert.equal(address.searchParams.get('status'), 'Failed');
    assert.equal(
      address.searchParams.get('$filter'),
      `type eq 'RestrictCodeExecution' and requestor eq 'o''hara@example.test' and creationDateTimeUtc ge ${TIMES[1]} and creationDateTimeUtc le ${TIMES[0]}`,
    );
    assert.match(filterOfEnds(request!), /and \(status in \('Succeeded','Failed','TimeOut','Cancelled'\)\)$/);
  });
});
