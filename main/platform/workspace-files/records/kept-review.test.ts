import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { SessionId, TerminalId } from '../../../../schema/entities.ts';
import { type NewComment, Reviews } from '../../../kernel/changes/review/reviews.ts';
import { FileReviewStore } from './file-review-store.ts';

/** Each step waits for the disk; it only guards against hanging. */
vi.setConfig({ testTimeout: 300_000 });

const session = 's1' as SessionId; // names of that form
const terminal = 't1' as TerminalId;

function home(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-review-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, session));
  return folder;
}

/** The reviews of a home, as a process finds them, and what it typed into terminals. */
function reviewsIn(folder: string) {
  const typed: string[] = [];
  let atMs = 0;
  const reviews = new Reviews({
    store: new FileReviewStore(folder),
    now: () => (atMs += 1),
    type: async (to, text) => void typed.push(`${to.terminal}: ${text}`),
  });
  return { reviews, typed };
}

const onLine = (line: number, text: string): NewComment => ({
  path: 'a.ts',
  side: 'after',
  line,
  quote: 'const a',
  text,
});

test('a comment waits for whoever made the changes, or is pasted into their terminal', async () => {
  const folder = home();
  const { reviews, typed } = reviewsIn(folder);
  const first = await reviews.comment(session, onLine(7, 'Why?'));
  expect(await reviews.sent(session)).toEqual([]);
  await reviews.send(session, {});
  const second = await reviews.comment(session, { ...onLine(2, 'And this?'), side: 'before' });
  await reviews.send(session, { terminal });
  expect(typed).toEqual(['t1: a.ts:2 (as it was before):\n> const a\nAnd this?']);
  // In the order of the lines, to a later process too.
  const later = await reviewsIn(folder).reviews.sent(session);
  expect(later.map(({ id, terminal: to }) => [id, to])).toEqual([
    [second.id, terminal],
    [first.id, undefined],
  ]);
});

test('decisions, comments and the place one was at are there for a later process, however often they changed', async () => {
  const folder = home();
  const { reviews } = reviewsIn(folder);
  const { id } = await reviews.comment(session, onLine(1, 'first'));
  await reviews.comment(session, { ...onLine(1, 'second'), id });
  for (let round = 0; round < 300; round += 1) await reviews.remember(session, { path: 'b.ts', top: round });
  await reviews.decide(session, [
    { path: 'a.ts', verdict: 'accepted', sha256: null },
    { path: 'b.ts', verdict: 'rejected', sha256: null },
  ]);
  await reviews.decide(session, [{ path: 'a.ts', verdict: 'undecided', sha256: null }]);
  const later = await reviewsIn(folder).reviews.get(session);
  expect({ ...later, comments: later.comments.map(({ text }) => text) }).toEqual({
    files: [{ path: 'b.ts', verdict: 'rejected', sha256: null }],
    comments: ['second'],
    place: { path: 'b.ts', top: 299 },
  });
});
