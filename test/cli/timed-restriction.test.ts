import assert from 'node:assert/strict';
import test from 'node:test';
import { parseReleaseAfter } from '../../src/cli/values.ts';
import { AT } from '../kit/machine-state.ts';
import { startWorld } from './world.ts';

const RELEASE = '2026-03-02T13:15:20.3312801Z';

test('restrict with --release-after asks for a release and says when it comes', async (context) => {
  const { api, cordon } = await startWorld(context);
  const { status, stdout, stderr } = await cordon([
    'restrict',
    'ws-001',
    '--comment',
    'why',
    '--release-after',
    'PT4H',
  ]);
  assert.equal(status, 0);
  const post = api.calls.find(({ method, path }) => method === 'POST' && path.startsWith('/cordon/v1'));
  assert.equal(post?.path, `/cordon/v1/machines/${'1'.repeat(40)}/restrictCodeExecution`);
  assert.deepEqual(post?.body, { Comment: 'why', ReleaseAfter: 'PT14400S' });
  assert.match(stdout, /RestrictCodeExecution\s+ws-001/);
  assert.match(stderr, /ws-001\.cordon\.test: is released at 2026-03-02 13:15:20 UTC, unless/);
  const json = await cordon([
    'restrict',
    'ws-002',
    '--comment',
    'why',
    '--release-after',
    '4h',
    '--idempotency-key',
    'another',
    '--wait',
    '--json',
  ]);
  assert.deepEqual(
    [JSON.parse(json.stdout).status, JSON.parse(json.stdout).releaseAt],
    ['Succeeded', RELEASE],
    'the answer to the request is kept when the action has ended',
  );
});

test('against the vendor’s service a release time is refused, and nothing is restricted', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.vendorOnly = true;
  const words = ['restrict', 'ws-001', 'ws-002', '--comment', 'why', '--release-after', 'PT4H'];
  const { status, stderr } = await cordon(words);
  assert.equal(status, 3);
  assert.match(stderr, /ws-001: This service has no restriction that ends by itself\. Nothing was asked/);
  assert.match(stderr, /without --release-after only a person releases/);
  assert.equal(api.actions.size, 0);
});

test('a release time is a duration from a minute to ninety days', () => {
  assert.deepEqual(['PT1M', '90m', '4h', 'P90D', 'P1DT12H'].map(parseReleaseAfter), [
    'PT60S',
    'PT5400S',
    'PT14400S',
    'PT7776000S',
    'PT129600S',
  ]);
  for (const wrong of ['59s', 'P91D', 'P1M', '5', 'soon', '']) {
    assert.throws(() => parseReleaseAfter(wrong), { name: 'UsageError' }, wrong);
  }
});

test('machines shows a column of releases when there is one to show', async (context) => {
  const { api, cordon } = await startWorld(context);
  assert.doesNotMatch((await cordon(['machines'])).stdout, /RELEASE/);
  Object.assign(api.machines[1]!.controls[0]!, { releaseAt: RELEASE });
  const lines = (await cordon(['machines'])).stdout.split('\n');
  assert.match(lines[0]!, /ASSURANCE\s+RELEASE\s+LAST SEEN/);
  assert.match(lines[2]!, /proven\s+in 3 hr\.\s/);
});

test('action shows when it is released, and whether that still stands', async (context) => {
  const { api, cordon } = await startWorld(context);
  await cordon(['restrict', 'ws-001', '--comment', 'why', '--release-after', 'PT4H']);
  const id = [...api.actions.keys()][0]!;
  assert.match((await cordon(['action', id])).stdout, /release\s+2026-03-02 13:15:20 UTC\n/);
  const json = JSON.parse((await cordon(['action', id, '--json'])).stdout);
  assert.deepEqual([json.releaseAt, json.releaseStands, json.releaseOf], [RELEASE, true, null]);
  api.releases.set(id, { releaseAt: RELEASE, releaseStands: false, releaseOf: null });
  assert.match((await cordon(['action', id])).stdout, /13:15:20 UTC, which was reached or voided/);
  api.vendorOnly = true;
  const vendor = await cordon(['action', id]);
  assert.deepEqual([vendor.status, /release/.test(vendor.stdout)], [0, false]);
  assert.ok(AT < RELEASE);
});
