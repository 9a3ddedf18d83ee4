import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { askFor, pageOf, type Stage } from '../../kit/console-stage.ts';
import { machine } from '../../kit/emulator.ts';

/** Milliseconds; a tenth of it where the machine has nothing else to do. */
const GENEROUS = 3_000;

export function liveJourneys(stage: () => Stage): void {
  test('a change is on the screen soon after its commit, in the list and on the page of the machine', async (context) => {
    const { emulator } = stage();
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to('/console/machines?search=ws-01');
    await page.locator('.live.live').filter({ hasText: 'Live' }).waitFor();
    const took: number[] = [];
    for (const name of ['ws-011', 'ws-012', 'ws-013', 'ws-014', 'ws-015']) {
      const row = visit.row(name);
      await row.waitFor();
      await emulator.restrict(name, 'watched');
      const committed = performance.now();
      await row.getByText(/Pending|In progress/).waitFor();
      took.push(performance.now() - committed);
      await row.getByText('Proven').waitFor();
    }
    const median = took.toSorted((one, other) => one - other)[2]!;
    context.diagnostic(`from the answer to the screen: ${median.toFixed(0)} ms (median of ${took.length})`);
    assert.ok(median < GENEROUS, `${median} ms`);
  });

  test('an action that somebody else starts appears in the action center by itself', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to('/console/actions?machine=ws-016');
    await page.locator('.live.live').filter({ hasText: 'Live' }).waitFor();
    await page.getByText('No action matches.').waitFor();
    await stage().emulator.restrict('ws-016', 'from a playbook');
    await visit.row('ws-016').getByText('from a playbook').waitFor();
    await visit.row('ws-016').getByText('Succeeded').waitFor();
  });

  test('more pages than a browser has connections are all told, by one stream, and can all act', async () => {
    await using visit = await stage().visit();
    const { context, page } = visit;
    await visit.to(pageOf('ws-017'));
    const others: Page[] = [];
    for (let count = 0; count < 6; count += 1) others.push(await context.newPage());
    let streams = 0;
    context.on('request', (request) => {
      if (request.url().endsWith('/cordon/v1/events')) streams += 1;
    });
    for (const other of others) {
      await other.goto(`${stage().emulator.url}${pageOf('ws-017')}`);
      await other.locator('.live.live').filter({ hasText: 'Live' }).waitFor();
    }
    assert.equal(streams, 0, 'the page that was there first tells the others');
    await page.getByRole('button', { name: 'Restrict app execution' }).click();
    await askFor(visit, 'Restrict app execution', 'told to all');
    for (const other of others) await other.locator('.entry').getByText('told to all').waitFor();
    await page.close();
    await others[0]!.locator('.live.live').filter({ hasText: 'Live' }).waitFor();
    await stage().emulator.send('POST', `/api/machines/${machine('ws-017')}/unrestrictCodeExecution`, {
      Comment: 'after it',
    });
    for (const other of others) await other.locator('.entry').getByText('after it').waitFor();
    assert.equal(streams, 1, 'another page took over');
  });

  test('pages that were left hold no connection, and one that is gone back to is told again', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    const live = page.locator('.live.live').filter({ hasText: 'Live' });
    for (let count = 1; count <= 8; count += 1) {
      await visit.to(`/console/machines?search=ws-01${count}`);
      await live.waitFor();
    }
    // What is kept for the way back is not loaded again.
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForURL(/ws-017$/, { waitUntil: 'commit' });
    await visit.row('ws-017').waitFor();
    await live.waitFor();
    await stage().emulator.restrict('ws-017', 'after the way back');
    await visit
      .row('ws-017')
      .getByText(/Pending|In progress|Proven/)
      .waitFor();
  });
}
