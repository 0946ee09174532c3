import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainImageFailure, requireFreeSpace } from './image-failure.mjs';
import { SetupError } from './setup-error.mjs';

/** In namespaces of its own a file system can be mounted without rights, where the system allows such namespaces. */
const namespaces = ['--user', '--map-root-user', '--mount'];
const canMount = spawnSync('unshare', [...namespaces, 'true']).status === 0;

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

  if (canMount) {
    it('meets a real full disk the same way, before it begins and in the middle', () => {
      const folder = mkdtempSync(join(tmpdir(), 'cavern-small-disk-'));
      try {
        const module = JSON.stringify(new URL('./image-failure.mjs', import.meta.url).href);
        const script = `
        const { explainImageFailure, freeBytesOf, requireFreeSpace } = await import(${module});
        const { writeFileSync } = await import('node:fs');
        const told = (act) => { try { act(); } catch (error) { return explainImageFailure(error).message.split('\\n')[0]; } };
        console.log(told(() => requireFreeSpace(process.argv[1], freeBytesOf(process.argv[1]))));
        console.log(told(() => writeFileSync(process.argv[1] + '/layer', Buffer.alloc(8 << 20))));`;
        // A file system of 2 MiB that goes with the process.
        const mounted = 'mount -t tmpfs -o size=2m none "$1" && exec "$2" --input-type=module -e "$3" "$1"';
        const args = [...namespaces, 'sh', '-c', mounted, 'sh', folder, process.execPath, script];
        expect(execFileSync('unshare', args, { encoding: 'utf8' })).toBe(
          'Cannot make the sandbox image: the disk is full\n'.repeat(2),
        );
      } finally {
        rmdirSync(folder);
      }
    });
  }

  it('keeps an explanation that was already given', () => {
    const given = new SetupError({ what: 'w', why: 'y', remedy: 'r' });
    expect(explainImageFailure(given)).toBe(given);
  });

  it('tells the cause of anything else', () => {
    expect(explainImageFailure(new Error('E: mirror unreachable')).message).toContain('why: E: mirror unreachable');
  });
});
