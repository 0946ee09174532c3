import { expect, test } from 'vitest';
import type { Tool } from '../../../schema/entities.ts';
import { directTextWork } from '../changes/diff/direct-text-work.fixture.ts';
import { checkFileOutput } from './file-output.ts';

const tool = (outputMode: Tool['outputMode']): Tool => ({
  name: 'x.make',
  plugin: 'x',
  description: '',
  input: {},
  output: {},
  outputMode,
  effects: ['write'],
  timeoutMs: 1000,
});
const session = {
  file: async (path: string) => (path === 'f' ? Buffer.from('one\ntwo\n') : undefined),
  texts: directTextWork,
};

test('a patch of a tool is taken where it applies to what the session has', async () => {
  const patch = '--- a/f\n+++ b/f\n@@ -2 +2 @@\n-two\n+2\n';
  expect(await checkFileOutput(tool('patch'), { patch }, session)).toEqual({ patch });
});

test('a patch of a tool that does not apply is refused with the hunk and the reason', async () => {
  const patch = '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-two\n+2\n';
  await expect(checkFileOutput(tool('patch'), { patch }, session)).rejects.toMatchObject({
    code: 'tool_failed',
    data: { code: 'patch_refused', path: 'f', hunk: 1, reason: 'line 1 is "one\\n", not "two\\n"' },
  });
});

test('of the files that a tool gives the difference is computed', async () => {
  const files = [
    { path: 'f', content: 'one\n2\n' },
    { path: 'new', content: 'n\n' },
  ];
  expect((await checkFileOutput(tool('full'), { files }, session))?.patch).toBe(
    'diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n' +
      'diff --git a/new b/new\nnew file mode 100644\n--- /dev/null\n+++ b/new\n@@ -0,0 +1,1 @@\n+n\n',
  );
});

test('what a tool only shows is left as it is', async () => {
  expect(await checkFileOutput({ ...tool('patch'), effects: ['read'] }, { patch: 'x' }, session)).toBeUndefined();
});
