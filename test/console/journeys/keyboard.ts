import assert from 'node:assert/strict';
import test from 'node:test';
import { pageOf, type Stage, type Visit } from '../../kit/console-stage.ts';

/** Role and text of what has the focus. */
const focused = ({ page }: Visit) =>
  page.evaluate<string>(`(({ activeElement: at }) =>
    (at.getAttribute('role') ?? at.tagName.toLowerCase()) + ': ' + at.textContent.trim())(document)`);

/** Waits until the focus is there: it moves once what it moves to was drawn. */
const focusOn = ({ page }: Visit, what: string, text = /^/) =>
  page.locator(`${what}:focus`).filter({ hasText: text }).waitFor({ state: 'attached' });

/** How wide the page is, and what of it is too small for a finger. What stands in a sentence or a row may be smaller. */
const MEASURES = `({
  wide: document.documentElement.scrollWidth,
  full: [...document.querySelectorAll('.scroller .chevron')].every((one) => one.getBoundingClientRect().x > 350),
  small: [...document.querySelectorAll('button, a, select, input')]
    .filter((one) => one.checkVisibility() && one.closest('.cell') === null && !one.matches('.skip, .time'))
    .map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
    .map(({ text, box }) => text + ' ' + box.width + '×' + box.height),
})`;

export function keyboardJourneys(stage: () => Stage): void {
  test('a machine is found, opened, restricted and left again by keys alone, and the focus is never lost', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    const { keyboard } = page;
    await visit.to('/console/machines');
    await visit.row('ws-001').waitFor();
    await focusOn(visit, 'h1', /^Machines$/);
    await keyboard.press('/');
    await keyboard.type('ws-00');
    await page.getByText('9 of 26 machines').waitFor();
    await keyboard.press('ArrowDown');
    await focusOn(visit, '[role=row]', /^ws-001/);
    await keyboard.press('End');
    await focusOn(visit, '[role=row]', /^ws-009/);
    await keyboard.press('ArrowUp');
    await keyboard.press('Space');
    await page.getByText('1 machine selected').waitFor();
    await focusOn(visit, '[role=row]', /^ws-008/);
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'ws-008.cordon.test' }).waitFor();
    await focusOn(visit, 'h1', /^ws-008\.cordon\.test$/);

    const restrict = page.getByRole('button', { name: 'Restrict app execution' });
    await restrict.focus();
    await keyboard.press('Enter');
    await visit.dialog().waitFor();
    await focusOn(visit, 'textarea');
    await keyboard.press('Escape');
    await visit.dialog().waitFor({ state: 'detached' });
    await focusOn(visit, 'button', /^Restrict app execution$/);
    await keyboard.press('Enter');
    await keyboard.type('by keys alone');
    for (let presses = 0; presses < 10 && !/Restrict app execution/.test(await focused(visit)); presses += 1)
      await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.locator('.entry').getByText('by keys alone').waitFor();
    assert.equal((await stage().emulator.actions('ws-008')).length, 1);
    await page.getByRole('navigation', { name: 'Way back' }).getByRole('link').focus();
    await keyboard.press('Enter');
    await page.getByText('9 of 26 machines').waitFor();
    await focusOn(visit, 'h1', /^Machines$/);
  });

  test('when a selection is restricted or cleared, the focus goes on in the list', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    const { keyboard } = page;
    await visit.to('/console/machines?search=ws-018');
    await visit.row('ws-018').waitFor();
    await keyboard.press('/');
    await keyboard.press('ArrowDown');
    await keyboard.press('Space');
    const selection = page.getByRole('region', { name: 'Selection' });
    await selection.getByRole('button', { name: 'Clear' }).focus();
    await keyboard.press('Enter');
    await focusOn(visit, '[role=row]', /^ws-018/);
    await keyboard.press('Space');
    await selection.getByRole('button', { name: 'Restrict app execution' }).focus();
    await keyboard.press('Enter');
    await visit.dialog().getByLabel('Comment').waitFor();
    await keyboard.type('by keys alone');
    await visit.dialog().locator('footer').getByRole('button').last().focus();
    await keyboard.press('Enter');
    await visit.dialog().waitFor({ state: 'detached' });
    await focusOn(visit, '[role=row]', /^ws-018/);
  });

  test('at the width of a phone everything is within the screen and large enough to be hit', async () => {
    await using visit = await stage().visit({ viewport: { width: 390, height: 800 }, hasTouch: true });
    const { page } = visit;
    await stage().emulator.restrict('ws-017', 'something to show');
    for (const path of ['/console/machines', pageOf('ws-017'), '/console/actions']) {
      await visit.to(path);
      await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
      await page.locator('.scroller .row, .control').first().waitFor();
      const found = await page.evaluate(MEASURES);
      assert.deepEqual(found, { wide: 390, full: true, small: [] }, path);
    }
    await visit.to('/console/machines?search=ws-01');
    await page.getByRole('button', { name: /^Order: ascending/ }).tap();
    await page.getByRole('button', { name: /^Order: descending/ }).waitFor();
    assert.match(await page.locator('.scroller .row').first().innerText(), /^ws-019[\s\S]*workstations · /);
    await page.getByLabel('Sort').selectOption('Sort: Address');
    await page.waitForURL(/search=ws-01&sort=address$/);
    await page.getByLabel('Select all that match').tap();
    await page.getByText('10 machines selected').waitFor();
    await page.locator('.person').waitFor();
    await visit.to('/console/machines?search=ws-010');
    await visit.row('ws-010').getByRole('checkbox').tap();
    await page
      .getByRole('region', { name: 'Selection' })
      .getByRole('button', { name: 'Restrict app execution' })
      .tap();
    await visit.dialog().getByLabel('Comment').fill('from a phone');
    const send = visit.dialog().locator('footer').getByRole('button', { name: 'Restrict app execution' });
    const box = (await send.boundingBox())!;
    assert.ok(box.y + box.height <= 800, 'the button is on the screen');
    await send.tap();
    await visit.row('ws-010').getByText('Restricted').waitFor();
  });
}
