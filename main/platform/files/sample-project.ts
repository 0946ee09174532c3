import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FILES: Readonly<Record<string, string>> = {
  'README.md': [
    '# A sample',
    '',
    'A sandbox works on a copy of this folder. In its terminal, try:',
    '',
    '    node greet.mjs Ada',
    '    sed -i s/Hello/Welcome/ greet.mjs',
    '    node --test',
    '',
    'Then look at what changed, and merge it, or do not: until you do, nothing here is different.',
    '',
  ].join('\n'),
  'greet.mjs': [
    'export const greet = (name) => `Hello, ${name}!`;',
    '',
    'if (process.argv[1]?.endsWith("greet.mjs")) console.log(greet(process.argv[2] ?? "you"));',
    '',
  ].join('\n'),
  'greet.test.mjs': [
    "import assert from 'node:assert/strict';",
    "import test from 'node:test';",
    "import { greet } from './greet.mjs';",
    '',
    "test('greets by name', () => assert.match(greet('Ada'), /Ada/));",
    '',
  ].join('\n'),
};

/** Makes a small project, whole or not at all, and gives its folder. One that is there stays as it is, whatever became of it. */
export async function sampleProject(folder: string): Promise<string> {
  if (existsSync(folder)) return folder;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(draft, name), text);
  await rename(draft, folder);
  return folder;
}
