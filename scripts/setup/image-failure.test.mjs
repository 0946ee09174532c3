import { describe, expect, it } from 'vitest';
import { explainImageFailure, requireFreeSpace } from './image-failure.mjs';
import { SetupError } from './setup-error.mjs';

describe('a failing image', () => {
  it('does not begin on a disk that it would fill', () => {
    expect(() => requireFreeSpace('/cache', 400_000_000)).toThrow(
      [
        'Cannot make the sandbox image: the disk is full',
        '  why: 400 MB are free for /cache, it takes 1500 MB while it is made',
        '  what to do: Free some space (or set CAVERN_CACHE to a folder on a larger disk) and run the same command again.',
      ].join('\n'),
    );
    expect(() => requireFreeSpace('/cache', 2_000_000_000)).not.toThrow();
  });

  it('says that the disk ran full on the way, whoever noticed it', () => {
    for (const message of [
      'write /layer.tar: no space left on device',
      'ENOSPC: no space left',
      'Disk quota exceeded',
    ]) {
      expect(explainImageFailure(new Error(message)).message).toContain('the disk is full');
    }
  });

  it('keeps an explanation that was already given', () => {
    const given = new SetupError({ what: 'w', why: 'y', remedy: 'r' });
    expect(explainImageFailure(given)).toBe(given);
  });

  it('tells the cause of anything else', () => {
    expect(explainImageFailure(new Error('E: mirror unreachable')).message).toContain('why: E: mirror unreachable');
  });
});
