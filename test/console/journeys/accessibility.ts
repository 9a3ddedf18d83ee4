import assert from 'node:assert/strict';
import test from 'node:test';
import axe from 'axe-core';
import { pageOf, type Stage, type Visit } from '../../kit/console-stage.ts';

/** The dark pages are the same but for their colours, and axe takes seconds for a page. */
const RULES = {
  light: "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']",
  dark: "{ type: 'rule', values: ['color-contrast', 'link-in-text-block'] }",
} as const;

/** What axe finds on the page as it is. */
async function violations({ page }: Visit, rules: string, where: string): Promise<string[]> {
  await page.evaluate(axe.source);
  // As a text, which needs no types of a browser here.
  const found = await page.evaluate<string[]>(`
    axe.run(document, { runOnly: ${rules} })
      .then(({ violations }) => violations.map(({ id, nodes }) =>
        id + ': ' + nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary).join(' | ')))`);
  return found.map((text) => `${where}: ${text}`);
}

export function accessibilityJourneys(stage: () => Stage): void {
  for (const [colorScheme, name] of [
    ['light', 'ws-018'],
    ['dark', 'ws-019'],
  ] as const) {
    test(`axe finds nothing on any page, ${colorScheme}`, async () => {
      await stage().emulator.restrict(name, 'to be looked at');
      await stage().emulator.settled(name, 'Succeeded');
      await using visit = await stage().visit({ user: null, colorScheme });
      const { page } = visit;
      await visit.to('/console/sign-in');
      await page.getByLabel('User').waitFor();
      const found = await violations(visit, RULES[colorScheme], 'sign-in');
      await page.goto(await stage().link());
      await page.getByText('local administrator').waitFor();
      const pages = {
        '/console/machines': '.scroller .row',
        '/console/machines?search=nothing+has+this': '.empty',
        [pageOf(name)]: '.entry .evidence',
        '/console/actions': '.scroller .row',
        '/console/access/applications': 'tbody tr',
        '/console/access/roles': 'tbody tr',
        '/console/access/groups': 'tbody tr',
        '/console/access/enrolment-tokens': '.access table, .access .empty',
        '/console/nowhere': '.empty',
      };
      for (const [path, there] of Object.entries(pages)) {
        await visit.to(path);
        await page.locator(there).first().waitFor();
        found.push(...(await violations(visit, RULES[colorScheme], path)));
      }
      await visit.to('/console/machines?search=ws-00');
      await visit.row('ws-001').getByRole('checkbox').click();
      await page
        .getByRole('region', { name: 'Selection' })
        .getByRole('button', { name: 'Restrict app execution' })
        .click();
      await visit.dialog().getByLabel('Comment').waitFor();
      found.push(...(await violations(visit, RULES[colorScheme], 'dialog')));
      assert.deepEqual(found, []);
    });
  }

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
