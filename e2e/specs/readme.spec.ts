import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';
import { commitAll, writeSampleProject } from '../fixtures/workspace.ts';

/** The README's picture: a session at work, with its changes beside the terminal and a question that waits. */
test('the picture of the README shows a session at work', async ({ start, scratch }) => {
  const workspace = join(scratch, 'greeter');
  await mkdir(workspace);
  await writeSampleProject(workspace);
  await appendFile(join(workspace, 'README.md'), '\nSays hello.\n');
  await commitAll(workspace);
  const shell = await start();
  await shell.openFolder(workspace);
  const terminal = await shell.terminal();
  await terminal.run("sed -i 's/Hello/Good day/' src/hello.ts && echo 'Says good day.' > NOTES.md");
  await terminal.run('node --test');
  await terminal.shows(/pass 1/);
  await terminal.run('git status --short');
  await terminal.shows('src/hello.ts');
  await shell.openPanel('tools');
  await shell.tools.choose('git.commit');
  await shell.tools.field('Message').fill('Greet politely');
  await shell.tools.field('All').check();
  await shell.tools.run();
  await expect(shell.approvals.toast).toBeVisible();
  await shell.openPanel('changes');
  await shell.changes.show('src/hello.ts');
  await expect(shell.changes.diff()).toContainText('Good day');
  await shell.app.screenshot('readme');
  await shell.approvals.answer('Deny');
});
