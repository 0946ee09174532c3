import { afterAll, expect, test } from 'vitest';
import { judgeByPolicy } from '../../kernel/policy/policy-layer.ts';
import { assembleDocument, loadWith, readDocument } from '../../kernel/policy/document-work.ts';
import { loadDocument } from '../../kernel/policy/document.ts';
import { checkPolicyText } from '../../kernel/policy/offline.ts';
import { sentencesOf } from '../../kernel/policy/valid-document.ts';
import { ThreadedDocumentWork } from './threaded-document-work.ts';

const work = new ThreadedDocumentWork();
afterAll(() => work[Symbol.asyncDispose]());

const textOf = (rules: number): string =>
  `version: 1\nredact: [{ name: ticket, pattern: "TCK-[0-9]{6}" }]\nrules:\n${Array.from(
    { length: rules },
    (_, index) =>
      `  - { name: r${index}, match: { syscall: fs.write, path_glob: ["src/m${index}/**", "**/*.{a${index},b}"] }, action: allow }\n`,
  ).join('')}`;
const BROKEN = 'version: 1\nrules:\n  - { name: a, action: perhaps }\n';

test('a document that was read in a thread is the one that is read here, its rules in their order', async () => {
  const text = textOf(1234);
  const here = loadDocument(text);
  const there = await loadWith(work, text);
  if (!here.ok || !there.ok) throw new Error('it loads');
  expect(there.document.document).toEqual(here.document.document);
  expect([there.warnings, there.document.warningCodes]).toEqual([here.warnings, here.document.warningCodes]);
  const call = {
    syscall: 'fs.write',
    path: 'src/m777/x.ts',
    caller: { container_id: '', peer_pid: 0, tags: [] },
    session: { mode: 'strict', state: 'idle' },
    at: 1,
  };
  const judge = (loaded: typeof here) => judgeByPolicy(loaded.document, { call, path: call.path, workspaceRoots: [] });
  expect(judge(there)).toEqual(judge(here));
  expect(judge(there)).toMatchObject({ verdict: 'allow' });
});

test('the main thread gets turns while a large document is put together', async () => {
  const read = readDocument(textOf(5000));
  let turns = 0;
  let going = true;
  const count = (): void => {
    turns += 1;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  expect((await assembleDocument(read)).ok).toBe(true);
  going = false;
  expect(turns).toBeGreaterThan(1);
});

test('what is wrong with a text, and what it says in words, is the same from the thread', async () => {
  expect(await work.check(BROKEN)).toEqual(checkPolicyText(BROKEN));
  expect(await loadWith(work, BROKEN)).toEqual(loadDocument(BROKEN));
  expect(await work.sentences(textOf(3))).toEqual(sentencesOf(textOf(3)));
  await expect(work.sentences(BROKEN)).rejects.toMatchObject({ code: 'policy_invalid' });
  await expect(work.test('no: list')).rejects.toMatchObject({ code: 'cases_invalid' });
  expect(await work.test('- { id: none, call: { syscall: x }, expect: { decision: deny } }')).toMatchObject({
    passed: 1,
  });
});
