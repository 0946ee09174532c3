import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateOf, writeWhole } from './stamp.mjs';

describe('the state of sources', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cavern-stamp-'));
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'a.ts'), 'a');
    writeFileSync(join(folder, 'b.ts'), 'b');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('changes when a file is saved, added or deleted', () => {
    const before = stateOf([folder]);
    expect(stateOf([folder])).toBe(before);
    utimesSync(join(folder, 'deep', 'a.ts'), new Date(), new Date(Date.now() + 5_000));
    const saved = stateOf([folder]);
    rmSync(join(folder, 'b.ts'));
    const deleted = stateOf([folder]);
    expect(new Set([before, saved, deleted]).size).toBe(3);
  });

  it('does not follow what the build itself writes', () => {
    const before = stateOf([folder]);
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'node_modules', 'c.js'), 'c');
    expect(stateOf([folder, join(folder, 'absent')])).toBe(before);
  });

  it('is written whole, without a draft left over', () => {
    writeWhole(join(folder, 'new', 'file'), 'content');
    expect(readFileSync(join(folder, 'new', 'file'), 'utf8')).toBe('content');
    expect(readdirSync(join(folder, 'new'))).toEqual(['file']);
  });
});
