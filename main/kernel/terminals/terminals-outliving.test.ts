import { describe, expect, it } from 'vitest';
import type { Sandbox, SandboxId, TerminalId } from '../../../schema/entities.ts';
import { FakeConnection } from './fake-agent.fixture.ts';
import {
  terminalBench,
  follow,
  forever,
  other,
  session,
  settle,
  size,
  storedTerminal,
  textOf,
} from './terminal-bench.fixture.ts';

describe('terminals that outlive a connection, a kernel or a session', () => {
  it('takes up again what outlived the kernel, from what the agent still has', async () => {
    const { terminals, sandboxes } = terminalBench([
      storedTerminal('a'),
      storedTerminal('b'),
      storedTerminal('c', { state: 'exited' }),
    ]);
    const { seen } = follow(terminals.attach('a' as TerminalId, forever)); // As above.
    const there = (terminal: string) => ({ terminal, ...size, start: 500, end: 900 });
    const agent = new FakeConnection([there('a'), there('unknown')]);
    sandboxes.connect(session, agent);
    expect(agent.requests).toEqual([
      ['terminal.attach', { terminal: 'a', offset: 0 }],
      ['terminal.close', { terminal: 'unknown' }],
    ]);
    agent.print('a', 500, Buffer.concat([Buffer.from('😀').subarray(2), Buffer.from('kept')]));
    await settle();
    expect([textOf(seen), terminals.list().map(({ id, state }) => [id, state])]).toEqual([
      'kept',
      [
        ['a', 'open'],
        ['b', 'exited'],
      ],
    ]);
  });

  it('goes on where a lost connection left off, and says what could not be kept', async () => {
    const { terminals, agent, sandboxes } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const { seen } = follow(terminals.attach(id, forever));
    agent.print(id, 0, 'one ');
    const back = new FakeConnection([{ terminal: id, ...size, start: 0, end: 8 }]);
    sandboxes.connect(session, back);
    expect(back.requests).toEqual([['terminal.attach', { terminal: id, offset: 4 }]]);
    back.print(id, 4, 'two ');
    const again = new FakeConnection([{ terminal: id, ...size, start: 20, end: 25 }]);
    sandboxes.connect(session, again);
    agent.print(id, 8, 'from a connection that is gone');
    again.print(id, 20, 'three');
    await settle();
    expect(textOf(seen)).toBe('one two \x1b[0m\r\n[12 bytes of output were not kept]\r\nthree');
  });

  it('ends with its sandbox', async () => {
    const { terminals, sandboxes } = terminalBench();
    const { id } = await terminals.open({ session, ...size });
    const { seen, done } = follow(terminals.attach(id, forever));
    await settle();
    const sandbox: Sandbox = {
      id: 'box' as SandboxId, // As above.
      session,
      profile: 'workspace',
      state: 'destroyed',
      engine: 'docker',
      image: '',
      createdAt: 0,
      phases: [],
    };
    sandboxes.change(sandbox);
    await done;
    expect([seen.at(-1), terminals.list()[0]?.state]).toEqual([{ type: 'exit', exitCode: 137 }, 'exited']);
  });

  it('forgets the terminals of sessions that do not go on', () => {
    const { terminals, store } = terminalBench([storedTerminal('a'), storedTerminal('b', { session: other })]);
    terminals.keepOnly(new Set([other]));
    expect([terminals.list(), store.all()]).toEqual([
      [storedTerminal('b', { session: other })],
      [storedTerminal('b', { session: other })],
    ]);
  });
});
