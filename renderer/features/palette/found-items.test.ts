import { describe, expect, it } from 'vitest';
import { areas } from '../../../schema/contract/areas.ts';
import { callDescriptions } from '../../../schema/contract/call-descriptions.ts';
import { itemOfCall, wantsConfirmation } from './call-item.ts';
import { foundItems, rowsOf } from './found-items.ts';

const calls = callDescriptions(areas);
const items = calls.map(itemOfCall);
const first = (text: string, recent: readonly string[] = []): string | undefined =>
  foundItems(items, text, recent)[0]?.id;

describe('the palette finds', () => {
  it('every call by its own name, first', () => {
    const missed = calls.filter(({ name }) => first(name) !== `call.${name}`).map(({ name }) => name);
    expect(missed).toEqual([]);
  });

  it('a call by the letters of its words and by what it is about', () => {
    expect(foundItems(items, 'stop a session', []).map(({ id }) => id)[0]).toBe('call.session.stop');
    expect(['stop ses', 'issue key', 'merge undo'].map((text) => first(text))).toEqual([
      'call.session.stop',
      'call.key.issue',
      'call.merge.undo',
    ]);
    expect(foundItems(items, 'sesstop', []).map(({ id }) => id)).toContain('call.session.stop');
    expect(foundItems(items, 'zzqqxx', [])).toEqual([]);
  });

  it('what was used last before everything else, as long as nothing is typed', () => {
    const recent = ['call.policy.show', 'call.session.stop', 'call.gone'];
    const found = foundItems(items, '', recent);
    expect(found.slice(0, 2).map(({ id }) => id)).toEqual(['call.policy.show', 'call.session.stop']);
    expect(found.length).toBe(items.length);
    const headings = rowsOf(found, '', recent).flatMap((row) => (row.type === 'heading' ? [row.title] : []));
    expect(headings[0]).toBe('Recent');
    expect(new Set(headings).size).toBe(headings.length);
    expect(rowsOf(foundItems(items, 'stop', recent), 'stop', recent).some((row) => row.type === 'heading')).toBe(false);
  });
});

describe('a call', () => {
  it('is shown by the first clause of its sentence', () => {
    const stop = items.find(({ id }) => id === 'call.session.stop');
    expect(stop).toMatchObject({ title: 'Stop a session', detail: 'its sandbox ends, its changes stay' });
  });

  it('is asked about once more where a right is given or something is lost', () => {
    const asked = calls.filter(wantsConfirmation).map(({ name }) => name);
    expect(asked).toEqual(expect.arrayContaining(['session.remove', 'port.open', 'changes.discard']));
    expect(asked).not.toContain('session.stop');
  });
});
