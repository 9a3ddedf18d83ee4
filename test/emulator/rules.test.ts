import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { FAULT_KINDS } from '../../src/contract/emulator/fault-kinds.ts';
import { checkFaultRules } from '../../src/contract/emulator/fault-rules.ts';
import { chance, millisecondsOf } from '../../src/emulator/faults/chance.ts';
import { hasForm } from '../../src/emulator/faults/glob.ts';
import { fits, type SeenCall } from '../../src/emulator/faults/match.ts';
import { rulesOf } from '../../src/emulator/faults/read.ts';
import { createRuleBook, type GivenRules } from '../../src/emulator/faults/rules.ts';
import { simulatedMachineId } from '../../src/emulator/simulated-facts.ts';

const CALL: SeenCall = {
  operation: 'restrictCodeExecution',
  method: 'POST',
  path: '/api/machines/abc/restrictCodeExecution',
  machine: simulatedMachineId('ws-001.cordon.test'),
  application: '22222222-2222-4222-8222-222222222222',
  user: null,
  header: (name) => (name === 'x-run' ? 'seven' : undefined),
};

function given(content: object): GivenRules {
  const rules = rulesOf(content);
  assert.ok('read' in rules, JSON.stringify(rules));
  return rules;
}

/** Numbers of the calls, from 1, at which a rule fires. */
function firesAt(rule: object, calls: number, seed = 0): number[] {
  const book = createRuleBook(given({ seed, rules: [{ name: 'one', fault: { kind: 'drop' }, ...rule }] }));
  return Array.from({ length: calls }, (_, at) => at + 1).filter(() => book.decide(CALL) !== null);
}

const numbers = (calls: number) => Array.from({ length: calls }, (_, at) => at + 1);

describe('when a rule fires', () => {
  test('is as the table says, for every number of calls', () => {
    const expected: Record<string, (n: number, value: number) => boolean> = {
      call: (n, value) => n === value,
      first: (n, value) => n <= value,
      after: (n, value) => n > value,
      every: (n, value) => n % value === 0,
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(expected)),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 60 }),
        (kind, value, calls) => {
          const wanted = numbers(calls).filter((n) => expected[kind]!(n, value));
          assert.deepEqual(firesAt({ when: { [kind]: value } }, calls), wanted);
        },
      ),
    );
  });

  test('is never more often than `times`, and then at the first of those calls', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), (times, every) => {
        const all = firesAt({ when: { every } }, 60);
        assert.deepEqual(firesAt({ when: { every }, times }, 60), all.slice(0, times));
      }),
    );
  });

  test('is the same for the same seed and calls, and with a probability near its share', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, probability) => {
        const once = firesAt({ when: { probability } }, 200, seed);
        assert.deepEqual(firesAt({ when: { probability } }, 200, seed), once);
      }),
      { numRuns: 20 },
    );
    assert.deepEqual(firesAt({ when: { probability: 0 } }, 100), []);
    assert.deepEqual(firesAt({ when: { probability: 1 } }, 100), numbers(100));
    const third = firesAt({ when: { probability: 0.3 } }, 2000, 1).length;
    assert.ok(third > 520 && third < 680, String(third));
    assert.notDeepEqual(
      firesAt({ when: { probability: 0.3 } }, 200, 1),
      firesAt({ when: { probability: 0.3 } }, 200, 2),
    );
  });

  test('does not depend on the rules beside it, except that the first one that fires has the call', () => {
    const other = { name: 'other', when: { every: 3 }, fault: { kind: 'slow', delay: 1 } };
    const one = { name: 'one', when: { probability: 0.5 }, fault: { kind: 'drop' } };
    const book = createRuleBook(given({ seed: 5, rules: [other, one] }));
    const heard = numbers(60).map(() => book.decide(CALL)?.rule ?? null);
    const alone = firesAt({ when: { probability: 0.5 } }, 60, 5);
    for (const n of numbers(60)) {
      const expected = n % 3 === 0 ? 'other' : alone.includes(n) ? 'one' : null;
      assert.equal(heard[n - 1], expected, `call ${n}`);
    }
    const { rules } = book.show();
    assert.deepEqual(
      rules.map(({ matched }) => matched),
      [60, 60],
    );
    assert.deepEqual(
      rules.map(({ fired }) => fired),
      ['other', 'one'].map((name) => heard.filter((rule) => rule === name).length),
    );
  });

  test('is never while it is switched off, and counts begin anew with other rules', () => {
    assert.deepEqual(firesAt({ enabled: false }, 10), []);
    const rules = given({ rules: [{ name: 'one', fault: { kind: 'drop' } }] });
    const book = createRuleBook(rules);
    book.decide(CALL);
    book.replace(rules);
    assert.deepEqual(
      book.show().rules.map(({ matched, fired }) => [matched, fired]),
      [[0, 0]],
    );
  });
});

describe('which calls a rule is about', () => {
  test('are those that fit all that it names', () => {
    const fitting = [
      {},
      { operation: ['restrictCodeExecution', 'token'] },
      { method: 'POST', path: '/api/machines/*/restrictcodeexecution' },
      { machine: 'WS-001.cordon.test' },
      { machine: simulatedMachineId('ws-001.cordon.test') },
      { application: CALL.application! },
      { header: { name: 'X-Run' } },
      { header: { name: 'x-run', value: 'seven' } },
    ];
    for (const pattern of fitting) {
      assert.ok(fits(pattern, CALL), JSON.stringify(pattern));
      assert.ok(!fits({ ...pattern, operation: ['getMachine'] }, CALL), JSON.stringify(pattern));
    }
    for (const pattern of [
      { machine: 'ws-002.cordon.test' },
      { user: 'responder@cordon.test' },
      { header: { name: 'x-run', value: 'eight' } },
      { header: { name: 'x-walk' } },
      { path: '/api/machines' },
    ])
      assert.ok(!fits(pattern, CALL), JSON.stringify(pattern));
  });

  test('a star of a path stays within its segment, two do not', () => {
    assert.ok(hasForm('/api/machines/1/tags', '/api/machines/*/tags'));
    assert.ok(hasForm('/api/v1.0/machines/1/tags', '/api/**/tags'));
    assert.ok(hasForm('/api/machines', '/API/mach*'));
    assert.ok(!hasForm('/api/machines/1/2/tags', '/api/machines/*/tags'));
    assert.ok(!hasForm('/apiXmachines', '/api.machines'));
    assert.ok(hasForm('/a+(b)[c]', '/a+(b)[c]'));
  });

  test('no pattern takes long, whatever it is', () => {
    assert.ok(!hasForm(`/${'a'.repeat(2000)}`, `/${'*a**a'.repeat(90)}b`));
  });

  test('every text fits itself', () => {
    fc.assert(
      fc.property(fc.string(), (text) => hasForm(text, text.replaceAll('*', '')) === !text.includes('*')),
    );
  });
});

describe('chance', () => {
  test('is from 0 to below 1, and a delay is within its range', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), fc.nat(1000), fc.nat(1000), (seed, word, least, more) => {
        const luck = chance(seed, word);
        assert.ok(luck >= 0 && luck < 1);
        const chosen = millisecondsOf([least, least + more], luck);
        assert.ok(chosen >= least && chosen <= least + more);
      }),
    );
  });
});

describe('what is wrong with rules', () => {
  const faultsOf = (rules: unknown, rest: object = {}) => {
    const checked = checkFaultRules({ rules, ...rest }, ['restrictCodeExecution', 'token']);
    return checked.ok ? [] : checked.faults;
  };
  const good = { name: 'good', fault: { kind: 'drop' } };

  test('is said with rule, field and what is expected', () => {
    const wrong: [unknown, RegExp][] = [
      [[good, { name: 'x' }], /^Rule 2 \("x"\), fault: is missing\.$/],
      [[{ fault: { kind: 'drop' } }], /^Rule 1, name: is missing\.$/],
      [[{ ...good, fault: { kind: 'explode' } }], /fault\.kind: must be one of slow, error, answer, drop/],
      [[{ ...good, fault: { kind: 'slow' } }], /fault\.delay: is missing/],
      [
        [{ ...good, fault: { kind: 'slow', delay: '2s' } }],
        /fault\.delay: must be milliseconds, or the least/,
      ],
      [[{ ...good, fault: { kind: 'slow', delay: [9, 1] } }], /fault\.delay: must have the least/],
      [
        [{ ...good, fault: { kind: 'slow', delay: 200_000 } }],
        /fault\.delay: must be a number of 0 to 115000/,
      ],
      [[{ ...good, fault: { kind: 'body', moment: 'before' } }], /fault\.moment: must be one of after/],
      [[{ ...good, fault: { kind: 'error', code: 'Oops' } }], /fault\.code: must be one of BadRequest/],
      [[{ ...good, when: {} }], /when: must have exactly one of call, first, after, every, probability/],
      [[{ ...good, when: { call: 1, first: 2 } }], /when: must have exactly one of/],
      [[{ ...good, when: { call: 0 } }], /when\.call: must be a whole number of 1 to/],
      [[{ ...good, when: { probability: 2 } }], /when\.probability: must be a number of 0 to 1/],
      [
        [{ ...good, calls: { operation: 'restrict' } }],
        /calls\.operation\[0\]: must be an operation of docs/,
      ],
      [[{ ...good, calls: { machin: 'x' } }], /calls\.machin: is not known here; known are operation, /],
      [[{ ...good, times: 0 }], /times: must be a whole number of 1 to/],
      [[good, good], /^Rule 2 \("good"\), name: is the name of an earlier rule too; give it another\.$/],
      ['none', /^rules: must be a list\.$/],
    ];
    for (const [rules, expected] of wrong) assert.match(faultsOf(rules)[0] ?? 'nothing', expected);
    assert.match(faultsOf([good], { seeds: 1 })[0] ?? '', /^seeds: is not known here; known are rules, seed/);
    assert.match(String(rulesOf(7)), /^The file: must be an object/);
  });

  test('is nothing for every kind with what it needs, at each of its moments', () => {
    const needed = { slow: { delay: [1, 2] }, error: { code: 'BadRequest' }, answer: { status: 502 } };
    const more = { contentType: { contentType: 'text/html' } };
    for (const [kind, { moments }] of Object.entries(FAULT_KINDS)) {
      const fields = { ...needed, ...more }[kind as keyof typeof needed] ?? {};
      for (const moment of moments)
        assert.deepEqual(faultsOf([{ name: 'x', fault: { kind, moment, ...fields } }]), [], kind);
    }
  });

  test('never makes the check itself fail, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (content, rule) => {
        checkFaultRules(content, []);
        checkFaultRules({ rules: [rule] }, []);
      }),
    );
  });
});
