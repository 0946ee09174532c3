import { expect, test } from '../fixtures/test.ts';

const PAGE = 'hello from inside';
const SERVER = `node -e 'require("http").createServer((q, a) => a.end("${PAGE}")).listen(38123, "127.0.0.1")'`;

test('a port of a server inside is opened for this machine and closed again, by explicit acts', async ({
  shell,
  workspace,
}) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run(SERVER);
  await shell.page.getByRole('button', { name: 'Ports', exact: true }).click();
  const row = shell.page.locator('.ports-list > li[data-port="38123"]');
  await expect(row).toContainText('not open', { timeout: 30_000 });
  await row.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(row).toHaveAttribute('data-open', 'true');
  const url = (await row.locator('.mono').textContent()) ?? '';
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  expect(await (await fetch(url)).text()).toBe(PAGE);
  await shell.screenshotBoth('ports');
  await row.getByRole('button', { name: 'Close' }).click();
  await expect(row).not.toHaveAttribute('data-open', 'true');
  await expect(fetch(url)).rejects.toThrow();
});
