import { expect, test } from 'vitest';
import { questionDetails } from './question-details.ts';

const details = questionDetails({
  policyText: () => 'version: 1\nrules: []\n',
  policyVersion: () => 'version: 1\n',
  textOf: async (_session, path) => (path === 'a.txt' ? 'one\ntwo\n' : undefined),
});

async function shown(method: string, input: unknown): Promise<string> {
  const found = (await details.get(method)?.(input, new AbortController().signal)) ?? [];
  return found.map(({ kind, title, text }) => `${kind} ${title}\n${text}`).join('\n');
}

test('a write shows what it changes in the file', async () => {
  const input = { session: 's', name: 'fs.write', input: { path: 'a.txt', content: 'one\n2\n' } };
  expect(await shown('tool.call', input)).toBe(
    'diff a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n',
  );
});

test('a command is shown as it could be typed, with nothing hidden in an argument', async () => {
  const argv = ['sh', '-c', "rm -rf '/x'; true", 'a b'];
  expect(await shown('sandbox.exec', { argv, cwd: '/workspace/src' })).toBe(
    `command /workspace/src\nsh -c 'rm -rf '\\''/x'\\''; true' 'a b'`,
  );
});

test('a patch, a message and anything else are shown as they are', async () => {
  expect(await shown('tool.call', { name: 'fs.patch', input: { patch: '--- a\n' } })).toBe('diff fs.patch\n--- a\n');
  expect(await shown('tool.call', { name: 'git.commit', input: { message: 'feat: x' } })).toBe('text message\nfeat: x');
  expect(await shown('tool.call', { name: 'x.y', input: { n: 1 } })).toBe('text x.y\n{\n  "n": 1\n}');
});

test('a change of the policy shows the lines that change', async () => {
  expect(await shown('policy.update', { text: 'version: 1\nrules: [x]\n' })).toContain('-rules: []\n+rules: [x]\n');
});
