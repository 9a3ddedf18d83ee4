import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { pageOf, type Stage } from '../../kit/console-stage.ts';
import { machine } from '../../kit/emulator.ts';

const TAG = '"><img src=x onerror=alert(1)>';
const COMMENT = '=HYPERLINK("http://x")<script>alert(1)</script>\u202egpj.exe';
const LONG = `${COMMENT} ${'and so on, '.repeat(300)}`;
const NAME = '<b onmouseover=alert(1)>ws-\u202e700\u2066</b>';

export function hostileJourneys(stage: () => Stage): void {
  test('names, tags and comments are text: nothing of them runs, and what would reorder them is shown', async () => {
    const { emulator } = stage();
    await emulator.send('POST', `/api/machines/${machine('ws-007')}/tags`, { Value: TAG, Action: 'Add' });
    await emulator.restrict('ws-007', LONG);
    await using visit = await stage().visit({ acceptDownloads: true });
    const { page, context } = visit;
    await context.route('**/cordon/v1/machinesummaries*', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { value: WireMachineSummary[] };
      for (const row of body.value) {
        if (row.id === machine('ws-007')) row.computerDnsName = NAME;
        if (row.id === machine('ws-011')) row.computerDnsName = '   ';
      }
      await route.fulfill({ response: answer, json: body });
    });
    await visit.to('/console/machines');
    const row = visit.row('<b onmouseover');
    await row.getByText('U+202E').waitFor();
    await row.getByText('U+2066').waitFor();
    await row.getByText(TAG, { exact: true }).waitFor();
    assert.equal(await row.locator('img, b, script').count(), 0);
    await page.getByRole('link', { name: 'U+0020 ×3' }).waitFor();
    assert.equal(
      await row.getByRole('checkbox').getAttribute('aria-label'),
      `Select ${NAME.replace('\u202e', '[U+202E]').replace('\u2066', '[U+2066]')}`,
    );

    await visit.to(pageOf('ws-007'));
    await page.locator('.entry .comment').getByText('U+202E').waitFor();
    assert.equal(await page.locator('.entry script, .facts img').count(), 0);

    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('button', { name: 'Show less' }).waitFor();

    await visit.to('/console/actions?machine=ws-007');
    await visit.row('ws-007').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ]);
    assert.match(readFileSync(await download.path(), 'utf8'), /"'=HYPERLINK\(""http:\/\/x""\)/);
  });
}
