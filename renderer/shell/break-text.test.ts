import { expect, test } from 'vitest';
import { breakText } from './break-text.ts';

test('a repaired database says what happened, what is left and where the damaged file is', () => {
  const data = { source: 'backup', lastSeq: 1200, setAside: 'cavern.db', backup: 'cavern-20261121.db' };
  expect(breakText({ reason: 'database_damaged', data })).toEqual({
    title: 'The database was damaged',
    text: 'The newest good backup was restored; it reaches to record 1,200. What came after it is lost. The damaged file is kept in the home, in damaged/…/cavern.db.',
  });
});

test('a chain that was changed while nothing ran says where', () => {
  const { title, text } = breakText({ reason: 'start_verification', data: { firstBad: 42, problem: 'hash' } });
  expect([title, text]).toEqual([
    'The audit chain was changed while Cavern was not running',
    'The first bad record is 42.',
  ]);
});

test('a reason of a later version is shown as it is', () => {
  expect(breakText({ reason: 'something_else', data: {} })).toEqual({ title: 'something_else', text: '' });
});
