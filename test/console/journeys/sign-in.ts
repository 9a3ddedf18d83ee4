import assert from 'node:assert/strict';
import test from 'node:test';
import { EMULATOR } from '../../../src/contract/well-known.ts';
import { pageOf, type Stage } from '../../kit/console-stage.ts';
import { providerFor, startSignInProvider } from '../../kit/sign-in-provider.ts';
import { startWorld, TENANT } from '../../kit/world.ts';

export function signInJourneys(stage: () => Stage): void {
  test('a person signs in with user and password, is told of a wrong one, and comes to the page that was asked for', async () => {
    await using visit = await stage().visit({ user: null });
    const { page } = visit;
    await visit.to('/console/actions?status=Failed');
    await page.getByLabel('User').fill(EMULATOR.responder);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'Signing in did not work.' }).waitFor();
    assert.equal(await page.getByLabel('User').inputValue(), EMULATOR.responder, 'what was typed is kept');
    await page.getByLabel('Password').fill(EMULATOR.secret);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Action center' }).waitFor({ state: 'attached' });
    assert.match(page.url(), /\/console\/actions\?status=Failed$/);
    assert.deepEqual(
      (await visit.context.cookies()).map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite })),
      [{ httpOnly: true, sameSite: 'Strict' }],
    );
    const other = await visit.context.newPage();
    await other.goto(`${stage().emulator.url}${pageOf('ws-001')}`);
    await other.getByRole('button', { name: 'Restrict app execution' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('User').waitFor();
    assert.equal((await visit.context.cookies()).length, 0);
    await other.getByLabel('User').waitFor();
    assert.equal(await other.getByText('ws-001').count(), 0, 'nothing is left to be read in another tab');
  });

  test('a one-time link opens the console once, and stays in no history', async () => {
    const link = await stage().link();
    await using first = await stage().visit({ user: null });
    await first.page.goto(link);
    await first.page.getByText('local administrator').waitFor();
    assert.doesNotMatch(first.page.url(), /code=/);
    await first.page.getByRole('link', { name: 'Access' }).waitFor();
    await using second = await stage().visit({ user: null });
    await second.page.goto(link);
    await second.page.getByRole('alert').filter({ hasText: 'The link does not open the console.' }).waitFor();
    await second.page.getByLabel('User').waitFor();
  });

  test('a person signs in at the identity provider by the button, and comes to the page that was asked for', async () => {
    await using provider = await startSignInProvider();
    await using world = await startWorld({ consoleProvider: providerFor(provider, TENANT) });
    await world.server.services.roles.create(TENANT, 'readers', ['View data']);
    await world.server.services.roles.assign(TENANT, 'readers', 'g1');
    await using visit = await stage().visit({ user: null, url: world.url });
    const { page } = visit;
    await visit.to('/console/actions?status=Failed');
    await page.getByRole('button', { name: 'Sign in with your organisation' }).click();
    await page.getByRole('heading', { name: 'Action center' }).waitFor({ state: 'attached' });
    assert.match(page.url(), /\/console\/actions\?status=Failed$/);
    await page.getByText('Ana', { exact: true }).waitFor();
    provider.answers = { error: 'access_denied', code: '' };
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with your organisation' }).click();
    await page.getByRole('alert').filter({ hasText: 'The identity provider refused' }).waitFor();
  });

  test('what the identity provider refused is told in words', async () => {
    await using visit = await stage().visit({ user: null });
    await visit.to('/console/sign-in?error=denied');
    await visit.page.getByRole('alert').filter({ hasText: 'The identity provider refused' }).waitFor();
  });
}
