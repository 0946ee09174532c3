import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';

test.setTimeout(240_000);

const SIZE_BYTES = 40_000_000;

test('a text that is too long to be shown says so, shows its beginning and is saved whole', async ({
  shell,
  workspace,
  scratch,
}) => {
  await shell.openFolder(workspace);
  const { changes, page } = shell;
  const terminal = await shell.terminal();
  await terminal.run(`yes "a line of a long text" | head -c ${SIZE_BYTES} > long.txt; echo do""ne`);
  await terminal.shows('done');
  await shell.openPanel('changes');
  await changes.show('long.txt');
  const banner = page.locator('.diff-banner[data-long]');
  await expect(banner).toContainText('too much to show whole', { timeout: 60_000 });
  await expect(changes.diff()).toContainText('a line of a long text');
  await shell.screenshotBoth('review-long-text');

  const saved = join(scratch, 'saved.txt');
  await shell.app.electron.evaluate(({ session }, path) => {
    session.defaultSession.once('will-download', (_event, item) => item.setSavePath(path));
  }, saved);
  await banner.getByRole('button', { name: 'Save after' }).click();
  await expect
    .poll(
      () =>
        stat(saved).then(
          ({ size }) => size,
          () => 0,
        ),
      { timeout: 60_000 },
    )
    .toBe(SIZE_BYTES);
});
