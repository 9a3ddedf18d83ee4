import assert from 'node:assert/strict';
import test from 'node:test';
import { askFor, pageOf, type Stage, type Visit } from '../../kit/console-stage.ts';

const notices = ({ page }: Visit) => page.getByRole('region', { name: 'What came of it' });

/** Restricts what is selected in a list that shows only that. */
async function restrictAll(visit: Visit, search: string, count: string): Promise<void> {
  await visit.to(`/console/machines?search=${search}`);
  await visit.page.getByLabel('Select all that match').click();
  await visit.page.getByText(`${count} selected`).waitFor();
  await visit.page
    .getByRole('region', { name: 'Selection' })
    .getByRole('button', { name: 'Restrict app execution' })
    .click();
  await askFor(visit, 'Restrict app execution', `all of ${search}`);
  await visit.dialog().waitFor({ state: 'detached' });
}

export function outcomeJourneys(stage: () => Stage): void {
  test('how a selection ended is told once on whatever page one is, and leads to what failed', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    const failing = (await stage().emulator.actions('ws-failing')).length;
    await visit.to('/console/machines');
    for (const name of ['ws-012', 'ws-013', 'ws-failing'])
      await visit.row(name).getByRole('checkbox').click();
    await page
      .getByRole('region', { name: 'Selection' })
      .getByRole('button', { name: 'Restrict app execution' })
      .click();
    await askFor(visit, 'Restrict app execution', 'the floor');
    await visit.dialog().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Action center' }).click();
    const told = notices(visit).getByRole('status');
    await told.filter({ hasText: 'Restrict app execution: 2 of 3 done, 1 failed.' }).waitFor();
    assert.equal(await told.count(), 1);
    await notices(visit).getByRole('link', { name: 'Show 1 action in the action center' }).click();
    await page.getByText('1 action', { exact: true }).waitFor();
    await visit.row('ws-failing').waitFor();
    assert.equal((await stage().emulator.actions('ws-failing')).length, failing + 1);
    const address = page.url();
    await page.getByRole('button', { name: 'Close the notice of 3 machines' }).click();
    await notices(visit).waitFor({ state: 'detached' });
    await page.locator('#content:focus').waitFor();

    await using other = await stage().visit();
    await other.page.goto(address);
    await other.page.getByText('1 action', { exact: true }).waitFor();
    await other.row('ws-failing').waitFor();
    assert.equal(await notices(other).count(), 0, 'nobody is told of what others asked for');
  });

  test('of one machine it is told that it is proven, or why it failed', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to(pageOf('ws-014'));
    await page.getByRole('button', { name: 'Restrict app execution' }).click();
    await askFor(visit, 'Restrict app execution', 'alone');
    await page.getByRole('link', { name: 'Machines', exact: true }).click();
    const told = notices(visit).getByRole('status');
    await told.filter({ hasText: 'Restrict app execution is proven on ws-014.cordon.test.' }).waitFor();
    await visit.row('ws-failing').getByRole('link').click();
    await page.getByRole('button', { name: 'Restrict app execution' }).click();
    await askFor(visit, 'Restrict app execution', 'in vain');
    await told
      .filter({ hasText: /^Restrict app execution failed on ws-failing\.cordon\.test: \w.+/ })
      .waitFor();
    assert.equal(await told.filter({ hasText: 'ws-014' }).count(), 1);
  });

  test('a page that is loaded anew tells what was asked for in its tab, to the same person, until they sign out', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    const told = notices(visit).getByRole('status');
    await restrictAll(visit, 'ws-019', '1 machine');
    await page.reload();
    await told.filter({ hasText: 'Restrict app execution is proven on ws-019.cordon.test.' }).waitFor();
    await visit.to(pageOf('ws-failing'));
    await told.filter({ hasText: 'ws-019' }).waitFor();
    const other = await visit.context.newPage();
    await other.goto(page.url());
    await other.getByRole('heading', { name: 'ws-failing' }).waitFor();
    assert.equal(await other.getByText('is proven on').count(), 0, 'another tab has not asked');
    await page.getByRole('button', { name: 'Close the notice of ws-019' }).click();
    await page.reload();
    await page.locator('.live.live').filter({ hasText: 'Live' }).waitFor();
    assert.equal(await told.count(), 0, 'what was closed stays so');

    await restrictAll(visit, 'ws-019', '1 machine');
    await told.filter({ hasText: 'ws-019' }).waitFor();
    await other.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('User').waitFor();
    assert.equal(await page.evaluate("sessionStorage.getItem('cordon-followed')"), null);
  });

  test('an end that nobody heard of is asked for', async () => {
    await using visit = await stage().visit();
    const { page, context } = visit;
    await context.route('**/cordon/v1/events', (route) => route.abort());
    await restrictAll(visit, 'ws-015', '1 machine');
    await notices(visit).getByText('Restrict app execution is proven on ws-015').waitFor();
    await page.getByRole('button', { name: 'Close the notice of ws-015' }).click();
    await notices(visit).waitFor({ state: 'detached' });
  });
}
