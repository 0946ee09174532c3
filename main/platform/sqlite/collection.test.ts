import Type from 'typebox';
import { expect, test } from 'vitest';
import { openTestHome, temporaryFolder } from './test-home.ts';

const Note = Type.Object({ text: Type.String() });

test('a collection is there at once, and on disk after a flush', async () => {
  using folder = temporaryFolder();
  {
    await using home = await openTestHome(folder.path);
    const notes = await home.storage.collection('note', Note);
    notes.put('a', { text: 'one' });
    notes.put('a', { text: 'two' });
    notes.put('b', { text: 'gone' });
    notes.delete('b');
    expect(notes.all()).toEqual([{ text: 'two' }]);
    await notes.flush();
  }
  await using home = await openTestHome(folder.path);
  const notes = await home.storage.collection('note', Note);
  expect(notes.get('a')).toEqual({ text: 'two' });
  expect(notes.get('b')).toBeUndefined();
});

test('a document that is not of the schema is not handed out and stays where it is', async () => {
  using folder = temporaryFolder();
  await using home = await openTestHome(folder.path);
  await home.storage.state.put('note', 'odd', { words: 3 });
  const notes = await home.storage.collection('note', Note);
  expect(notes.all()).toEqual([]);
  expect(await home.storage.state.get('note', 'odd')).toEqual({ words: 3 });
});
