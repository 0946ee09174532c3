import { describe, expect, it } from 'vitest';
import { versionStep } from './version-step.ts';

/** From lowest to highest; those of Semantic Versioning 2.0.0, section 11, among them. */
const ORDER = [
  '0.9.0',
  '0.10.0',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '2.0.0',
  '2.1.0',
  '2.1.1',
  '999999999999999.0.0',
];

describe('the step from one version to another', () => {
  it('follows the precedence of Semantic Versioning', () => {
    for (const [at, from] of ORDER.entries()) {
      const steps = ORDER.map((to) => versionStep(from, to));
      expect(steps).toEqual(ORDER.map((_, to) => (to === at ? 'same' : to > at ? 'newer' : 'older')));
    }
  });

  it('does not see what a version says of its build', () => {
    expect(versionStep('1.0.0+linux', '1.0.0+darwin')).toBe('same');
  });

  it('never leads up to what is no version, or from it', () => {
    expect([versionStep('1.0.0', 'later'), versionStep('earlier', '1.0.0')]).toEqual(['older', 'older']);
  });
});
