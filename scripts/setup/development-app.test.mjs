import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { developmentApp } from './development-app.mjs';
import { distributionIn } from './electron-distribution.mjs';
import { checkout } from './folders.mjs';

describe('Electron on the checkout', () => {
  let folder = '';
  const dist = () => join(folder, 'dist');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cavern-development-'));
    mkdirSync(join(dist(), 'resources'), { recursive: true });
    writeFileSync(join(dist(), 'electron'), 'program', { mode: 0o755 });
    writeFileSync(join(dist(), 'version'), 'v33.2.1\n');
    vi.stubEnv('CAVERN_CACHE', join(folder, 'cache'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  function distribution() {
    const found = distributionIn(dist());
    if (found === undefined) throw new Error('the fixture is not a distribution');
    return found;
  }

  it('is named as its argument where Electron takes one', () => {
    writeFileSync(join(dist(), 'resources', 'default_app.asar'), '');
    expect(developmentApp(distribution())).toEqual({ program: join(dist(), 'electron'), args: [checkout] });
  });

  it('is linked into a copy of hard links where Electron takes none, once', () => {
    const first = developmentApp(distribution());
    expect(first.args).toEqual([]);
    expect(readFileSync(first.program, 'utf8')).toBe('program');
    expect(statSync(first.program).ino).toBe(statSync(join(dist(), 'electron')).ino);
    expect(readlinkSync(join(first.program, '..', 'resources', 'app'))).toBe(checkout);
    expect(developmentApp(distribution())).toEqual(first);
  });

  it('does not take a folder for Electron that an interrupted installation left', () => {
    rmSync(join(dist(), 'version'));
    expect(distributionIn(dist())).toBeUndefined();
  });
});
