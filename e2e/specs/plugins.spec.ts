import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findings } from '../fixtures/accessibility.ts';
import { offerUnderDevelopment } from '../fixtures/development.ts';
import { makePlugins, PUBLISHER } from '../fixtures/plugin-packages.ts';
import { expect, test } from '../fixtures/test.ts';

const POLICY = resolve(import.meta.dirname, '../../profiles/policy.yaml');
const ALLOWING = `
  - name: words
    match: { syscall: words.count }
    action: allow
network: { groups: { trackers: [api.example.com] } }
`;

test('a plugin is refused until its publisher is trusted, installed as agreed, tried, updated, disabled and removed', async ({
  home,
  scratch,
  start,
  workspace,
}) => {
  const packages = await makePlugins(join(scratch, 'packages'));
  await writeFile(join(home, 'policy.yaml'), `${await readFile(POLICY, 'utf8')}${ALLOWING}`);
  const shell = await start();
  const { plugins, tools } = shell;
  await shell.openFolder(workspace);
  await plugins.open();
  await expect(plugins.row('fs')).toBeVisible();
  await shell.screenshotBoth('plugins-none');

  await plugins.install(packages.first);
  await expect(plugins.dialog()).toContainText('Nobody whom you trust has signed it.');
  await expect(plugins.dialog()).toContainText('untrusted_publisher');
  await shell.screenshotBoth('plugins-refused');
  await plugins.answer(`Trust ${PUBLISHER}…`);
  await shell.dialogClosed();
  await plugins.trust(PUBLISHER, packages.publicKey);
  await expect(plugins.publisher(PUBLISHER)).toContainText(/[0-9a-f]{4}( [0-9a-f]{4}){15}/);
  await shell.screenshotBoth('plugins-publishers');

  await plugins.install(packages.first);
  await expect(plugins.dialog()).toContainText('Install words 0.1.0?');
  await expect(plugins.dialog()).toContainText('It may read every file of the workspace.');
  await expect(plugins.dialog()).toContainText(`Signed by ${PUBLISHER}, whom you trust.`);
  await expect(plugins.dialog()).toContainText('typebox');
  await shell.screenshotBoth('plugins-consent');
  const found = await findings(shell, 'consent');
  await plugins.answer('Agree and install');
  await expect(plugins.details()).toHaveAttribute('data-plugin-state', 'registered');
  await shell.screenshotBoth('plugins-installed');

  await plugins.tab('Settings');
  await plugins.details().getByLabel('Limit').fill('0');
  await plugins.details().getByRole('button', { name: 'Save' }).click();
  await expect(plugins.details().locator('.field-problem')).toBeVisible();
  await plugins.details().getByLabel('Limit').fill('7');
  await plugins.details().getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => shell.app.call('plugin.settings', { id: 'words' })).toMatchObject({ values: { limit: 7 } });
  await shell.screenshotBoth('plugins-settings');
  found.push(...(await findings(shell, 'settings')));
  await shell.app.call('secret.add', { name: 'tracker-token', value: 'a-value-that-nobody-sees' });
  await plugins.tab('Secrets');
  await expect(plugins.details()).toContainText('It is given no secret.');
  await plugins.details().getByLabel('Address of the server').fill('https://api.example.com');
  await expect(plugins.details().getByRole('button', { name: 'Hand in' })).toBeEnabled();
  await shell.screenshotBoth('plugins-secrets');
  await plugins.details().getByRole('button', { name: 'Hand in' }).click();
  const handed = plugins.details().locator('.plugin-secrets > li');
  await expect(handed).toContainText('tracker-token put into requests to https://api.example.com');
  await shell.screenshotBoth('plugins-secrets-handed');
  found.push(...(await findings(shell, 'secrets')));
  await plugins.tab('About');

  await plugins.details().getByRole('button', { name: 'Try words.count in a session' }).click();
  await tools.field('Path').fill('README.md');
  await tools.run();
  await expect(tools.lastRun()).toHaveAttribute('data-state', 'done');
  await plugins.open();
  await expect(plugins.details()).toHaveAttribute('data-plugin-state', 'active');
  await plugins.tab('Statistics');
  await expect(plugins.figures('words.count').first()).toHaveText('1');
  await shell.screenshotBoth('plugins-statistics');
  found.push(...(await findings(shell, 'statistics')));

  await plugins.tab('Log');
  await expect(plugins.panel.locator('.log-line')).toContainText('"limit":7');
  await shell.screenshotBoth('plugins-log');
  found.push(...(await findings(shell, 'log')));

  await plugins.view('Team’s offers');
  await plugins.panel.getByLabel('Team’s folder').fill(packages.team);
  await plugins.panel.getByLabel('Team’s folder').press('Enter');
  await expect(plugins.offer('words')).toContainText('Update available');
  await shell.screenshotBoth('plugins-offers');
  await plugins.offer('words').getByRole('button', { name: 'Update…' }).click();
  await expect(plugins.dialog()).toContainText('Update words from 0.1.0 to 0.2.0?');
  await expect(plugins.dialog().locator('[data-new]')).toHaveText(/It may run commands, inside of the sandbox\./);
  await shell.screenshotBoth('plugins-update');
  found.push(...(await findings(shell, 'consent to an update')));
  expect(found).toEqual([]);
  await plugins.answer('Agree and update');
  await expect(plugins.details()).toContainText('0.2.0');

  await plugins.act('Disable');
  await expect(plugins.dialog()).toContainText('words.count can no longer be called.');
  await plugins.answer('Disable');
  await expect(plugins.row('words')).toHaveAttribute('data-state', 'disabled');
  await shell.dialogClosed();
  await shell.screenshotBoth('plugins-disabled');
  await plugins.act('Enable');
  await expect(plugins.row('words')).toHaveAttribute('data-state', 'registered');
  await plugins.view('Publishers');
  await plugins.publisher(PUBLISHER).getByRole('button').click();
  await expect(plugins.dialog()).toContainText('What they signed is refused from now on: words.');
  await plugins.answer('Remove');
  await expect(plugins.publisher(PUBLISHER)).toHaveCount(0);
  await shell.dialogClosed();
  await plugins.view('Plugins');
  await expect(plugins.details()).toHaveAttribute('data-plugin-state', 'refused');
  await shell.screenshotBoth('plugins-refused-later');
  await plugins.act('Remove…');
  await expect(plugins.dialog()).toContainText('Its code, its settings and what you agreed to go');
  await expect(plugins.dialog()).toContainText('What you handed to it is taken back: tracker-token.');
  await shell.screenshotBoth('plugins-remove');
  await plugins.answer('Remove');
  await expect(plugins.row('words')).toHaveCount(0);
  await expect.poll(() => shell.app.call('secret.list', {})).toMatchObject({ handings: [] });
});

test('what is not signed and what is no package is refused in plain words; the policy says whom to trust, and ends it', async ({
  home,
  scratch,
  start,
}) => {
  const packages = await makePlugins(join(scratch, 'packages'));
  const policy = await readFile(POLICY, 'utf8');
  const trusting = `plugins:\n  publishers:\n    - name: ${PUBLISHER}\n      public_key: ${packages.publicKey}\n`;
  await writeFile(join(home, 'policy.yaml'), `${policy}${trusting}`);
  const broken = join(scratch, 'broken-1.0.0.tgz');
  await writeFile(broken, 'this is no archive');
  const shell = await start();
  const { plugins } = shell;
  await plugins.open();
  await plugins.install(packages.unsigned);
  await expect(plugins.dialog()).toContainText('It is not signed, so nobody can tell who made it.');
  await plugins.answer('Choose another');
  await plugins.lookAt(broken);
  await expect(plugins.dialog()).toContainText('The file is no package');
  await shell.screenshotBoth('plugins-no-archive');
  await shell.page.keyboard.press('Escape');
  await shell.dialogClosed();
  await expect(plugins.panel).toContainText('Nothing is installed yet.');
  await plugins.install(packages.first);
  await plugins.answer('Agree and install');
  await expect(plugins.row('words')).toHaveAttribute('data-state', 'registered');
  await plugins.view('Publishers');
  await expect(plugins.publisher(PUBLISHER)).toContainText('trusted by the policy');
  await expect(plugins.publisher(PUBLISHER).getByRole('button')).toHaveCount(0);
  await writeFile(join(home, 'policy.yaml'), policy);
  await plugins.view('Plugins');
  await expect(plugins.row('words')).toHaveAttribute('data-state', 'refused');

  // What its author is at work on steps in its place, and says so.
  await offerUnderDevelopment(shell.page, { folder: packages.sources, source: packages.unsigned });
  await expect(plugins.row('words')).toHaveAttribute('data-state', 'registered');
  await plugins.row('words').click();
  await expect(plugins.details()).toContainText(`Under development in ${packages.sources}`);
  await expect(
    plugins
      .details()
      .locator('.badge')
      .filter({ hasText: /^Under development$/ }),
  ).toBeVisible();
  await shell.screenshotBoth('plugins-development');
});
