import { describe, expect, it } from 'vitest';
import type { AttachEvent } from '../../../schema/contract/terminal.ts';
import { Fault } from '../../../schema/fault.ts';
import { FakeConnection } from './fake-agent.fixture.ts';
import {
  codeOf,
  follow,
  forever,
  other,
  session,
  settle,
  size,
  textOf,
  terminalBench,
} from './terminal-bench.fixture.ts';

describe('terminals', () => {
  it('opens one in the sandbox of its session and keeps it for the next start', async () => {
    const { terminals, agent, store, audited } = terminalBench();
    const opened = await terminals.open({ session, ...size, argv: ['/usr/bin/htop', '-d1'] });
    expect(opened).toEqual({ id: opened.id, session, title: 'htop', ...size, state: 'open', openedAt: 1000 });
    expect(agent.requests).toEqual([
      ['terminal.open', { terminal: opened.id, ...size, argv: ['/usr/bin/htop', '-d1'] }],
    ]);
    expect([terminals.list(), store.all()]).toEqual([[opened], [opened]]);
    expect(audited).toEqual([{ type: 'terminal_opened', session, data: { terminal: opened.id, title: 'htop' } }]);
  });

  it('leaves nothing of one that the sandbox could not start', async () => {
    const { terminals, agent, store, mirror } = terminalBench();
    agent.refuse = new Fault('denied', 'no');
    expect(await codeOf(terminals.open({ session, ...size }))).toBe('sandbox_failed');
    expect([terminals.list(), store.all(), mirror.texts.size]).toEqual([[], [], 0]);
  });

  it('opens no more than 64 in a session', async () => {
    const { terminals } = terminalBench();
    for (let n = 0; n < 64; n += 1) await terminals.open({ session, ...size });
    expect(await codeOf(terminals.open({ session, ...size }))).toBe('limit_reached');
  });

  it('shows what was printed before and after somebody joins, once each', async () => {
    const { terminals, agent } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    agent.print(id, 0, 'before ');
    const { seen } = follow(terminals.attach(id, forever));
    agent.print(id, 7, 'while ');
    await settle();
    agent.print(id, 13, 'after');
    await settle();
    expect([textOf(seen), seen[0]?.type]).toEqual(['before while after', 'snapshot']);
  });

  it('joins characters whose bytes come apart', async () => {
    const { terminals, agent } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const { seen } = follow(terminals.attach(id, forever));
    const bytes = Buffer.from('é漢😀');
    for (let at = 0; at < bytes.length; at += 1) agent.print(id, at, bytes.subarray(at, at + 1));
    await settle();
    expect(textOf(seen)).toBe('é漢😀');
  });

  it('gives bytes to who asks for them: whole characters, in memory that holds nothing else', async () => {
    const { terminals, agent } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const seen: AttachEvent[] = [];
    void (async () => {
      for await (const event of terminals.attachBytes(id, forever)) seen.push(event);
    })();
    await settle();
    const printed = Buffer.from('grüße 漢字 😀 '.repeat(9000));
    for (let at = 0; at < printed.length; at += 70_001) agent.print(id, at, printed.subarray(at, at + 70_001));
    await settle();
    const pieces = seen.flatMap((event) => (event.type === 'bytes' ? [event.bytes] : []));
    const fatal = new TextDecoder('utf-8', { fatal: true });
    expect(pieces.map((piece) => fatal.decode(piece)).join('') === printed.toString()).toBe(true);
    expect(pieces.filter((piece) => piece.length > 61 * 1024 || piece.buffer.byteLength !== piece.length)).toEqual([]);
  });

  it('takes no byte twice, whatever the agent sends again', async () => {
    const { terminals, agent } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const { seen } = follow(terminals.attach(id, forever));
    agent.print(id, 0, 'abc');
    agent.print(id, 0, 'abc');
    agent.print(id, 1, 'bcdef');
    agent.print(id, 50, 'a gap that no honest agent leaves');
    await settle();
    expect(textOf(seen)).toBe('abcdef');
  });

  it('ends with the exit, and shows it to who joins later', async () => {
    const { terminals, agent, store, audited } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const { seen, done } = follow(terminals.attach(id, forever));
    await settle();
    agent.print(id, 0, 'bye');
    agent.say('terminal.exit', { terminal: id, exitCode: 3 });
    agent.say('terminal.exit', { terminal: id, exitCode: 4 });
    await done;
    const later = follow(terminals.attach(id, forever));
    await later.done;
    expect([seen.slice(1), later.seen]).toEqual([
      [
        { type: 'text', text: 'bye' },
        { type: 'exit', exitCode: 3 },
      ],
      [
        { type: 'snapshot', text: 'bye', ...size },
        { type: 'exit', exitCode: 3 },
      ],
    ]);
    expect([await codeOf(terminals.write(id, 'x', forever)), store.all(), audited.length]).toEqual([
      'terminal_exited',
      [],
      2,
    ]);
  });

  it('lets one sandbox not print into the terminal of another', async () => {
    const { terminals, agent, sandboxes } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const foreign = new FakeConnection();
    sandboxes.connect(other, foreign);
    foreign.print(id, 0, 'spoofed');
    foreign.say('terminal.exit', { terminal: id, exitCode: 0 });
    agent.print(id, 0, 'real');
    const { seen } = follow(terminals.attach(id, forever));
    await settle();
    expect([textOf(seen), terminals.list()[0]?.state]).toEqual(['real', 'open']);
  });

  it('acknowledges what the mirror and every reader have taken, not more', async () => {
    const { terminals, agent } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const slow = terminals.attach(id, forever)[Symbol.asyncIterator]();
    await slow.next();
    const { seen } = follow(terminals.attach(id, forever));
    const chunk = 'x'.repeat(300_000);
    agent.print(id, 0, chunk);
    agent.print(id, 300_000, chunk);
    await settle();
    expect([textOf(seen).length, agent.requested('terminal.ack')]).toEqual([600_000, []]);
    for (let read = 0; read < 600_000; ) {
      const next = await slow.next();
      if (next.done !== true && next.value.type === 'text') read += next.value.text.length;
    }
    void slow.next();
    await settle();
    expect(agent.requested('terminal.ack').at(-1)).toEqual({ terminal: id, offset: 600_000 });
  });

  it('does not acknowledge what the mirror has not taken', async () => {
    const { terminals, agent, mirror } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    let release = (): void => undefined;
    mirror.hold = new Promise((resolve) => {
      release = resolve;
    });
    agent.print(id, 0, 'x'.repeat(500_000));
    await settle();
    const before = agent.requested('terminal.ack').length;
    release();
    await settle();
    expect([before, agent.requested('terminal.ack')]).toEqual([0, [{ terminal: id, offset: 500_000 }]]);
  });

  it('leaves a reader behind that has not read for ten seconds, and gives it a fresh snapshot when it does', async () => {
    const { terminals, agent, clock } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const slow = terminals.attach(id, forever)[Symbol.asyncIterator]();
    await slow.next();
    agent.print(id, 0, 'x'.repeat(900_000));
    await settle();
    clock.advance(9_999);
    const held = agent.requested('terminal.ack').length;
    clock.advance(1);
    expect([held, agent.requested('terminal.ack')]).toEqual([0, [{ terminal: id, offset: 900_000 }]]);
    agent.print(id, 900_000, 'y');
    const next = await slow.next();
    expect(next.value).toMatchObject({ type: 'snapshot' });
    let text = next.value !== undefined && 'text' in next.value ? next.value.text : '';
    while (text.length < 900_001) {
      const { value } = await slow.next();
      if (value !== undefined && 'text' in value) text += value.text;
    }
    expect(text).toBe(`${'x'.repeat(900_000)}y`);
  });

  it('keeps nothing of what an agent sends beyond its window', async () => {
    const { terminals, agent, mirror } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    mirror.hold = new Promise(() => undefined);
    for (let n = 0; n < 50; n += 1) agent.print(id, n * 100_000, 'x'.repeat(100_000));
    await settle();
    expect(mirror.texts.get(id)?.length).toBeLessThan(4_200_000);
  });

  it('tells every reader the new size', async () => {
    const { terminals, agent } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const { seen } = follow(terminals.attach(id, forever));
    await settle();
    await terminals.resize(id, { cols: 100, rows: 30 });
    await terminals.resize(id, { cols: 100, rows: 30 });
    await settle();
    expect([seen[1], terminals.list()[0], agent.requested('terminal.resize')]).toEqual([
      { type: 'resize', cols: 100, rows: 30 },
      expect.objectContaining({ cols: 100, rows: 30 }),
      [{ terminal: id, cols: 100, rows: 30 }],
    ]);
  });

  it('types what was given, byte by byte', async () => {
    const { terminals, agent } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    await terminals.write(id, '\x1b[200~é\x1b[201~', forever);
    expect(agent.requested('terminal.write')).toEqual([
      { terminal: id, base64: Buffer.from('\x1b[200~é\x1b[201~').toString('base64') },
    ]);
  });

  it('hangs up and forgets one that is closed', async () => {
    const { terminals, agent, mirror, store } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const { seen, done } = follow(terminals.attach(id, forever));
    await settle();
    terminals.close(id);
    await done;
    expect([agent.requested('terminal.close'), seen.at(-1)]).toEqual([
      [{ terminal: id }],
      { type: 'exit', exitCode: 129 },
    ]);
    expect([terminals.list(), store.all(), mirror.texts.size]).toEqual([[], [], 0]);
    expect(() => terminals.close(id)).toThrow(Fault);
  });

  it('shows an empty screen, not an error, when the mirror has died', async () => {
    const { terminals, agent, mirror } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    mirror.texts.clear();
    const { seen } = follow(terminals.attach(id, forever));
    await settle();
    agent.print(id, 0, 'alive');
    await settle();
    expect(seen).toEqual([
      { type: 'snapshot', text: '', ...size },
      { type: 'text', text: 'alive' },
    ]);
  });

  it('stops for a reader that leaves', async () => {
    const { terminals, agent } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const leaving = new AbortController();
    const { done } = follow(terminals.attach(id, leaving.signal));
    await settle();
    leaving.abort();
    await done;
    agent.print(id, 0, 'x'.repeat(400_000));
    await settle();
    expect(agent.requested('terminal.ack')).toEqual([{ terminal: id, offset: 400_000 }]);
  });
});
