import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findings } from '../fixtures/accessibility.ts';
import { makeUpdates } from '../fixtures/plugin-updates.ts';
import { expect, test } from '../fixtures/test.ts';

const POLICY = resolve(import.meta.dirname, '../../profiles/policy.yaml');

test('updates of a team’s folder are counted, gone through one by one, and say who made them and what they get beyond', async ({
  home,
  scratch,
  start,
}) => {
  const { installed, team, publishers } = await makeUpdates(join(scratch, 'packages'));
  const trusted = publishers.map(({ name, publicKey }) => `    - { name: ${name}, public_key: ${publicKey} }\n`);
  const trusting = `plugins:\n  publishers:\n${trusted.join('')}`;
  await writeFile(join(home, 'policy.yaml'), `${await readFile(POLICY, 'utf8')}${trusting}`);
  await writeFile(join(home, 'settings.json'), JSON.stringify({ teamPlugins: team }));
  const shell = await start();
  const { plugins } = shell;
  await plugins.open();
  for (const file of installed) {
    await plugins.install(file);
    await plugins.answer('Agree and install');
    await shell.dialogClosed();
  }
  await expect(plugins.updateCount()).toHaveText('3');
  await plugins.row('linter').click();
  await expect(plugins.details().getByRole('button', { name: 'Update to 1.1.0…' })).toBeVisible();
  await shell.screenshotBoth('plugin-updates-list');
  const found = await findings(shell, 'list with updates');

  await plugins.view('Team’s offers');
  await expect(plugins.offer('finder')).toContainText('Older');
  await expect(plugins.offer('linter')).toContainText('1.0.0 → 1.1.0');
  await shell.screenshotBoth('plugin-updates-offers');
  found.push(...(await findings(shell, 'offers with updates')));
  await plugins.panel.getByRole('button', { name: 'Update all…' }).click();
  await expect(plugins.dialog()).toContainText('Update linter from 1.0.0 to 1.1.0?');
  await expect(plugins.dialog().locator('[data-new]')).toHaveText([
    /It was signed by "Acme tools"; this one is signed by "Beta tools"\./,
  ]);
  await expect(plugins.dialog()).toContainText('2 of 3');
  await shell.screenshotBoth('plugin-updates-publisher');
  found.push(...(await findings(shell, 'update by another publisher')));
  await plugins.answer('Agree and update');
  await expect(plugins.dialog()).toContainText('Update writer from 1.0.0 to 1.1.0?');
  await expect(plugins.dialog().locator('[data-new]')).toHaveCount(5);
  await shell.screenshotBoth('plugin-updates-wider');
  await plugins.answer('Leave it');
  await shell.dialogClosed();
  await expect(shell.notice().filter({ hasText: '2 plugins are updated' })).toBeVisible();
  await expect(plugins.updateCount()).toHaveText('1');
  await expect(plugins.offer('linter')).toContainText('Installed');

  await plugins.offer('finder').getByRole('button', { name: 'Install…' }).click();
  await expect(plugins.dialog()).toContainText('Go back with finder from 2.0.0 to 1.10.0?');
  await shell.screenshotBoth('plugin-updates-older');
  found.push(...(await findings(shell, 'an older version')));
  await plugins.answer('Cancel');
  await shell.dialogClosed();
  expect(found).toEqual([]);
  await shell.app.close();

  const german = await start({ CAVERN_LANGUAGE: 'de' });
  await german.plugins.open();
  await expect(german.plugins.updateCount()).toHaveText('1');
  await german.plugins.row('writer').click();
  await german.screenshotBoth('plugin-updates-list-de');
  await german.plugins.details().getByRole('button', { name: 'Auf 1.1.0 aktualisieren…' }).click();
  await expect(german.plugins.dialog().locator('[data-new]')).toHaveText([
    /Es läuft jetzt im Profil „agent“\./,
    /Es hat jetzt das Schlagwort „texts“\./,
    /Sein Werkzeug writer\.count ändert jetzt etwas\./,
    /Es hat ein neues Werkzeug, writer\.send, das das Netzwerk benutzt\./,
    /Es darf die Dateien docs\/\*\* im Ordner der Sitzung ändern/,
  ]);
  await german.screenshotBoth('plugin-updates-wider-de');
});
