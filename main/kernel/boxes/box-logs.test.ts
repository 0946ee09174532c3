import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActId, SessionId } from '../../../schema/entities.ts';
import { VirtualClock } from '../../base/clock.ts';
import { BoxLogs, LogWriter } from './box-logs.ts';

// Ids of a test need no making.
const session = 's1' as SessionId;
const act = 'act1' as ActId;

async function take(lines: AsyncGenerator<{ readonly text: string }>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const next = await lines.next();
    if (next.done) break;
    taken.push(next.value.text);
  }
  return taken;
}

describe('the log of a sandbox', () => {
  it('gives what is kept, then what comes', async () => {
    const logs = new BoxLogs(new VirtualClock(1000));
    const writer = logs.writer(session, act);
    writer.push('stdout', 'one\ntw');
    const lines = logs.follow(session, 0, new AbortController().signal);
    expect(await take(lines, 1)).toEqual(['one']);
    const next = take(lines, 2);
    writer.push('stdout', 'o\r\nthree');
    writer.end();
    expect(await next).toEqual(['two', 'three']);
  });

  it('goes on behind the line that was seen last, and numbers grow over restarts', async () => {
    const logs = new BoxLogs(new VirtualClock(1000));
    logs.writer(session, act).push('stderr', 'a\nb\nc\n');
    const { signal } = new AbortController();
    const first = await logs.follow(session, 0, signal).next();
    const seen = first.value?.seq ?? 0;
    expect(seen).toBeGreaterThan(1000);
    expect(await take(logs.follow(session, seen, signal), 2)).toEqual(['b', 'c']);
  });

  it('keeps the newest lines, whatever is printed', async () => {
    const logs = new BoxLogs(new VirtualClock());
    const writer = logs.writer(session, act);
    for (let line = 1; line <= 5000; line += 1) writer.push('stdout', `${line}\n`);
    const kept = await take(logs.follow(session, 0, new AbortController().signal), 2000);
    expect([kept[0], kept.at(-1)]).toEqual(['3001', '5000']);
    writer.push('stdout', `${'x'.repeat(3_000_000)}\n`);
    const long = await take(logs.follow(session, 0, new AbortController().signal), 64);
    expect(Math.max(...long.map((text) => text.length))).toBe(8192);
  });

  it('ends with its reader’s signal, and with the sandbox', async () => {
    const logs = new BoxLogs(new VirtualClock());
    const leave = new AbortController();
    const left = logs.follow(session, 0, leave.signal).next();
    leave.abort();
    expect((await left).done).toBe(true);
    const forgotten = logs.follow(session, 0, new AbortController().signal).next();
    logs.forget(session);
    expect((await forgotten).done).toBe(true);
  });
});

describe('lines of output', () => {
  it('are the same however the output is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 20 })), (pieces) => {
        const lines: string[] = [];
        const writer = new LogWriter((_stream, text) => lines.push(text));
        for (const piece of pieces) writer.push('stdout', piece);
        writer.end();
        const whole = pieces.join('').split('\n');
        if (whole.at(-1) === '') whole.pop();
        expect(lines).toEqual(whole);
      }),
    );
  });
});
