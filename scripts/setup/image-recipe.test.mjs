import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recipeDigest } from './image-recipe.mjs';

describe("the image's name", () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cavern-recipe-'));
    writeFileSync(join(folder, 'packages.txt'), 'git\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('stays while the recipe stays', () => {
    const first = recipeDigest({ folder, nodeVersion: '24.1.0' });
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(recipeDigest({ folder, nodeVersion: '24.1.0' })).toBe(first);
  });

  it('changes with every part of it', () => {
    const digests = [recipeDigest({ folder, nodeVersion: '24.1.0' }), recipeDigest({ folder, nodeVersion: '24.1.1' })];
    writeFileSync(join(folder, 'packages.txt'), 'git\nmake\n');
    digests.push(recipeDigest({ folder, nodeVersion: '24.1.0' }));
    expect(new Set(digests).size).toBe(3);
  });
});
