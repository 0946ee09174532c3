import { spawnSync } from 'node:child_process';
import { chmod, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CavernApp, executablePath } from '../fixtures/cavern-app.ts';
import { plantChain } from '../fixtures/planted-home.ts';
import { expect, test } from '../fixtures/test.ts';
import { Shell } from '../pages/shell.ts';

test('a damaged database is said in plain words, with what was recovered', async ({ home, start }) => {
  await plantChain(home, 5000);
  const file = await open(join(home, 'cavern.db'), 'r+');
  const { size } = await file.stat();
  await file.write(Buffer.alloc(8192, 0x5a), 0, 8192, Math.floor(size / 2 / 4096) * 4096);
  await file.close();
  const shell = await start();
  const banner = shell.page.locator('.chain-banner');
  await expect(banner).toContainText('The database was damaged.');
  await expect(banner).toContainText('What could be read was brought over');
  await shell.screenshotBoth('database-damaged');
  await banner.getByRole('button', { name: 'Show the records' }).click();
  await expect(shell.audit.ofType('chain_break').first()).toBeVisible();
  await banner.getByRole('button', { name: 'Understood' }).click();
  await expect(banner).toBeHidden();
});

const canMount = spawnSync('unshare', [
  '--user',
  '--map-root-user',
  '--mount',
  'mount',
  '-t',
  'tmpfs',
  'tmpfs',
  '/mnt',
]);

test('a full disk makes the window say that nothing is recorded, until there is room again', async ({ scratch }) => {
  test.skip(canMount.status !== 0, 'this user may not mount a small disk');
  const disk = join(scratch, 'disk');
  await mkdir(disk);
  // The app runs where the folder is a disk of 32 MiB; as an ordinary user again, or Chromium has no sandbox.
  const starter = join(scratch, 'cavern-on-a-small-disk');
  await writeFile(starter, starterScript(disk));
  await chmod(starter, 0o755);
  const app = await CavernApp.launch(join(disk, 'home'), { program: starter });
  try {
    const shell = new Shell(app);
    await expect(shell.status('audit')).toContainText('verified');
    await fillDisk(app, disk);
    const banner = shell.page.locator('.chain-banner');
    await app.call('session.create', { workspace: scratch }).catch(() => undefined);
    await expect(banner).toContainText('The audit log cannot be written.');
    await expect(shell.status('audit')).toHaveAttribute('data-tone', 'bad');
    await expect(app.call('session.create', { workspace: scratch })).rejects.toThrow('the audit log cannot be written');
    await shell.screenshotBoth('audit-read-only');
    await app.electron.evaluate(
      (_electron, file) => process.getBuiltinModule('node:fs').rmSync(file),
      join(disk, 'filler'),
    );
    await expect(banner).toBeHidden({ timeout: 60_000 });
    await expect(shell.status('audit')).not.toHaveAttribute('data-tone', 'bad');
  } finally {
    await app.close();
  }
});

async function fillDisk(app: CavernApp, disk: string): Promise<void> {
  await app.electron.evaluate(
    (_electron, file) => {
      const { writeFileSync } = process.getBuiltinModule('node:fs');
      for (const sizeBytes of [1_048_576, 4096, 1]) {
        try {
          for (;;) writeFileSync(file, Buffer.alloc(sizeBytes), { flag: 'a' });
        } catch {
          // Full for pieces of this size.
        }
      }
    },
    join(disk, 'filler'),
  );
}

function starterScript(disk: string): string {
  return `#!/bin/sh
exec unshare --user --map-root-user --mount sh -c '
  mount -t tmpfs -o size=32m,mode=0777 tmpfs "$0" && mkdir -m 0700 "$0/home" || exit 1
  exec unshare --user --map-user=1000 --map-group=1000 "$@"
' ${JSON.stringify(disk)} ${JSON.stringify(executablePath)} "$@"
`;
}
