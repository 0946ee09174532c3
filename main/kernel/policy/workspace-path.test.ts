import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from './property-runs.ts';
import { normaliseWorkspacePath } from './workspace-path.ts';

describe('a workspace path', () => {
  test.each([
    ['src/a.ts', 'src/a.ts'],
    ['./src//a.ts', 'src/a.ts'],
    ['src/../package.json', 'package.json'],
    ['src/', 'src'],
    ['.', ''],
    ['', ''],
    ['...', '...'],
    ['u\u0308ber/x', '\u00fcber/x'],
    ['a:b', 'a:b'],
    ['a\\b', 'a\\b'],
  ])('%j is judged as %j', (path, normal) => {
    expect(normaliseWorkspacePath(path)).toBe(normal);
  });

  test.each([
    '..',
    '../a',
    'src/../../etc/passwd',
    '/etc/passwd',
    '//etc/passwd',
    '/proc/self/root/etc/passwd',
    '/workspace/a',
    'a\0b',
    '..\\..\\etc',
    'a\\..\\..\\b',
    '\\\\server\\share',
    'C:\\Windows',
    'c:/Windows',
    './C:/Windows',
    'a'.repeat(4097),
  ])('%j leaves the workspace', (path) => {
    expect(normaliseWorkspacePath(path)).toBeUndefined();
  });

  test('may be absolute inside a folder that is the workspace', () => {
    const roots = ['/workspace', '/home/me/pro ject/'];
    const judged = ['/workspace/a', '/workspace', '/home/me/pro ject/x/../a', '/workspace/../etc', '/workspaces/a'];
    expect(judged.map((path) => normaliseWorkspacePath(path, roots))).toEqual(['a', '', 'a', undefined, undefined]);
  });

  test('that is normal stays as it is, and holds nothing to resolve', () => {
    const segment = fc.oneof(
      fc.constantFrom('.', '..', '', 'a', 'C:', '\\', 'a\\..\\b', 'u\u0308', '\u212b', '\0'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const normal = normaliseWorkspacePath(segments.join('/'));
        if (normal === undefined) return;
        expect(normaliseWorkspacePath(normal)).toBe(normal);
        expect(normal === '' || normal.split('/').every((part) => !['', '.', '..'].includes(part))).toBe(true);
      }),
      propertyRuns(2000),
    );
  });
});
