import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { EMULATOR } from '../../../src/contract/well-known.ts';
import { askFor, endSession, pageOf, type Stage } from '../../kit/console-stage.ts';
import { startLocalEmulator } from '../../kit/local-emulator.ts';

export function troubleJourneys(stage: () => Stage): void {
  test('two responders at once: the second is told who was first, and sees it', async () => {
    await using first = await stage().visit();
    await using second = await stage().visit();
    for (const visit of [first, second]) {
      await visit.to(pageOf('ws-slow'));
      await visit.page.getByRole('button', { name: 'Restrict app execution' }).click();
      await visit.dialog().getByLabel('Comment').waitFor();
    }
    await askFor(first, 'Restrict app execution', 'the first');
    await first.dialog().waitFor({ state: 'detached' });
    await askFor(second, 'Restrict app execution', 'the second');
    const refused = second
      .dialog()
      .getByRole('listitem')
      .filter({ hasText: 'Action is already in progress' });
    await refused.getByText(`asked for by ${EMULATOR.responder}`).waitFor();
    assert.equal(
      await second.dialog().getByLabel('Comment').inputValue(),
      'the second',
      'what was typed is kept',
    );
    await second.dialog().getByRole('button', { name: 'Close' }).last().click();
    await second.page.locator('.entry').getByText('the first').waitFor();
    await second.page.getByText('One action at a time').waitFor();
    await second.page.getByRole('button', { name: 'Restrict app execution' }).click({ force: true });
    assert.equal(await second.dialog().count(), 0, 'what the server would refuse is not begun');
    await second.page.getByRole('button', { name: 'Cancel this action' }).click();
    await second.dialog().getByLabel('Comment').fill('a mistake');
    await second.dialog().getByRole('button', { name: 'Cancel the action' }).click();
    await first.page.locator('.entry').getByText('a mistake').waitFor();
  });

  test('a session that has ended keeps the page and what was typed, and goes on after a sign-in', async () => {
    await using visit = await stage().visit();
    const { page } = visit;
    await visit.to(pageOf('ws-006'));
    await page.getByRole('button', { name: 'Restrict app execution' }).click();
    await visit.dialog().getByLabel('Comment').fill('typed before the end');
    await endSession(visit, stage().emulator.url);
    // The stream of changes ends with the session, and the page asks before anything is pressed.
    const again = page.getByRole('alertdialog', { name: 'Your session has ended' });
    await again.getByLabel('User').fill(EMULATOR.responder);
    await again.getByLabel('Password').fill(EMULATOR.secret);
    await again.getByRole('button', { name: 'Sign in', exact: true }).click();
    await again.waitFor({ state: 'detached' });
    assert.equal(await visit.dialog().getByLabel('Comment').inputValue(), 'typed before the end');
    await visit.dialog().locator('footer').getByRole('button').last().click();
    await visit.dialog().waitFor({ state: 'detached' });
    await page.locator('.entry').getByText('typed before the end').waitFor();
    assert.equal((await stage().emulator.actions('ws-006')).length, 1);
  });

  test('a server that goes away is said to be away; what was typed is kept, and goes on when it is back', async () => {
    const data = mkdtempSync(join(tmpdir(), 'cordon-console-'));
    let server = await startLocalEmulator({ data });
    const url = server.server.localUrl;
    try {
      await using visit = await stage().visit({ url });
      const { page } = visit;
      await visit.to(pageOf('ws-001'));
      // What the page is made of comes by itself, so that a server that falls takes no way to act with it.
      await page.waitForFunction(() =>
        performance.getEntriesByType('resource').some(({ name }) => name.includes('action-dialog')),
      );
      const restrict = page.getByRole('button', { name: 'Restrict app execution' });
      await restrict.waitFor();
      await server.close();
      await restrict.click();
      await visit.dialog().getByLabel('Comment').fill('typed after the fall');
      await visit.dialog().locator('footer').getByRole('button', { name: 'Restrict app execution' }).click();
      await visit.dialog().getByText('The server cannot be reached.').waitFor();
      await page.locator('.live').getByText('No connection').waitFor();
      server = await startLocalEmulator({
        data,
        listen: { host: '127.0.0.1', port: Number(new URL(url).port) },
      });
      assert.equal(await visit.dialog().getByLabel('Comment').inputValue(), 'typed after the fall');
      await visit.dialog().getByRole('button', { name: 'Send again' }).click();
      await visit.dialog().waitFor({ state: 'detached' });
      await page.locator('.entry').getByText('typed after the fall').waitFor();
      await page.getByText('Proven on the device:').waitFor();
    } finally {
      await server.close();
      rmSync(data, { recursive: true, force: true });
    }
  });

  test('a part of the pages that cannot be loaded is there once it can', async () => {
    await using visit = await stage().visit();
    const { page, context } = visit;
    const part = '**/assets/actions-page*.js';
    await context.route(part, (route) => route.abort());
    await visit.to('/console/actions');
    await page.getByRole('heading', { name: 'This page could not be shown.' }).waitFor();
    await context.unroute(part);
    await page.getByLabel('Machine', { exact: true }).waitFor();
    // React tells the console of what it caught.
    visit.faults.length = 0;
  });

  test('a part that the browser does not ask for a second time comes with the page, which is loaded anew', async () => {
    await using visit = await stage().visit();
    const { page, context } = visit;
    let loaded = 0;
    page.on('domcontentloaded', () => {
      loaded += 1;
    });
    // As in Firefox, which keeps what it could not have as long as the page stays.
    await context.route('**/assets/actions-page*.js', (route) =>
      loaded < 2 ? route.abort() : route.continue(),
    );
    await visit.to('/console/actions');
    await page.getByRole('heading', { name: 'This page could not be shown.' }).waitFor();
    await page.getByLabel('Machine', { exact: true }).waitFor();
    assert.equal(loaded, 2);
    visit.faults.length = 0;
  });

  test('a person who may only look is offered nothing else, and refused all the same', async () => {
    await using visit = await stage().visit({ user: EMULATOR.viewer });
    const { page } = visit;
    await visit.to('/console/machines');
    await visit.row('ws-001').waitFor();
    assert.equal(await page.getByRole('checkbox').count(), 0);
    assert.equal(await page.getByRole('link', { name: 'Access' }).count(), 0);
    await visit.to(pageOf('ws-001'));
    await page.getByText('You may look at this machine').waitFor();
    assert.equal(await page.getByRole('button', { name: /Restrict|Remove|Cancel/ }).count(), 0);
    await visit.to('/console/access/applications');
    await page.getByText('You may not see who has access.').waitFor();
    const status = await page.evaluate(async () => {
      const { csrfToken } = (await (await fetch('/cordon/v1/session')).json()) as { csrfToken: string };
      const headers = { 'content-type': 'application/json', 'x-cordon-csrf': csrfToken };
      const body = JSON.stringify({
        Type: 'RestrictCodeExecution',
        Machines: ['ws-001.cordon.test'],
        Comment: 'no',
      });
      return (await fetch('/cordon/v1/machines/actions', { method: 'POST', headers, body })).status;
    });
    assert.equal(status, 403);
  });
}
