import type { TerminalEvent } from '../../../schema/contract/terminal.ts';
import type { SessionId, Terminal, TerminalId } from '../../../schema/entities.ts';
import type { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { FakeConnection, FakeMirror, FakeSandboxes, memoryTerminalStore } from './fake-agent.fixture.ts';
import { Terminals } from './terminals.ts';

// Brands have no other maker in tests.
export const session = 'work' as SessionId;
export const other = 'other' as SessionId;
export const size = { cols: 80, rows: 24 };

export function terminalBench(stored: readonly Terminal[] = []) {
  const sandboxes = new FakeSandboxes();
  const agent = new FakeConnection();
  sandboxes.running.set(session, agent);
  const mirror = new FakeMirror();
  const clock = new VirtualClock(1000);
  const store = memoryTerminalStore(stored);
  const audited: unknown[] = [];
  const audit = { record: (record: unknown) => void audited.push(record) };
  const terminals = new Terminals({ sandboxes, mirror, store, audit, clock, logger: silentLogger });
  return { sandboxes, agent, mirror, clock, store, audited, terminals };
}

export const storedTerminal = (id: string, more: Partial<Terminal> = {}): Terminal => ({
  id: id as TerminalId,
  session,
  title: 'bash',
  ...size,
  state: 'open',
  openedAt: 1,
  ...more,
});

/** Reads along in the background. */
export function follow(events: AsyncIterable<TerminalEvent>): { seen: TerminalEvent[]; done: Promise<void> } {
  const seen: TerminalEvent[] = [];
  const done = (async () => {
    for await (const event of events) seen.push(event);
  })();
  return { seen, done };
}

export const textOf = (events: readonly TerminalEvent[]): string =>
  events.map((event) => ('text' in event ? event.text : '')).join('');
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
export const forever = new AbortController().signal;
export const codeOf = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => 'none',
    (cause: Fault) => cause.code,
  );
