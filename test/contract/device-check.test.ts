import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { fitEvidence, fitText } from '../../src/agent/fit.ts';
import type {
  Desired,
  Evidence,
  ExchangeAnswer,
  ExchangeRequest,
  Report,
} from '../../src/contract/device.ts';
import {
  type Checked,
  checkDesired,
  checkDeviceFacts,
  checkEnrolAnswer,
  checkEnrolRequest,
  checkExchangeAnswer,
  checkExchangeRequest,
  checkNonceAnswer,
  checkReport,
  DEVICE_LIMITS,
} from '../../src/contract/device-check.ts';
import { deviceFacts, newKeyPair, someEvidence } from '../kit/device.ts';

const MACHINE = '0123456789abcdef0123456789abcdef01234567';
const KEY = newKeyPair().publicKey;

const report: Report = {
  kind: 'outcome',
  control: 'codeExecution',
  generation: 1,
  actionId: 'a',
  sequence: 1,
  observed: 'restricted',
  proven: true,
  undone: false,
  reason: null,
  evidence: someEvidence(),
};
const desired: Desired = {
  control: 'codeExecution',
  mode: 'restricted',
  generation: 1,
  actionId: null,
  status: 'active',
};
const request: ExchangeRequest = {
  protocol: 1,
  machineId: MACHINE,
  nonce: '',
  epoch: '',
  known: [{ control: 'codeExecution', generation: 1 }],
  reports: [report],
  facts: deviceFacts(),
  waitSeconds: 55,
};
const answer: ExchangeAnswer = {
  protocol: 1,
  machineId: MACHINE,
  answers: 'n',
  nonce: 'm',
  epoch: 'e',
  desired: [desired],
  received: 0,
  nextServerKey: KEY,
};

const MESSAGES: readonly { name: string; check: (input: unknown) => Checked<unknown>; valid: object }[] = [
  { name: 'facts', check: checkDeviceFacts, valid: deviceFacts() },
  { name: 'report', check: checkReport, valid: report },
  { name: 'desired', check: checkDesired, valid: desired },
  {
    name: 'enrol request',
    check: checkEnrolRequest,
    valid: {
      protocol: 1,
      token: 't',
      publicKey: KEY,
      facts: deviceFacts(),
      replaces: { machineId: MACHINE, signature: 'A'.repeat(86) },
    },
  },
  {
    name: 'enrol answer',
    check: checkEnrolAnswer,
    valid: { protocol: 1, machineId: MACHINE, tenantId: 't', serverKey: KEY, epoch: 'e', nonce: 'n' },
  },
  { name: 'exchange request', check: checkExchangeRequest, valid: request },
  { name: 'exchange answer', check: checkExchangeAnswer, valid: answer },
  { name: 'nonce answer', check: checkNonceAnswer, valid: { protocol: 1, machineId: MACHINE, nonce: 'n' } },
];

/** Properties that may be absent. */
const OPTIONAL = ['facts', 'replaces', 'nextServerKey'];

for (const { name, check, valid } of MESSAGES) {
  describe(`the check of the ${name}`, () => {
    test('takes a valid one as it is', () => {
      assert.deepEqual(check(JSON.parse(JSON.stringify(valid))), { ok: true, value: valid });
    });

    test('leaves unknown properties behind, prototypes too', () => {
      const hostile = JSON.parse(
        `${JSON.stringify(valid).slice(0, -1)},"__proto__":{"admin":true},"extra":1}`,
      );
      const checked = check(hostile);
      assert.ok(checked.ok);
      assert.deepEqual(checked.value, valid);
      assert.equal((checked.value as { admin?: boolean }).admin, undefined);
    });

    test('names each property that is missing or of a wrong type', () => {
      for (const property of Object.keys(valid)) {
        const { [property]: _, ...without } = valid as Record<string, unknown>;
        const missing = check(without);
        const optional =
          OPTIONAL.includes(property) &&
          name !== 'report' &&
          !(property === 'facts' && name === 'enrol request');
        assert.equal(missing.ok, optional, property);
        if (!missing.ok) assert.match(missing.faults[0] ?? '', new RegExp(`\\.${property}: is missing`));
        const wrong = check({ ...valid, [property]: { strange: true } });
        assert.ok(!wrong.ok, property);
        assert.match(wrong.faults.join('\n'), new RegExp(`\\.${property}`));
      }
    });

    test('never throws, and gives few faults, whatever it is given', () => {
      fc.assert(
        fc.property(
          fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
          (input) => {
            const checked = check(input);
            if (!checked.ok) assert.ok(checked.faults.length > 0 && checked.faults.length <= 21);
          },
        ),
      );
    });

    test('never throws when one part of a valid one is replaced by anything', () => {
      fc.assert(
        fc.property(fc.constantFrom(...Object.keys(valid)), fc.anything(), (property, value) => {
          const checked = check({ ...valid, [property]: value });
          assert.equal(typeof checked.ok, 'boolean');
        }),
      );
    });
  });
}

describe('a hostile message', () => {
  const refused = (input: unknown, pattern: RegExp) => {
    const checked = checkExchangeRequest(input);
    assert.ok(!checked.ok);
    assert.match(checked.faults.join('\n'), pattern);
  };

  test('with a list of a million items is refused before they are looked at', () => {
    const million = Array.from({ length: 1_000_000 }, () => report);
    const started = performance.now();
    refused({ ...request, reports: million }, /at most 32 items/);
    refused(
      { ...request, reports: [{ ...report, evidence: { ...someEvidence(), checks: million } }] },
      /at most 128/,
    );
    assert.ok(performance.now() - started < 50);
  });

  test('with endless text is refused', () => {
    const long = 'a'.repeat(10_000_000);
    refused({ ...request, nonce: long }, /nonce: must have 0 to 256/);
    refused({ ...request, reports: [{ ...report, reason: long }] }, /reason: must have/);
  });

  test('with U+0000 or half a character, which no store can keep, is refused', () => {
    for (const reason of ['a\0b', 'a\ud800b'])
      refused({ ...request, reports: [{ ...report, reason }] }, /well-formed/);
  });

  test('with numbers that are none is refused', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 2 ** 60, '1', 1n]) {
      refused({ ...request, waitSeconds: value }, /waitSeconds/);
      refused({ ...request, reports: [{ ...report, generation: value }] }, /generation/);
    }
    refused({ ...request, waitSeconds: 56 }, /0 to 55/);
  });

  test('with thousands of wrong parts gives twenty faults', () => {
    const checked = checkExchangeRequest({
      ...request,
      reports: Array.from({ length: 32 }, () => ({ ...report, kind: 'x', control: 'y', observed: 'z' })),
    });
    assert.ok(!checked.ok);
    assert.equal(checked.faults.length, 20);
  });

  test('that cannot even be read is a fault', () => {
    const trap = {
      get protocol() {
        throw new Error('trap');
      },
    };
    assert.deepEqual(checkExchangeRequest(trap), { ok: false, faults: ['request: cannot be read'] });
  });

  test('whose faults name a property never repeats its value', () => {
    const checked = checkEnrolRequest({
      protocol: 1,
      token: 'x'.repeat(2000),
      publicKey: 'secret',
      facts: {},
    });
    assert.ok(!checked.ok);
    assert.doesNotMatch(checked.faults.join('\n'), /xxxx|secret/);
  });
});

describe('what the agent sends', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.string({ minLength: 2000, maxLength: 3000 }),
  );
  const anyEvidence: fc.Arbitrary<Evidence> = fc.record({
    driver: anyText,
    driverVersion: fc.option(anyText),
    checks: fc.array(
      fc.record({ name: anyText, expected: anyText, observed: anyText, passed: fc.boolean() }),
      { maxLength: 140 },
    ),
    took: fc.dictionary(anyText, fc.double()),
    notes: fc.array(anyText, { maxLength: 70 }),
  });

  test('always passes the check, whatever a driver writes into it', () => {
    fc.assert(
      fc.property(anyEvidence, anyText, (evidence, reason) => {
        const said = {
          ...report,
          evidence: fitEvidence(evidence),
          reason: fitText(reason, DEVICE_LIMITS.sentence),
        };
        assert.deepEqual(checkReport(JSON.parse(JSON.stringify(said))).ok, true);
      }),
      { numRuns: 50 },
    );
  });
});
