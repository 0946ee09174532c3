import { expect, test } from '../fixtures/test.ts';

test('a key is issued, its token shown once and copied, rotated, and revoked; the record says who did what', async ({
  shell,
}) => {
  const { keys, page } = shell;
  await keys.open();
  await expect(keys.panel).toContainText('No keys');
  await shell.screenshotBoth('keys-none');
  await keys.panel.getByRole('button', { name: 'Issue a key' }).first().click();
  await expect(page.getByRole('dialog')).toContainText('Lives for 30 days at most, 100 requests a minute.');
  await shell.screenshotBoth('keys-issue');
  await page.keyboard.press('Escape');
  await shell.dialogClosed();

  await keys.issue('ci', 'nightly build');
  await expect(keys.token()).toHaveValue(/^cav_[a-z0-9]{8}_[A-Za-z0-9]{48}$/);
  const first = await keys.token().inputValue();
  await page.getByRole('button', { name: 'Copy the token' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  await shell.screenshotBoth('keys-token');
  await keys.haveToken();
  await shell.dialogClosed();
  const row = keys.row('nightly build');
  await expect(row).toContainText(first.slice(0, 12));
  await expect(row).toContainText('namespace ci');
  expect(await page.content()).not.toContain(first);

  await keys.issue('review', 'an agent');
  await keys.haveToken();
  await shell.dialogClosed();
  await keys.act(row, 'Rotate');
  await expect(keys.token()).not.toHaveValue(first);
  await keys.haveToken();
  await shell.dialogClosed();
  await expect(keys.rows()).toHaveCount(2);
  await expect(row).not.toContainText(first.slice(0, 12));
  await keys.act(row, 'Revoke');
  await shell.dialogClosed();
  await expect(keys.rows()).toHaveCount(1);
  await keys.panel.getByLabel('Show ended keys').check();
  await expect(keys.rows()).toHaveCount(3);
  await expect(keys.panel.locator('tr[data-state="rotated"]')).toContainText(first.slice(0, 12));
  await expect(keys.panel.locator('tr[data-state="revoked"]')).toHaveCount(1);

  await keys.panel.getByLabel('Address').fill('http://ops.example.com');
  await keys.panel.getByLabel('Secret', { exact: true }).fill('a-secret-of-some-length');
  await keys.panel.getByRole('button', { name: 'Save' }).click();
  await expect(shell.failure()).toContainText(
    'Cannot set the webhook: what is told would go over the network in the clear',
  );
  await keys.panel.getByLabel('Address').fill('https://127.0.0.1:9/cavern');
  await keys.panel.getByLabel('Secret', { exact: true }).fill('a-secret-of-some-length');
  await keys.panel.getByRole('button', { name: 'Save' }).click();
  await expect(keys.panel.getByRole('button', { name: 'Switch off' })).toBeVisible();
  await shell.screenshotBoth('keys');
});
