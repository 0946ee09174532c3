import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../base/budget.ts';
import { followLog, LogLines } from './log-lines.ts';

function linesOf(chunks: readonly Uint8Array[]): string[] {
  const lines = new LogLines();
  const found = chunks.flatMap((chunk) => [...lines.push(chunk)]);
  const rest = lines.end();
  return rest === undefined ? found : [...found, rest];
}

describe('what a plugin prints', () => {
  it('is cut into the same lines however its bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zäß漢😀 ]{0,20}$/u), { minLength: 1 }),
        fc.array(fc.nat(30)),
        (lines, cuts) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const chunks: Buffer[] = [];
          let from = 0;
          for (const cut of cuts) chunks.push(bytes.subarray(from, (from += cut)));
          expect(linesOf([...chunks, bytes.subarray(from)])).toEqual(lines);
        },
      ),
    );
  });

  it('has its last line without an end, and both kinds of line ends', () => {
    expect(linesOf([Buffer.from('a\r\n\nb')])).toEqual(['a', '', 'b']);
  });

  it('is cut where a line is too long, and that is said', () => {
    const long = Buffer.from('x'.repeat(3000));
    expect(linesOf([long, long, Buffer.from('y\nz\n')])).toEqual([`${'x'.repeat(4000)} … (2001 more characters)`, 'z']);
  });

  it('is read no faster than its budget, a line without an end included', async () => {
    const waited: number[] = [];
    const wait = async (ms: number): Promise<void> => void waited.push(ms);
    const taken: string[] = [];
    const take = (line: string): void => void taken.push(line);
    async function* stream(): AsyncGenerator<Buffer> {
      for (let chunk = 0; chunk < 3; chunk += 1) yield Buffer.alloc(10_000, 'x');
      yield Buffer.from('\n\n\n');
    }
    await followLog(stream(), { budget: new Budget({ burst: 10_000, perSecond: 1 }, Date.now()), take, wait });
    // Nothing waits for the first chunk; each of the two after it, and each of the three lines, does.
    expect({ waits: waited.length, lines: taken.length }).toEqual({ waits: 5, lines: 3 });
  });
});
