import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { enrolCommand } from '../../console/src/access/enrol-command.ts';
import { type Asked, mergeResults, nextAttempt, refusedOf } from '../../console/src/action/attempt.ts';
import { durationOf, NO_RELEASE, RELEASES, type UNITS } from '../../console/src/action/release.ts';
import { codeOf } from '../../console/src/session/code.ts';
import {
  BACKGROUND_HEADER,
  COMMENT_MAXIMUM,
  CSRF_HEADER,
  FIRST_MACHINES,
  MACHINES_MAXIMUM,
} from '../../console/src/wire/headers.ts';
import { all, literal, withOptions } from '../../console/src/wire/odata.ts';
import { MACHINES_MAXIMUM as CONTRACT_MACHINES } from '../../src/contract/action-operations.ts';
import * as contract from '../../src/contract/console.ts';
import type { WireRequestedAction } from '../../src/contract/cordon.ts';
import { durationOf as contractDuration } from '../../src/contract/duration.ts';
import { COMMENT_MAXIMUM as CONTRACT_COMMENT } from '../../src/contract/vendor-operations.ts';
import { anyText } from '../kit/any-text.ts';

test('what the console says over again is what the contract says', () => {
  assert.deepEqual(
    [CSRF_HEADER, BACKGROUND_HEADER, MACHINES_MAXIMUM, COMMENT_MAXIMUM, FIRST_MACHINES],
    [
      contract.CSRF_HEADER,
      contract.BACKGROUND_HEADER,
      CONTRACT_MACHINES,
      CONTRACT_COMMENT,
      contract.FIRST_READ.machines,
    ],
  );
});

describe('a request that is sent again', () => {
  const asked: Asked = { type: 'RestrictCodeExecution', comment: 'why', releaseAfter: null };
  let made = 0;
  const newKey = () => `key ${++made}`;

  test('has the same key as long as it says the same, and another one when it says something else', () => {
    const first = nextAttempt(null, asked, newKey);
    assert.equal(nextAttempt(first, { ...asked }, newKey), first);
    const other = nextAttempt(first, { ...asked, comment: 'because' }, newKey);
    assert.notEqual(other.key, first.key);
  });

  test('gives each machine its newest result, so that only what is still refused is tried again', () => {
    const refused = (machine: string) => ({
      machine,
      status: 400,
      action: null,
      error: { code: 'x', message: '' },
    });
    const accepted = (machine: string) =>
      ({ machine, status: 201, action: {}, error: null }) as WireRequestedAction;
    const results = mergeResults([accepted('a'), refused('b'), refused('c')], [accepted('b'), refused('c')]);
    assert.deepEqual(
      results.map(({ status }) => status),
      [201, 201, 400],
    );
    assert.deepEqual(
      refusedOf(results).map(({ machine }) => machine),
      ['c'],
    );
  });
});

describe('the end of a restriction', () => {
  test('every choice is a duration that the server takes', () => {
    for (const { value } of RELEASES) {
      const { duration, fault } = durationOf({ ...NO_RELEASE, choice: value });
      assert.equal(fault, null);
      if (duration !== null) assert.ok(contractDuration(duration), duration);
    }
    assert.equal(durationOf(NO_RELEASE).duration, null);
  });

  test('a time of one’s own is from a minute to ninety days, or is said to be wrong', () => {
    const own = (amount: string, unit: (typeof UNITS)[number]) =>
      durationOf({ choice: 'other', amount, unit });
    assert.equal(own('90', 'days').duration, 'P90D');
    assert.equal(own(' 30 ', 'minutes').duration, 'PT30M');
    for (const amount of ['0', '-1', '1.5', '91', 'abc', '', '999999999999'])
      assert.ok(own(amount, 'days').fault, amount);
  });
});

describe('the code of a one-time link', () => {
  const code = 'a'.repeat(43);
  test('is found in the link, or is the text itself', () => {
    assert.equal(codeOf(`https://cordon.example:8443/console/sign-in#code=${code}`), code);
    assert.equal(codeOf(`  ${code}\n`), code);
    for (const text of [
      '',
      'https://cordon.example/console/sign-in',
      '#code=',
      '#code=%E0%A4%A',
      'two words',
    ])
      assert.equal(codeOf(text), null, text);
  });
});

describe('calls', () => {
  test('a text stays one literal, whatever is in it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.match(literal(text), /^'(?:[^']|'')*'$/);
      }),
    );
  });

  test('options are encoded, and those without a text left out', () => {
    assert.equal(
      withOptions('/api/machines', { $filter: "a eq 'b&c'", $orderby: '' }),
      "/api/machines?$filter=a%20eq%20'b%26c'",
    );
    assert.equal(all(['', 'a', ' ']), 'a');
  });

  test('the command that enrols a device is one line of words for a shell', () => {
    assert.equal(
      enrolCommand('ab_c-1', 'https://cordon.example:8443'),
      'CORDON_ENROLMENT_TOKEN=ab_c-1 ./cordon-agent install --url https://cordon.example:8443',
    );
    assert.match(enrolCommand("a'; rm", 'https://x'), /^CORDON_ENROLMENT_TOKEN='a'\\''; rm' /);
  });
});
