import assert from 'node:assert/strict';
import test from 'node:test';
import { askFor, type Stage } from '../../kit/console-stage.ts';

export function selectionJourneys(stage: () => Stage): void {
  test('a selection has one result each: what is refused is named with its reason and tried again alone', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to('/console/machines');
    for (const name of ['ws-004', 'ws-005', 'ws-old-build'])
      await visit.row(name).getByRole('checkbox').click();
    await page.getByText('3 machines selected').waitFor();
    await page
      .getByRole('region', { name: 'Selection' })
      .getByRole('button', { name: 'Restrict app execution' })
      .click();
    await askFor(visit, 'Restrict app execution', 'all of the floor');
    const dialog = visit.dialog();
    await dialog.getByText('Accepted for 2 machines.').waitFor();
    await dialog
      .getByRole('listitem')
      .filter({ hasText: 'ws-old-build.cordon.test' })
      .filter({ hasText: '1709' })
      .waitFor();
    await dialog.getByRole('button', { name: 'Try again for 1 machine' }).click();
    await dialog.getByText('Refused for 1 machine').waitFor();
    // Whoever works by keyboard is where they were, and leaves as from any dialog.
    await page.locator('[role=dialog]:focus-within').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await visit.row('ws-004').getByText('Proven').waitFor();
    await visit.row('ws-005').getByText('Restricted').waitFor();
    for (const name of ['ws-004', 'ws-005']) assert.equal((await stage().emulator.actions(name)).length, 1);
  });

  test('the link of a view shows the same to somebody else, and all that match can be selected', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to('/console/machines');
    await page.getByLabel('Search machines').fill('ws-01');
    await page.getByRole('columnheader', { name: 'Machine' }).getByRole('button').click();
    await page.waitForURL(/search=ws-01&sort=-name$/);
    await page.getByText(/^10 of 26 machines$/).waitFor();
    await page.getByLabel('Select all that match').click();
    await page.getByText('10 machines selected').waitFor();
    await using other = await stage().visit();
    await other.page.goto(page.url());
    await other.page.getByText(/^10 of 26 machines$/).waitFor();
    assert.match(await other.page.locator('.scroller').getByRole('row').first().innerText(), /^ws-019/);
    await other.page.getByRole('button', { name: /^Offline/ }).click();
    await other.page.getByText('No machine matches.').waitFor();
    await other.page.getByRole('button', { name: /^Show all 26/ }).click();
    await other.row('ws-001').waitFor();
  });

  test('what an address asks for in vain is said, until the view is changed', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to('/console/machines?state=restricted,broken&sort=colour&search=ws-01');
    const note = page
      .getByRole('alert')
      .filter({ hasText: 'The address asks for what this page does not know' });
    await note.getByText('state=restricted,broken, sort=colour').waitFor();
    await page.getByRole('button', { name: /^Restricted/ }).click();
    await note.waitFor({ state: 'detached' });
    await page.waitForURL(/machines\?search=ws-01$/);
    await visit.to('/console/machines/%E0%A4%A');
    await page.getByRole('heading', { name: 'There is no such page.' }).waitFor();
  });
}
