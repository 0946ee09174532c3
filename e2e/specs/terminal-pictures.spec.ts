import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../pages/shell.ts';
import type { TerminalPane } from '../pages/terminal-pane.ts';
import { inline, png, sixel } from '../fixtures/pictures.ts';
import { expect, test } from '../fixtures/test.ts';

const RED = [255, 0, 0] as const;
const BLUE = [0, 0, 255] as const;
const GREEN = [0, 255, 0] as const;
const YELLOW = [255, 255, 0] as const;

/** The colours of pixels of what is drawn over the terminal's text; nothing where nothing is drawn. */
async function colours(where: TerminalPane['pane'], places: readonly (readonly [number, number])[]): Promise<string[]> {
  // Of what is there now: a layer that goes at this moment is not waited for.
  return where
    .locator('canvas.xterm-image-layer')
    .evaluateAll(
      (layers, at) =>
        layers
          .filter((layer) => layer instanceof HTMLCanvasElement)
          .flatMap((layer) =>
            at.map(([x, y]) => (layer.getContext('2d')?.getImageData(x, y, 1, 1).data ?? []).slice(0, 4).join(' ')),
          ),
      places,
    );
}

async function printed(shell: Shell, workspace: string, text: string): Promise<TerminalPane> {
  await writeFile(join(workspace, 'picture'), `${text}\n`);
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.ready();
  await terminal.run('clear; cat picture; echo behind-the-pic""ture');
  await terminal.shows('behind-the-picture');
  return terminal;
}

test('a sixel picture is drawn where it is printed, kept by a recording, and gone after the page is loaded again', async ({
  shell,
  workspace,
}) => {
  const terminal = await printed(shell, workspace, sixel({ width: 300, height: 120, left: RED, right: BLUE }));
  await expect
    .poll(() =>
      colours(terminal.pane, [
        [5, 5],
        [290, 60],
        [350, 5],
      ]),
    )
    .toEqual(['255 0 0 255', '0 0 255 255', '0 0 0 0']);
  await shell.screenshotBoth('terminal-sixel');
  await terminal.run('clear');
  await expect.poll(() => colours(terminal.pane, [[5, 5]])).toEqual([]);

  await terminal.choose('Record');
  await terminal.run('cat picture; echo rec""orded');
  await terminal.shows('recorded');
  await terminal.pane.getByRole('button', { name: 'End the recording' }).click();
  await expect(shell.notice()).toContainText('.cast');
  await terminal.choose('Recordings…');
  const dialog = shell.page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Play' }).click();
  await expect(dialog.locator('.xterm-rows')).toContainText('recorded', { timeout: 30_000 });
  await expect(dialog.locator('canvas.xterm-image-layer')).toBeVisible();
  await shell.page.keyboard.press('Escape');
  await shell.dialogClosed();

  await shell.page.reload();
  await shell.app.interactive();
  await shell.selectSession('sample');
  const again = await shell.terminal();
  await again.shows('recorded');
  await expect(again.pane.locator('canvas.xterm-image-layer')).toHaveCount(0);
});

test('a file as iTerm2 shows it is drawn in the size that it asks for; broken ones leave nothing behind', async ({
  shell,
  workspace,
}) => {
  const file = png({ width: 40, height: 20, left: GREEN, right: YELLOW });
  const broken = inline(file.subarray(0, 60)) + inline(Buffer.from('no picture')) + '\x1b]1337;File=inline=1:%%%\x07';
  const text = `${broken}${inline(file, ';width=200px;height=auto')}`;
  const terminal = await printed(shell, workspace, text);
  await expect
    .poll(() =>
      colours(terminal.pane, [
        [5, 5],
        [190, 90],
        [205, 5],
      ]),
    )
    .toEqual(['0 255 0 255', '255 255 0 255', '0 0 0 0']);
  await shell.screenshotBoth('terminal-iterm');
  await terminal.run(String.raw`clear; printf '\e[c'; IFS= read -rs -t 5 -d c answer; printf 'says %q\n' "$answer"`);
  await terminal.shows('62;4;9;22');
});

test('a flood of the largest pictures leaves the window and the other terminals usable', async ({
  shell,
  workspace,
}) => {
  await writeFile(
    join(workspace, 'flood'),
    '\x1bPq"1;1;2000;2000#1!2000~\x1b\\'.repeat(500) + '\x1bPq"1;1;1;16000~\x1b\\'.repeat(500),
  );
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.ready();
  await terminal.run('cat flood; echo end-of-the-pic""tures');
  await shell.page.getByRole('button', { name: 'New terminal' }).click();
  await expect(shell.page.locator('.dock-tab[data-panel="terminal"]')).toHaveCount(2);
  const second = await shell.terminal();
  await second.run('echo meanw""hile');
  await second.shows('meanwhile');
  await shell.page.locator('.dock-tab[data-panel="terminal"]').first().click();
  await terminal.shows('end-of-the-pictures');
});
