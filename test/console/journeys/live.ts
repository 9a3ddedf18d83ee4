import assert from 'node:assert/strict';
import test from 'node:test';
import type { Stage } from '../../kit/console-stage.ts';

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
}
