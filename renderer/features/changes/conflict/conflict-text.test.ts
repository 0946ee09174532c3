import { expect, test } from 'vitest';
import { type Answer, type ConflictPiece, resolved } from './conflict-text.ts';

const pieces: ConflictPiece[] = [
  { kind: 'agreed', text: 'a\n' },
  { kind: 'conflict', base: 'b\n', workspace: 'mine\n', session: 'theirs\n' },
  { kind: 'agreed', text: 'c\n' },
  { kind: 'conflict', base: '', workspace: 'end', session: 'END' },
];
const answers = (...list: Answer[]): ReadonlyMap<number, Answer> => new Map(list.entries());

test('each conflict takes the side that was chosen, or the text that was written', () => {
  expect([
    resolved(pieces, answers({ take: 'workspace' }, { take: 'session' })),
    resolved(pieces, answers({ take: 'both' }, { take: 'both' })),
    resolved(pieces, answers({ take: 'text', text: 'own\n' }, { take: 'workspace' })),
  ]).toEqual(['a\nmine\nc\nEND', 'a\nmine\ntheirs\nc\nend\nEND', 'a\nown\nc\nend']);
});

test('there is no result while a conflict has no answer', () => {
  expect(resolved(pieces, answers({ take: 'session' }))).toBeUndefined();
});
