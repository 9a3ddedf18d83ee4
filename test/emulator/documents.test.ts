import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, describe } from 'node:test';
import type { WireFaults } from '../../src/contract/emulator/fault-rules.ts';
import type { WireJournal } from '../../src/contract/emulator/journal.ts';
import { ROOT } from '../architecture/source.ts';
import { runCommand } from '../kit/command.ts';
import { passOverDescription } from '../kit/described.ts';
import { restrictPath, startTestEmulator, type TestEmulator } from '../kit/emulator.ts';

passOverDescription('rules make the emulator answer as no server of ours does');

type RuleFile = { rules: { name: string }[] };

/** The rule files of the page, by the name of their first rule. */
const files = new Map(
  [...readFileSync(join(ROOT, 'docs/emulator.md'), 'utf8').matchAll(/^```json\n([\s\S]*?)^```/gm)].map(
    ([, text]) => {
      const file = JSON.parse(text!) as RuleFile;
      return [file.rules[0]!.name, file] as const;
    },
  ),
);

const rawRestrict = (emulator: TestEmulator, name: string) =>
  emulator.raw('POST', restrictPath(name), { Comment: 'contain' });

/** What the page says of each of its files. */
const SAID: Readonly<Record<string, (emulator: TestEmulator) => Promise<void>>> = {
  'second restrict': async ({ restrict }) => {
    assert.equal((await restrict('ws-001')).status, 201);
    const refused = await restrict('ws-002');
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '7']);
    assert.equal((await restrict('ws-002')).status, 201);
  },
  'slow lists': async ({ send, journal }) => {
    assert.equal((await send('GET', '/api/machines')).status, 200);
    const [entry] = await journal('?operation=listMachines');
    assert.equal(entry!.fault, 'slow lists');
    assert.ok(entry!.durationMilliseconds! >= 499, String(entry!.durationMilliseconds));
  },
  'lost answer': async (emulator) => {
    assert.equal(await rawRestrict(emulator, 'ws-001'), '');
    assert.equal((await emulator.actions('ws-001')).length, 1);
  },
  weather: async ({ requestToken, send, faults }) => {
    assert.deepEqual(
      [(await requestToken()).status, (await requestToken()).status, (await requestToken()).status],
      [502, 502, 200],
    );
    const statuses = [];
    for (let call = 0; call < 60; call += 1) statuses.push((await send('GET', '/api/alerts')).status);
    const { fired } = (await faults()).rules[0]!;
    assert.ok(fired > 0 && fired < 20, String(fired));
    assert.equal(statuses.filter((status) => status === 503).length, fired);
  },
};

describe('the files of docs/emulator.md', async () => {
  const emulator = await startTestEmulator();
  after(() => emulator.close());

  test('are those that are tried here', () => {
    assert.deepEqual([...files.keys()], Object.keys(SAID));
  });

  for (const [name, said] of Object.entries(SAID))
    test(`${name}: does what the page says`, async () => {
      await emulator.send('POST', '/cordon/v1/emulator/reset');
      await emulator.signIn();
      assert.equal((await emulator.send('PUT', '/cordon/v1/emulator/faults', files.get(name))).status, 200);
      await said(emulator);
    });
});

describe('the verbs of cordon emulator', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-faults-'));
  const file = join(directory, 'faults.json');
  await writeFile(file, JSON.stringify(files.get('second restrict')));
  const emulator = await startTestEmulator({ faultsFile: file });
  after(async () => {
    await emulator.close();
    await rm(directory, { recursive: true, force: true });
  });
  const cordon = (...words: string[]) =>
    runCommand(['emulator', ...words], { environment: { CORDON_URL: emulator.url } });

  test('begin with the rules of --faults, and show what fired', async () => {
    await emulator.restrict('ws-001');
    await emulator.restrict('ws-002');
    const { status, stdout } = await cordon('faults');
    assert.equal(status, 0);
    assert.match(stdout, /^RULE +FAULT +STATE +MATCHED +FIRED\nsecond restrict +error +on +2 +1\n$/);
  });

  test('set and clear rules, and pass on what is wrong with a file', async () => {
    assert.equal((await cordon('faults', '--clear')).stderr.includes('No fault rules'), true);
    const set = await cordon('faults', '--set', file, '--json');
    assert.deepEqual(
      (JSON.parse(set.stdout) as WireFaults).rules.map(({ rule, fired }) => [rule.name, fired]),
      [['second restrict', 0]],
    );
    await writeFile(file, '{"rules":[{"name":"x","fault":{"kind":"slow"}}]}');
    const wrong = await cordon('faults', '--set', file);
    assert.equal(wrong.status, 3);
    assert.match(wrong.stderr, /Rule 1 \("x"\), fault\.delay: is missing\./);
    await writeFile(file, 'rules');
    assert.match((await cordon('faults', '--set', file)).stderr, /--set names .* which is not JSON/);
    assert.match((await cordon('faults', '--set', file, '--clear')).stderr, /exclude each other/);
  });

  test('let time pass, and show how far the clock is ahead', async () => {
    assert.match((await cordon('clock', '--advance', '3h')).stdout, / UTC, 3 h 0 min ahead\n$/);
    assert.match((await cordon('clock', '--advance', 'PT30M')).stdout, /3 h 30 min ahead/);
    assert.match((await cordon('clock')).stdout, /3 h 30 min ahead/);
    assert.match((await cordon('clock', '--advance', 'P1Y')).stderr, /Advance must be an ISO 8601 duration/);
  });

  test('show and empty the journal', async () => {
    await emulator.signIn();
    await emulator.restrict('ws-003', 'contain, ticket 8841');
    const shown = await cordon(
      'journal',
      '--operation',
      'restrictCodeExecution',
      '--status',
      '2xx',
      '--json',
    );
    const { value } = JSON.parse(shown.stdout) as WireJournal;
    assert.deepEqual(value.at(-1)?.body, { Comment: 'contain, ticket 8841' });
    assert.match((await cordon('journal')).stdout, /restrictCodeExecution .*ticket 8841/);
    await cordon('journal', '--clear');
    const left = JSON.parse((await cordon('journal', '--json')).stdout) as WireJournal;
    assert.deepEqual(left.value, []);
  });

  test('get through a rule that drops every call, the token request included', async () => {
    await emulator.setFaults({ name: 'all', fault: { kind: 'drop' } });
    await assert.rejects(emulator.requestToken());
    assert.match((await cordon('faults')).stdout, /all +drop +on +1 +1/);
    assert.equal((await cordon('faults', '--clear')).status, 0);
    assert.equal((await emulator.requestToken()).status, 200);
  });

  test('put everything back', async () => {
    assert.match((await cordon('reset')).stderr, /as at the start, with 27 machines/);
    assert.doesNotMatch((await cordon('clock')).stdout, /ahead/);
    assert.match((await cordon('faults')).stdout, /second restrict +error +on +0 +0/);
  });
});
