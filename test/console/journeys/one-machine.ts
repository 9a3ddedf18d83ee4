import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireMachineSummary } from '../../../src/contract/console.ts';
import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { askFor, pageOf, type Stage } from '../../kit/console-stage.ts';

export function oneMachineJourneys(stage: () => Stage): void {
  test('a machine is found, restricted with a comment, seen to be proven, and released again', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to('/console/');
    await page.getByLabel('Search machines').fill('ws-001');
    await visit.row('ws-001.cordon.test').getByRole('link').click();
    await page.getByText('Nothing was ever asked of this machine').waitFor();

    const dialog = visit.dialog();
    await page.getByRole('button', { name: 'Remove app restrictions' }).click();
    await dialog.getByText('On this machine nothing is restricted').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Restrict app execution' }).click();
    await dialog.getByText('only trusted software can start on this machine').waitFor();
    await dialog.locator('footer').getByRole('button', { name: 'Restrict app execution' }).click();
    await dialog.getByText('Say why').waitFor();
    await askFor(visit, 'Restrict app execution', 'ticket 8841: malware');
    await dialog.waitFor({ state: 'detached' });

    await page
      .getByText('Proven on the device: an untrusted program was tried there and was refused.')
      .waitFor();
    const entry = page.locator('.entry').first();
    await entry.getByText('ticket 8841: malware').waitFor();
    await entry.locator('.history .evidence').waitFor();
    assert.match(await entry.innerText(), /Succeeded[\s\S]*untrusted program/);

    await page.getByRole('button', { name: 'Remove app restrictions' }).click();
    await dialog.getByText('any application can run on this machine again').waitFor();
    assert.equal(await dialog.getByText('nothing is restricted').count(), 0);
    await askFor(visit, 'Remove app restrictions', 'cleaned');
    await page.getByText('Proven on the device: it is back as its owner had it').waitFor();
    assert.equal((await stage().emulator.actions('ws-001')).length, 2);
    await page.getByRole('navigation', { name: 'Way back' }).getByRole('link').click();
    await page.getByText(/^1 of 26 machines$/).waitFor();
    assert.equal(await page.getByLabel('Search machines').inputValue(), 'ws-001', 'the list is as it was');
    await page.getByRole('link', { name: 'Machines', exact: true }).click();
    await page.getByText(/^26 machines$/).waitFor();
  });

  test('a restriction ends by itself at the time that was chosen, and the page says when', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to(pageOf('ws-002'));
    await page.getByRole('button', { name: 'Restrict app execution' }).click();
    await visit.dialog().getByLabel('The restriction ends').selectOption('other');
    await visit.dialog().getByLabel('Time').fill('91');
    await visit.dialog().getByLabel('Unit').selectOption('days');
    await visit.dialog().getByText('from 1 minute to 90 days').waitFor();
    await visit.dialog().getByLabel('Time').fill('3');
    await askFor(visit, 'Restrict app execution', 'over the weekend');
    await page.locator('.control').getByText('Ends by itself').waitFor();
    const times = page.locator('.control').getByRole('button', { name: /local time/ });
    await times.first().focus();
    await page.getByRole('tooltip').filter({ hasText: 'UTC' }).waitFor();
  });

  test('a restriction that failed is told on the page and marked in the list', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to(pageOf('ws-failing'));
    await page.getByRole('button', { name: 'Restrict app execution' }).click();
    await askFor(visit, 'Restrict app execution', 'in vain');
    await page.getByText('The last action, Restrict app execution, failed').waitFor();
    assert.equal(await page.getByText('Nothing was ever asked of this machine').count(), 0);
    await visit.to('/console/machines?search=ws-failing');
    await visit.row('ws-failing').getByText('Restriction failed').waitFor();
    await page.getByRole('button', { name: /^Failed/ }).click();
    await page.waitForURL(/state=failed/);
    await visit.row('ws-failing').waitFor();
  });

  test('a machine that is offline is marked so, and its action is said to wait for it', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    // The machine that never answers has its action in other journeys, and counts as heard of for a while after the start.
    await page.route('**/cordon/v1/machinesummaries*', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { value: WireMachineSummary[] };
      for (const row of body.value) row.connected = false;
      await route.fulfill({ response: answer, json: body });
    });
    await page.route('**/api/machines/*/machineactions*', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { value: WireMachineAction[] };
      for (const action of body.value) action.status = 'Pending';
      await route.fulfill({ response: answer, json: body });
    });
    await stage().emulator.restrict('ws-009', 'while it is away');
    await visit.to(pageOf('ws-009'));
    await page.locator('.facts').getByText('Offline').waitFor();
    await page.getByText('the action goes on when it is heard of again').waitFor();
  });

  test('a double press starts one action, and so does a second try after the answer was lost', async () => {
    await using visit = await stage().visit();
    const { page, context } = visit;
    await visit.to(pageOf('ws-003'));
    await page.getByRole('button', { name: 'Restrict app execution' }).click();
    await visit.dialog().getByLabel('Comment').fill('twice');
    const pressed = Promise.withResolvers<void>();
    await context.route('**/cordon/v1/machines/actions', async (route) => {
      await route.fetch();
      await pressed.promise;
      await route.abort();
    });
    await visit.dialog().locator('footer').getByRole('button', { name: 'Restrict app execution' }).dblclick();
    pressed.resolve();
    await visit.dialog().getByText('Sending it again is safe').waitFor();
    await context.unroute('**/cordon/v1/machines/actions');
    await visit.dialog().getByRole('button', { name: 'Send again' }).click();
    await visit.dialog().waitFor({ state: 'detached' });
    assert.deepEqual(
      (await stage().emulator.actions('ws-003')).map(({ requestorComment }) => requestorComment),
      ['twice'],
    );
  });

  test('a machine that is not there, or not to be seen, is said to be so, with the id for the log', async () => {
    await using visit = await stage().visit();
    await visit.to(`/console/machines/${'0'.repeat(40)}`);
    const alert = visit.page.getByRole('alert').filter({ hasText: 'The machine cannot be shown.' });
    await alert.getByText('in a device group that you do not see').waitFor();
    await alert.getByText('Correlation id').waitFor();
  });
}
