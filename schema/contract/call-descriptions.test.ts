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

  // Whoever adds a call that is to be in none of the lists writes it down here.
  it('is all of the contract but parts of another act, what is only followed or drawn by a view, and what is of the screen', () => {
    const all = Object.values(areas)
      .filter(({ name }) => name !== 'window')
      .flatMap(({ name, members }) => Object.keys(members).map((key) => `${name}.${key}`));
    const partsOfAnAct = [
      'app.arrange',
      'diagnostics.report',
      'terminal.resize',
      'terminal.write',
      'changes.read',
      'review.remember',
    ];
    const drawnByAView = [
      'audit.count',
      'audit.replay',
      'box.logs',
      'diagnostics.followLogs',
      'gateway.traffic',
      'sandbox.stats',
      'terminal.attach',
      'terminal.replay',
    ];
    const left = all.filter((name) => !names.includes(name) && !name.endsWith('.watch'));
    expect(left.sort()).toEqual([...partsOfAnAct, ...drawnByAView].sort());
    expect(names.filter((name) => name.endsWith('.watch') || name.startsWith('window.'))).toEqual([]);
  });

  it('says what cannot be brought back', () => {
    const lost = callDescriptions(areas).filter(({ irreversible }) => irreversible);
    expect(lost.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['session.remove', 'changes.discard', 'snapshot.restore', 'key.revoke']),
    );
  });
});
