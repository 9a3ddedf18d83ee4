import assert from 'node:assert/strict';
import test from 'node:test';
import axe from 'axe-core';
import { askFor, pageOf, type Stage, type Visit } from '../../kit/console-stage.ts';

const RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

/** What axe finds on the page as it is, in both colours. */
async function violations({ page }: Visit, where: string): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // As a text, which needs no types of a browser here.
    const texts = await page.evaluate<string[]>(`
      axe.run(document, { runOnly: ${RULES}, resultTypes: ['violations'] })
        .then(({ violations }) => violations.map(({ id, nodes }) =>
          id + ': ' + nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary).join(' | ')))`);
    found.push(...texts.map((text) => `${where}, ${colorScheme}: ${text}`));
  }
  return found;
}

/** Pages, each with what is there when it can be looked at. */
const PAGES = (machine: string) => ({
  '/console/machines': '.scroller .row',
  '/console/machines?search=nothing+has+this&state=nonsense': '.empty',
  [machine]: '.entry .evidence',
  '/console/actions': '.scroller .row',
  '/console/access/applications': 'tbody tr',
  '/console/access/roles': 'tbody tr',
  '/console/access/groups': 'tbody tr',
  '/console/access/enrolment-tokens': '.access table, .access .empty',
  '/console/nowhere': '.empty',
});

export function accessibilityJourneys(stage: () => Stage): void {
  test('axe finds nothing on any page, light or dark', async () => {
    await stage().emulator.restrict('ws-018', 'to be looked at');
    await stage().emulator.settled('ws-018', 'Succeeded');
    await using visit = await stage().visit({ user: null });
    const { page } = visit;
    await visit.to('/console/sign-in');
    await page.getByLabel('User').waitFor();
    const found = await violations(visit, 'sign-in');
    await page.goto(await stage().link());
    await page.getByText('local administrator').waitFor();
    for (const [path, there] of Object.entries(PAGES(pageOf('ws-018')))) {
      await visit.to(path);
      await page.locator(there).first().waitFor();
      found.push(...(await violations(visit, path)));
    }
    await visit.to('/console/machines?search=ws-00');
    await visit.row('ws-001').getByRole('checkbox').click();
    await page
      .getByRole('region', { name: 'Selection' })
      .getByRole('button', { name: 'Restrict app execution' })
      .click();
    await visit.dialog().getByLabel('Comment').waitFor();
    found.push(...(await violations(visit, 'dialog')));
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Clear' }).click();
    await visit.to(pageOf('ws-failing'));
    await page.getByRole('button', { name: 'Restrict app execution' }).click();
    await askFor(visit, 'Restrict app execution', 'in vain');
    await page.getByText('Restrict app execution failed on').waitFor();
    found.push(...(await violations(visit, 'notice')));
    await page.getByRole('button', { name: 'Close the notice of ws-failing' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#content:focus').waitFor();
    assert.deepEqual(found, []);
  });

  test('axe finds nothing on the pages of a phone', async () => {
    await using visit = await stage().visit({ viewport: { width: 390, height: 800 }, hasTouch: true });
    for (const [path, there] of Object.entries({
      '/console/machines': '.scroller .row',
      [pageOf('ws-019')]: '.control',
    })) {
      await visit.to(path);
      await visit.page.locator(there).first().waitFor();
      assert.deepEqual(await violations(visit, path), []);
    }
  });

  test('the colours can be chosen whatever the device says, and stay chosen', async () => {
    await using visit = await stage().visit({ colorScheme: 'light' });
    const { page } = visit;
    await visit.to('/console/machines');
    const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.getByRole('button', { name: /^Colours: system/ }).click();
    await page.getByRole('button', { name: /^Colours: light/ }).click();
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.reload();
    await page.getByRole('button', { name: /^Colours: dark/ }).waitFor();
    assert.equal(await ground(), dark);
  });
}
