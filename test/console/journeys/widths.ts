import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireMachineSummary } from '../../../src/contract/console.ts';
import type { Stage } from '../../kit/console-stage.ts';
import { control, summary } from '../../kit/summary.ts';

const row = (name: string, part: Partial<WireMachineSummary>) =>
  summary(name, {
    osPlatform: 'WindowsServer2022',
    version: '21H2',
    rbacGroupName: 'servers',
    machineTags: ['finance', 'second-floor'],
    lastIpAddress: '10.20.130.123',
    ...part,
  });
/** With the words that need most room, each beside what else can stand there. */
const ROWS = [
  row('ws-001.cordon.test', { connected: false, controls: [control('restricted', 'proven')] }),
  row('ws-002.cordon.test', {
    controls: [control('restricted', 'proven')],
    lastFailure: { id: '1', type: 'UnrestrictCodeExecution', status: 'TimeOut' },
  }),
];

/** Texts of the rows that are cut, or that leave their cell, as script of the page. */
const CUT = `(() => {
  const found = [];
  for (const cell of document.querySelectorAll('.scroller .cell:not(.tags, .beside, .select)')) {
    const { left, right, top, bottom } = cell.getBoundingClientRect();
    for (const part of cell.querySelectorAll('.badge, .clip, .ago, code')) {
      const box = part.getBoundingClientRect();
      const out = box.left < left - 1 || box.right > right + 1 || box.top < top - 1 || box.bottom > bottom + 1;
      const more = part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 2;
      if (out || more && part.matches('.clip'))
        found.push(cell.className + ': ' + part.textContent);
    }
  }
  return found;
})()`;

/** Whether every name of a table is on one line, as script of the page. */
const ON_ONE_LINE = `[...document.querySelectorAll('tbody th')].every((name) => {
  const range = document.createRange();
  range.selectNodeContents(name);
  return range.getBoundingClientRect().height < 30;
})`;

export function widthJourneys(stage: () => Stage): void {
  test('on every width a row has all of what there is to say, and no text is over another', async () => {
    await using visit = await stage().visit();
    const { page, context } = visit;
    await context.route('**/cordon/v1/machinesummaries*', (route) =>
      route.fulfill({ json: { '@odata.count': ROWS.length, value: ROWS } }),
    );
    await visit.to('/console/machines');
    for (const width of [1400, 1280, 1024, 768, 390]) {
      await page.setViewportSize({ width, height: 700 });
      const offline = visit.row('ws-001');
      await offline.getByText('10.20.130.123').waitFor();
      await offline.getByText('finance').waitFor();
      await visit.row('ws-002').getByText('Release timed out').waitFor();
      await page.getByLabel('Search machines').focus();
      await page.keyboard.press('ArrowDown');
      await page.locator('[role=row]:focus').waitFor();
      const cut = (await page.evaluate(CUT)) as string[];
      // The line of a phone for all the rest ends where its room does.
      assert.deepEqual(
        cut.filter((one) => !/more/.test(one)),
        [],
        String(width),
      );
    }
  });

  test('what a tablet has no column for can be sorted by all the same', async () => {
    await using visit = await stage().visit({ viewport: { width: 1024, height: 700 } });
    const { page } = visit;
    await visit.to('/console/machines?search=ws-01');
    const head = page.getByRole('columnheader').filter({ hasText: 'Address' });
    await head.getByRole('button').click();
    await page.waitForURL(/search=ws-01&sort=address$/);
    await head.getByRole('button').click();
    await page.waitForURL(/search=ws-01&sort=-address$/);
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    await stage().emulator.restrict('ws-020', 'an action to be put in order');
    await visit.to('/console/actions');
    await page.getByRole('columnheader').filter({ hasText: 'Changed' }).getByRole('button').click();
    await page.waitForURL(/lastUpdateDateTimeUtc/);
  });

  test('on a tablet the pages of who may do everything are as wide as the screen, and words stay whole', async () => {
    await using visit = await stage().visit({ user: null, viewport: { width: 768, height: 700 } });
    const { page } = visit;
    await page.goto(await stage().link());
    await page.getByText('local administrator').waitFor();
    for (const [path, there] of [
      ['/console/machines', '.scroller .row'],
      ['/console/access/applications', 'tbody tr'],
      ['/console/access/roles', 'tbody tr'],
    ] as const) {
      await visit.to(path);
      await page.locator(there).first().waitFor();
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 768, path);
    }
    assert.ok(await page.evaluate(ON_ONE_LINE), 'names of roles');
  });
}
