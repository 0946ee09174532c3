import { createServer } from 'node:net';
import { agentPrograms, agentServer } from '../../schema/mcp/agent-programs.ts';
import { findings } from '../fixtures/accessibility.ts';
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

test('the gateway is turned on, shows who comes and what they ask, and is turned off', async ({ shell, home }) => {
  const { keys, page } = shell;
  await keys.open();
  await expect(shell.status('gateway')).toHaveText('Gateway off');
  await keys.issue('ci', 'nightly build');
  const token = await keys.token().inputValue();
  await keys.haveToken();
  await shell.dialogClosed();

  const taken = await takenPort();
  await keys.port().fill(String(taken.port));
  await keys.gateway().click();
  await expect(keys.panel.getByRole('alert')).toContainText(`Cannot serve on port ${taken.port}`);
  await shell.screenshotBoth('gateway-port-taken');
  await keys.panel.getByRole('button', { name: 'Use any free port' }).click();
  await expect(keys.gateway()).toHaveAttribute('aria-checked', 'true');
  await expect(keys.panel.getByRole('alert')).toHaveCount(0);
  taken.close();
  const url = await keys.address();
  await expect(shell.status('gateway')).toHaveText(`Gateway on ${new URL(url).port}`);

  await keys.part('Live');
  await expect(keys.panel).toContainText('No requests yet');
  const headers = { authorization: `Bearer ${token}` };
  const list = (): Promise<Response> => fetch(`${url}/sandboxes?namespace=ci`, { headers });
  expect((await list()).status).toBe(200);
  expect((await fetch(`${url}/sandboxes?namespace=ci`)).status).toBe(401);
  expect((await fetch(`${url}/sandboxes?namespace=other`, { headers })).status).toBe(403);
  const rows = keys.panel.locator('tr[data-request]');
  await expect(rows).toHaveCount(3);
  await expect(rows.last()).toContainText(/GET \/api\/v1\/sandboxes.*cav_[a-z0-9]{8}.*200/);
  await expect(rows.nth(1)).toContainText('401');
  await expect(keys.panel.locator('[data-limit="namespace"]')).toContainText('2 of 100 a minute');
  await expect(keys.panel.locator('tr[data-connection="http"]').first()).toContainText(token.slice(0, 12));
  await shell.screenshotBoth('gateway-live');
  expect(await findings(shell, 'gateway live')).toEqual([]);

  await keys.part('Programs');
  const [program] = agentPrograms;
  const printed = program?.block(agentServer({ program: { command: 'cavern', args: [] }, folders: [], home }));
  await expect(keys.panel.getByRole('region', { name: 'Configuration' })).toHaveText(printed ?? 'none');
  await keys.panel.getByRole('button', { name: 'Over the gateway' }).click();
  await expect(keys.panel.getByRole('region', { name: 'Configuration' })).toContainText(url.replace('/api/v1', '/mcp'));
  await keys.panel.getByRole('button', { name: 'Copy the configuration' }).click();
  await expect(keys.panel.getByRole('button', { name: 'Copied' })).toBeVisible();
  await shell.screenshotBoth('gateway-programs');
  expect(await findings(shell, 'gateway programs')).toEqual([]);
  await shell.app.resize({ width: 2560, height: 1440 });
  await shell.screenshotBoth('gateway-programs-wide');
  await keys.part('Live');
  await shell.screenshotBoth('gateway-live-wide');
  await shell.app.resize({ width: 1280, height: 800 });

  await keys.part('Network');
  await keys.panel.getByLabel('Certificate (PEM file)').fill('/no/such/server.pem');
  await keys.panel.getByLabel('Its private key (PEM file)').fill('/no/such/server.key');
  await keys.panel.getByRole('button', { name: 'Save' }).click();
  await expect(keys.panel.getByRole('alert')).toContainText('"/no/such/server.pem" cannot be read');
  expect((await list()).status).toBe(200);
  await shell.screenshotBoth('gateway-network');
  expect(await findings(shell, 'gateway network')).toEqual([]);
  await keys.panel.getByRole('button', { name: 'Take back' }).click();
  await keys.panel.getByLabel('Address to listen on').fill('127.0.0.2');
  await keys.panel.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => keys.address()).toContain('http://127.0.0.2:');
  await expect(list()).rejects.toThrow();

  await keys.gateway().click();
  await expect(keys.gateway()).toHaveAttribute('aria-checked', 'false');
  await expect(shell.status('gateway')).toHaveText('Gateway off');
  await expect(list()).rejects.toThrow();
  expect(await page.content()).not.toContain(token);
});

/** A port of this machine that somebody else listens on. */
async function takenPort(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close: () => server.close() };
}
