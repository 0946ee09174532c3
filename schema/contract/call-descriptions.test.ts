import { describe, expect, it } from 'vitest';
import { areas } from './areas.ts';
import { callDescriptions } from './call-descriptions.ts';

const names = callDescriptions(areas).map(({ name }) => name);

describe('what a person can ask for by hand', () => {
  it('is every act of the contract, each with its sentence and its input', () => {
    expect(names).toContain('session.remove');
    expect(names).toContain('tool.call');
    expect(names.length).toBe(new Set(names).size);
    for (const { about, input } of callDescriptions(areas)) {
      expect(about).not.toBe('');
      expect(input).toHaveProperty('properties');
    }
  });

  it('is no part of another act, nothing that is only followed, and nothing of the screen', () => {
    const out = ['terminal.write', 'terminal.attach', 'session.watch', 'window.pickFolder'];
    expect(names.filter((name) => out.includes(name))).toEqual([]);
  });

  it('says what cannot be brought back', () => {
    const lost = callDescriptions(areas).filter(({ irreversible }) => irreversible);
    expect(lost.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['session.remove', 'changes.discard', 'snapshot.restore', 'key.revoke']),
    );
  });
});
