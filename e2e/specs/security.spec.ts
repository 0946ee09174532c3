import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { executablePath } from '../fixtures/cavern-app.ts';
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
    bridge: ['onFrame', 'pathOf', 'send'],
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
