import assert from 'node:assert/strict';
import test from 'node:test';
import { pageOf, type Stage, type Visit } from '../../kit/console-stage.ts';

async function administrator(stage: Stage): Promise<Visit> {
  const visit = await stage.visit({ user: null });
  await visit.page.goto(await stage.link());
  await visit.page.getByText('local administrator').waitFor();
  return visit;
}

export function accessJourneys(stage: () => Stage): void {
  test('an enrolment token is shown once, with the command that enrols a device', async () => {
    await using visit = await administrator(stage());
    const { page } = visit;
    await visit.to('/console/access/enrolment-tokens');
    await page.getByRole('button', { name: 'New enrolment token' }).click();
    await visit.dialog().getByLabel('Devices').fill('3');
    await visit.dialog().getByRole('button', { name: 'Make it' }).click();
    const shown = page.getByRole('dialog', { name: 'The enrolment token' });
    const [command = '', token = ''] = await shown.locator('pre').allInnerTexts();
    assert.ok(token.length > 20);
    assert.equal(
      command,
      `CORDON_ENROLMENT_TOKEN=${token} ./cordon-agent install --url ${stage().emulator.url}`,
    );
    await page.keyboard.press('Escape');
    await shown.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByText('Good for 3 devices').waitFor();
    assert.doesNotMatch(await page.content(), new RegExp(token));
    await page.getByRole('button', { name: /Revoke the token/ }).click();
    await page.getByText('Revoked', { exact: true }).waitFor();
  });

  test('an application is made with its permissions, and revoked; its secret is shown once', async () => {
    await using visit = await administrator(stage());
    const { page } = visit;
    await visit.to('/console/access');
    await page.getByRole('button', { name: 'New application' }).click();
    await visit.dialog().getByLabel('Name').fill('soar-connector');
    await visit.dialog().getByLabel('Machine.Scan').click();
    await visit.dialog().getByRole('button', { name: 'Make it' }).click();
    const shown = page.getByRole('dialog', { name: 'The secret of soar-connector' });
    assert.match((await shown.locator('pre').allInnerTexts()).join(), /CORDON_CLIENT_SECRET=/);
    await shown.getByRole('button', { name: 'I have copied it' }).click();
    const row = page.getByRole('row').filter({ hasText: 'soar-connector' });
    await row.getByText('Machine.Scan').waitFor();
    await row.getByRole('button', { name: 'Revoke soar-connector' }).click();
    await visit.dialog().getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked').waitFor();
  });

  test('a role is made, given and changed; a group too, and a machine is put into it by hand', async () => {
    await using visit = await administrator(stage());
    const { page } = visit;
    await visit.to('/console/access/roles');
    await page.getByRole('button', { name: 'New role' }).click();
    await visit.dialog().getByLabel('Name').fill('night shift');
    await visit.dialog().getByRole('button', { name: 'Make it' }).click();
    await page.getByLabel('Give the role night shift to').fill('ana@example.org');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Take the role night shift from ana@example.org' }).waitFor();
    await page.getByRole('button', { name: 'Change the role night shift' }).click();
    await visit.dialog().getByLabel('Active remediation actions').click();
    await visit.dialog().getByLabel('Name').fill('Responders');
    await visit.dialog().getByRole('button', { name: 'Keep the changes' }).click();
    await visit.dialog().getByText('A role named Responders exists.').waitFor();
    await visit.dialog().getByLabel('Name').fill('late shift');
    await visit.dialog().getByRole('button', { name: 'Keep the changes' }).click();
    await page.getByText('View data, Active remediation actions').last().waitFor();
    await page.getByRole('button', { name: 'Take the role late shift from ana@example.org' }).waitFor();
    await page.getByRole('link', { name: 'Device groups' }).click();
    await page.getByRole('button', { name: 'New group' }).click();
    await visit.dialog().getByLabel('Name').fill('laptops');
    await visit.dialog().getByLabel('Values').fill('lt-, nb-');
    await visit.dialog().getByRole('button', { name: 'Make it' }).click();
    const row = page.getByRole('row').filter({ hasText: 'laptops' });
    await row.getByText('name starts with lt- or nb-').waitFor();
    await row.getByRole('button', { name: 'Change the group laptops' }).click();
    await visit.dialog().getByRole('button', { name: 'And …' }).click();
    await visit.dialog().getByLabel('Property of rule 2').selectOption('tag');
    await visit.dialog().getByLabel('Values of rule 2').fill('travel');
    await visit.dialog().getByLabel('Name').fill('laptops and tablets');
    await visit.dialog().getByRole('button', { name: 'Keep the changes' }).click();
    await row.getByText('name starts with lt- or nb-, and tag starts with travel').waitFor();

    await visit.to(pageOf('ws-020'));
    const place = async (group: string) => {
      await page.getByRole('button', { name: 'Change the group' }).click();
      await visit.dialog().getByLabel('Device group').selectOption(group);
      await visit.dialog().getByRole('button', { name: 'Put it there' }).click();
      await visit.dialog().waitFor({ state: 'detached' });
    };
    await page.getByRole('button', { name: 'Change the group' }).click();
    await visit.dialog().getByText('a group that is given to nobody is seen by everybody').waitFor();
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/groups/')) sent.push(request.method());
    });
    await visit.dialog().getByRole('button', { name: 'Put it there' }).click();
    await visit.dialog().waitFor({ state: 'detached' });
    await place('laptops and tablets');
    assert.deepEqual(sent, ['POST'], 'the bare confirmation before it changed nothing');
    await page
      .locator('.facts')
      .getByText(/laptops and tablets ?\(put there by hand\)/)
      .waitFor();
    await page.getByRole('button', { name: 'Change the group' }).click();
    await visit.dialog().getByText('It was put into its group by hand').waitFor();
    assert.equal(
      await visit.dialog().getByLabel('Device group').locator('option:checked').innerText(),
      'laptops and tablets',
    );
    await visit.dialog().getByRole('button', { name: 'Cancel' }).click();
    await place('As the rules of the groups say');
    await page
      .locator('.facts')
      .getByText(/workstations ?\(by the rules\)/)
      .waitFor();
  });
}
