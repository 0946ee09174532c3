import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { programProblem } from './program-problem.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-program-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(content: Buffer | string, mode = 0o755): string {
  const path = join(folder, 'server');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

it('a program of this machine and a script that names what runs it can be run', async () => {
  const own = join(folder, 'true');
  copyFileSync('/bin/true', own);
  expect(await programProblem(own)).toBeUndefined();
  expect(await programProblem(file('#!/usr/bin/env node\n'))).toBeUndefined();
});

it('says what hinders', async () => {
  const foreign = Buffer.alloc(64);
  foreign.write('\x7fELF', 'latin1');
  foreign.writeUInt16LE(22, 18); // IBM S/390
  expect(await programProblem(file(foreign))).toMatch(/no program for Linux on/);
  expect(await programProblem(file('MZ'))).toMatch(/no program for Linux on/);
  expect(await programProblem(file(''))).toMatch(/no program for Linux on/);
  expect(await programProblem(join(folder, 'none'))).toBe('its entry is not there');
  expect(await programProblem(file('#!/bin/sh', 0o644))).toMatch(/may not be run/);
});
