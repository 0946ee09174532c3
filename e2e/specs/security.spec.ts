import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { executablePath } from '../fixtures/cavern-app.ts';
import { attackGateway } from '../fixtures/hostile-page.ts';
import { expect, test } from '../fixtures/test.ts';

test('a tour of the window breaks its content security policy nowhere', async ({ shell, workspace }) => {
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run("printf '\\033[38;2;200;90;20mtrue colour\\033[0m\\n'; sed -i s/Hello/Hi/ src/hello.ts");
  await terminal.shows('true colour');
  await shell.openPanel('changes');
  await shell.changes.show('src/hello.ts');
  await expect(shell.changes.diff().locator('.cm-changedText').first()).toBeVisible();
  for (const panel of ['tools', 'approvals', 'audit'] as const) await shell.openPanel(panel);
  await shell.app.electron.evaluate(({ nativeTheme }) => {
    nativeTheme.themeSource = 'dark';
  });
  await shell.page.waitForTimeout(300);
  expect(shell.app.complaints).toEqual([]);
});

test('code that the page did not bring along is not run', async ({ shell }) => {
  const refused = await shell.page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
          once: true,
        });
        const script = document.createElement('script');
        script.textContent = 'window.wasRun = true';
        document.head.append(script);
      }),
  );
  expect(refused).toBe('script-src-elem');
  expect(await shell.page.evaluate(() => 'wasRun' in window)).toBe(false);
});

test('frames that are not of the contract are refused and recorded, and the window lives', async ({
  shell,
  workspace,
}) => {
  const nonsense: unknown[] = [
    null,
    'text',
    42,
    [],
    { id: 1, type: 'request' },
    { id: 'x', type: 'steal', method: 'session.list' },
    { id: 'y', type: 'request', method: 'session.list', params: {}, extra: true },
    { id: 'z'.repeat(100), type: 'request', method: 'session.list' },
  ];
  for (const message of nonsense) await shell.app.sendRaw(message);
  await expect(shell.app.call('no.such', {})).rejects.toThrow();
  await expect(shell.app.call('session.create', { workspace: 7 })).rejects.toThrow();
  await shell.status('audit').click();
  await shell.audit.panel.getByPlaceholder('Search tool, path, rule, reason, input').fill('not of the schema');
  await expect(shell.audit.rows().first()).toBeVisible();
  await shell.openFolder(workspace);
});

test('the page cannot leave, open a window or reach Node', async ({ shell }) => {
  const { page } = shell;
  const opened = await page.evaluate(() => window.open('https://example.org') === null);
  await page.evaluate(() => {
    location.href = 'https://example.org/';
  });
  await page.waitForTimeout(300);
  const reach = await page.evaluate(() => ({
    url: location.origin,
    hasNode: 'process' in window || 'require' in window,
    bridge: Object.keys(window.cavern).sort(),
  }));
  expect({ opened, ...reach }).toEqual({
    opened: true,
    url: 'app://cavern',
    hasNode: false,
    bridge: ['pathOf', 'send'],
  });
  expect(shell.app.electron.windows()).toHaveLength(1);
});

test('permissions are refused', async ({ shell }) => {
  const states = await shell.page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone'] as PermissionName[];
    return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
  });
  expect(states).not.toContain('granted');
});

test('a second instance on the same home ends at once and leaves the first alone', async ({
  shell,
  home,
  workspace,
}) => {
  const second = await promisify(execFile)(executablePath, ['--home', home], { timeout: 20_000 }).then(
    () => 0,
    (failure: { code?: number }) => failure.code ?? 'killed',
  );
  expect(second).toBe(0);
  await shell.openFolder(workspace);
});

test('a page of another site on this machine gets nothing from the gateway and does nothing through it', async ({
  shell,
}) => {
  const server: ChildProcessByStdio<Writable, Readable, null> = spawn(
    execPath,
    [join(import.meta.dirname, '../fixtures/shelf-server.ts')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? 'null');
  const elsewhere = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>elsewhere</title><body>');
  });
  try {
    const target = await line();
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    // It listens on an address, not on a path.
    const { port } = elsewhere.address() as AddressInfo;
    const seen = await shell.app.electron.evaluate(
      async ({ BrowserWindow }, { page, attack }) => {
        const window = new BrowserWindow({ show: false, webPreferences: { partition: 'elsewhere' } });
        await window.loadURL(page);
        // Left open: what it sent last is on its way when this comes back.
        return (await window.webContents.executeJavaScript(attack)) as unknown;
      },
      { page: `http://127.0.0.1:${port}/`, attack: `(${attackGateway.toString()})(${JSON.stringify(target)})` },
    );
    const nothing = 'nothing';
    expect(seen).toEqual({
      read: nothing,
      readWithKey: nothing,
      // It is sent; the answer's Cross-Origin-Resource-Policy keeps even its being there from the page.
      send: nothing,
      sendJson: nothing,
      image: nothing,
      script: nothing,
      socket: nothing,
    });
    // What it sent came, the last of it too, and was refused.
    await expect(async () => {
      server.stdin.write('\n');
      expect(await line()).toEqual({ refused: expect.any(Number), put: [], streams: 0 });
      server.stdin.write('\n');
      expect(((await line()) as { refused: number }).refused).toBeGreaterThanOrEqual(8);
    }).toPass({ timeout: 15_000 });
  } finally {
    elsewhere.close();
    server.stdin.end();
    await once(server, 'exit');
  }
});
