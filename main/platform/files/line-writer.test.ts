import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LineWriter } from './line-writer.ts';

test('lines of any length and script are written as they are, each with a line end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-lines-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'lines');
  const lines = ['', 'plain', 'ü漢😀', 'x'.repeat(700_000), '漢'.repeat(500_000), 'y'.repeat(3_000_000), 'end'];
  const fd = openSync(file, 'w');
  const writer = new LineWriter(fd);
  for (const line of lines) writer.write(line);
  writer.flush();
  closeSync(fd);
  expect(readFileSync(file, 'utf8')).toBe(lines.map((line) => `${line}\n`).join(''));
});
