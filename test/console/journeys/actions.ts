import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { Stage } from '../../kit/console-stage.ts';

export function actionJourneys(stage: () => Stage): void {
  test('actions are narrowed by fields and by OData, in an address that shows the same again', async () => {
    await waiting(stage());
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to('/console/actions');
    await visit.row('ws-offline').waitFor();
    await page.getByRole('button', { name: 'Pending' }).click();
    await page.getByLabel('Machine', { exact: true }).fill('offline');
    await page.waitForURL(/status=Pending&machine=offline$/);
    await page.getByText('1 action', { exact: true }).waitFor();
    await page.getByText('OData').click();
    await page.getByLabel('OData filter').fill("nonsense eq 'x'");
    await page.getByRole('button', { name: 'Apply' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'cannot be shown as the filter says' });
    await alert.getByText('nonsense').waitFor();
    await page.getByLabel('OData filter').fill("contains(requestorComment,'waits')");
    await page.getByRole('button', { name: 'Apply' }).click();
    await alert.waitFor({ state: 'detached' });
    await page.getByText('1 action', { exact: true }).waitFor();
    await page.reload();
    await visit.row('ws-offline').waitFor();
    assert.equal(await page.getByLabel('Machine', { exact: true }).inputValue(), 'offline');
  });

  test('an action is cancelled with a comment, and leaves a list that shows what is pending', async () => {
    await waiting(stage());
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to('/console/actions?status=Pending,InProgress');
    await visit
      .row('ws-offline')
      .getByRole('button', { name: /Cancel the action on ws-offline/ })
      .click();
    await visit.dialog().getByLabel('Comment').fill('no longer needed');
    await visit.dialog().getByRole('button', { name: 'Cancel the action' }).click();
    await visit.dialog().waitFor({ state: 'detached' });
    await visit.row('ws-offline').waitFor({ state: 'detached' });
    const [action] = await stage().emulator.actions('ws-offline');
    assert.equal(action?.cancellationComment, 'no longer needed');
    await page.getByRole('status').filter({ hasText: 'Cancelled on ws-offline' }).waitFor();
  });

  test('the view is exported as CSV and as JSON with the history of each action', async () => {
    await cancelled(stage());
    await using visit = await stage().visit({ acceptDownloads: true });
    const { page } = visit;
    await visit.to("/console/actions?$filter=requestorComment eq 'to be exported'");
    await visit.row('ws-offline').waitFor();
    const saved = async (name: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name }).click(),
      ]);
      return readFileSync(await download.path(), 'utf8');
    };
    const csv = await saved('Export as CSV');
    assert.match(csv, /^\ufeff"id","type","status","computerDnsName"/);
    assert.match(csv, /"to be exported"[\s\S]*"no longer needed"/);
    assert.equal(csv.trim().split('\r\n').length, 2);
    const json = JSON.parse(await saved('Export as JSON'));
    assert.deepEqual(
      json.map((one: { history: { status: string }[] }) => one.history.map(({ status }) => status)),
      [['Pending', 'Cancelled']],
    );
  });
}

const active = ({ status }: { readonly status: string }) => status === 'Pending' || status === 'InProgress';

/** Lets an action wait for the machine that never answers, whatever was done to it before. */
async function waiting({ emulator }: Stage): Promise<void> {
  if ((await emulator.actions('ws-offline')).some(active)) return;
  await emulator.restrict('ws-offline', 'waits for the device');
}

/** One action, with a comment that no other has, that was cancelled. */
async function cancelled({ emulator }: Stage): Promise<void> {
  const cancel = async (comment: string) => {
    const [newest] = (await emulator.actions('ws-offline')).filter(active);
    if (newest !== undefined)
      await emulator.send('POST', `/api/machineactions/${newest.id}/cancel`, { Comment: comment });
  };
  await cancel('out of the way');
  await emulator.restrict('ws-offline', 'to be exported');
  await cancel('no longer needed');
}
