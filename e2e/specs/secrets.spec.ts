import { expect, test } from '../fixtures/test.ts';

const VALUE = 'a-value-that-nobody-sees';

test('a secret is added, handed to the session as a variable, and taken back, and its text is never shown', async ({
  shell,
  workspace,
}) => {
  await shell.openFolder(workspace);
  const { page } = shell;
  await page.getByRole('button', { name: 'Secrets', exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill('deploy-key');
  await page.getByLabel('Secret text').fill(VALUE);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByLabel('Name of the variable').fill('DEPLOY_KEY');
  await page.getByRole('button', { name: 'Hand in' }).click();
  const handed = page.locator('.secrets-list > li');
  await expect(handed).toContainText('deploy-key as the variable DEPLOY_KEY');
  await expect(page.getByLabel('Secret text')).toHaveValue('');
  await shell.screenshotBoth('secrets');
  expect(await page.content()).not.toContain(VALUE);
  await page.keyboard.press('Escape');
  await expect(page.locator('.secrets')).toHaveCount(0);
  await page.getByRole('button', { name: 'New terminal' }).click();
  const terminal = await shell.terminal();
  await terminal.run('echo "it has ${#DEPLOY_KEY} characters"');
  await terminal.shows(`it has ${VALUE.length} characters`);
  await page.getByRole('button', { name: 'Secrets', exact: true }).click();
  await handed.getByRole('button', { name: 'Take back' }).click();
  await expect(page.locator('.secrets')).toContainText('Nothing is handed in.');
});
