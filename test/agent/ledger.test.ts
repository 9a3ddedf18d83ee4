import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { createMemoryLedger, openFileLedger, readLedger } from '../../src/agent/ledger.ts';
import { adopt, EMPTY_STATE, type LedgerState } from '../../src/agent/state.ts';
import { temporaryDirectory } from './kit.ts';

const whole = () => assert.fail('the ledger is whole');
const count = (state: LedgerState): LedgerState => ({ ...state, sequence: state.sequence + 1 });

/** A state with an order and a report in it. */
const SOME = adopt(
  EMPTY_STATE,
  {
    protocol: 1,
    machineId: '0'.repeat(40),
    answers: '',
    nonce: 'n',
    epoch: 'e',
    desired: [
      { control: 'codeExecution', mode: 'restricted', generation: 3, actionId: 'a', status: 'active' },
    ],
    received: 2,
  },
  () => false,
  { boot: 'one', milliseconds: 0 },
) as LedgerState;

describe('the ledger in a file', () => {
  test('is what it was after it is opened again', async (context) => {
    const directory = await temporaryDirectory(context);
    const ledger = await openFileLedger(directory, whole);
    assert.deepEqual(ledger.state(), EMPTY_STATE);
    await ledger.update(() => SOME);
    assert.deepEqual((await openFileLedger(directory, whole)).state(), SOME);
  });

  test('may be read by its owner only, and leaves nothing beside it', async (context) => {
    const directory = await temporaryDirectory(context);
    const ledger = await openFileLedger(directory, whole);
    await ledger.update(count);
    assert.equal((await stat(join(directory, 'ledger.json'))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(directory), ['ledger.json']);
  });

  test('makes changes one after another, each on the result of the one before', async (context) => {
    const ledger = await openFileLedger(await temporaryDirectory(context), whole);
    await Promise.all(Array.from({ length: 50 }, () => ledger.update(count)));
    assert.equal(ledger.state().sequence, 50);
  });

  test('writes nothing when nothing changed', async (context) => {
    const directory = await temporaryDirectory(context);
    const ledger = await openFileLedger(directory, whole);
    await ledger.update((state) => state);
    assert.deepEqual(await readdir(directory), []);
  });

  test('that cannot be written keeps its state, says so, and goes on when it can', async (context) => {
    const directory = await temporaryDirectory(context);
    const ledger = await openFileLedger(directory, whole);
    await ledger.update(count);
    await mkdir(join(directory, 'ledger.json.new'));
    await assert.rejects(ledger.update(count), { code: 'ledger' });
    assert.equal(ledger.state().sequence, 1);
    await rmdir(join(directory, 'ledger.json.new'));
    await ledger.update(count);
    assert.equal(ledger.state().sequence, 2);
  });

  test('whose write was cut off half-way is the one before', async (context) => {
    const directory = await temporaryDirectory(context);
    const ledger = await openFileLedger(directory, whole);
    await ledger.update(() => SOME);
    const text = await readFile(join(directory, 'ledger.json'), 'utf8');
    await writeFile(join(directory, 'ledger.json.new'), text.slice(0, 20));
    assert.deepEqual((await openFileLedger(directory, whole)).state(), SOME);
  });

  test('of a later version is refused, and left as it is', async (context) => {
    const directory = await temporaryDirectory(context);
    const text = JSON.stringify({ ...SOME, version: 2 });
    await writeFile(join(directory, 'ledger.json'), text);
    await assert.rejects(openFileLedger(directory, whole), { code: 'ledger', message: /later version/ });
    assert.equal(await readFile(join(directory, 'ledger.json'), 'utf8'), text);
  });

  test('that is damaged is set aside and named, never half-believed', async (context) => {
    const text = JSON.stringify(SOME);
    const directory = await temporaryDirectory(context);
    const damaged = fc.oneof(
      fc.nat(text.length - 2).map((length) => text.slice(0, length)),
      fc.json(),
      fc
        .constantFrom('epoch', 'sequence', 'controls', 'reports', 'facts', 'version')
        .map((name) => JSON.stringify({ ...SOME, [name]: { not: 'this' } })),
      fc
        .constantFrom('desired', 'phase', 'touched', 'observed', 'acceptSequence')
        .map((name) => JSON.stringify({ ...SOME, controls: [{ ...SOME.controls[0], [name]: 'wrong' }] })),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async (content) => {
        await writeFile(join(directory, 'ledger.json'), content);
        const named: string[] = [];
        const ledger = await openFileLedger(directory, (path) => named.push(path));
        assert.deepEqual(named, [join(directory, 'ledger.json.damaged')]);
        assert.equal(await readFile(named[0] as string, 'utf8'), content);
        assert.deepEqual(ledger.state(), EMPTY_STATE);
        assert.equal(await readLedger(directory), null);
      }),
      { numRuns: 60 },
    );
  });
});

test('the ledger in memory keeps what it is told', async () => {
  const ledger = createMemoryLedger(SOME);
  await ledger.update(count);
  assert.equal(ledger.state().sequence, SOME.sequence + 1);
});
