import { expect, test } from 'vitest';
import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import { VirtualClock } from '../../base/clock.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';
import { PluginLogs } from './plugin-logs.ts';

class FakeConnection implements AgentConnection {
  // A brand has no other maker in tests.
  readonly sandbox = 's' as SandboxId;
  readonly peer = { pid: 1, uid: 1000, containerId: 'c' };
  readonly hello = { protocol: 2, agent: '0', node: '24', pid: 1, terminals: [] };
  readonly listeners = new Set<(method: string, params: unknown) => void>();
  readonly #closing = new Set<() => void>();

  request(): Promise<unknown> {
    return Promise.resolve({});
  }
  onEvent(listener: (method: string, params: unknown) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  onClose(listener: () => void): () => void {
    this.#closing.add(listener);
    return () => this.#closing.delete(listener);
  }
  say(params: unknown, method = 'plugin.log'): void {
    for (const listener of this.listeners) listener(method, params);
  }
  close(): void {
    for (const listener of this.#closing) listener();
  }
}

function logsOf(known: readonly string[], apart: readonly string[] = []) {
  const connections = new Set<(session: SessionId, connection: AgentConnection, own?: string) => void>();
  const logs = new PluginLogs({
    onConnection: (listener) => {
      connections.add(listener);
      return () => connections.delete(listener);
    },
    isKnown: (plugin) => known.includes(plugin),
    isApart: (plugin) => apart.includes(plugin),
    redact: (text) => text.replace('hunter2', '[redacted:test]'),
    clock: new VirtualClock(7),
  });
  const connect = (own?: string): FakeConnection => {
    const connection = new FakeConnection();
    for (const listener of connections) listener('work' as SessionId, connection, own); // a brand, as above
    return connection;
  };
  return { logs, connect, connections };
}

test('what a plugin writes is kept with its session and shown redacted, and nothing that is no such line', () => {
  const { logs, connect } = logsOf(['words']);
  const connection = connect();
  connection.say({ plugin: 'words', stream: 'stderr', text: 'the key is hunter2' });
  connection.say({ plugin: 'nobody', stream: 'stderr', text: 'x' });
  connection.say({ plugin: 'words', stream: 'other', text: 'x' });
  connection.say({ plugin: 'words', stream: 'stderr', text: 7 });
  connection.say({ plugin: 'words', stream: 'stderr', text: 'x' }, 'terminal.data');
  connection.say('words');
  expect(logs.lines('words')).toEqual([
    { seq: 1, at: 7, session: 'work', stream: 'stderr', text: 'the key is [redacted:test]' },
  ]);
  connection.say({ plugin: 'words', stream: 'stdout', text: 'more' });
  expect(logs.lines('words', 1).map(({ text }) => text)).toEqual(['more']);
  logs.forget('words');
  expect(logs.lines('words')).toEqual([]);
});

test('what is said in the name of a plugin that has a sandbox to itself counts only where it comes out of that', () => {
  const { logs, connect } = logsOf(['words', 'pages', 'fs'], ['words', 'pages']);
  const say = (from: FakeConnection, plugin: string) => from.say({ plugin, stream: 'stderr', text: 'x' });
  for (const from of [connect(), connect('pages')]) say(from, 'words');
  say(connect('words'), 'fs');
  expect([...logs.lines('words'), ...logs.lines('fs')]).toEqual([]);
  say(connect('words'), 'words');
  say(connect(), 'fs');
  expect([logs.lines('words').length, logs.lines('fs').length]).toEqual([1, 1]);
});

test('a plugin that writes without end fills no more than its lines, each of a bounded length', () => {
  const { logs, connect } = logsOf(['words', 'quiet']);
  const connection = connect();
  connection.say({ plugin: 'quiet', stream: 'stderr', text: 'still here' });
  const text = 'x'.repeat(10_000);
  for (let line = 0; line < 5000; line += 1) connection.say({ plugin: 'words', stream: 'stderr', text });
  const lines = logs.lines('words');
  expect(lines.length).toBeGreaterThanOrEqual(500);
  expect(lines.length).toBeLessThanOrEqual(1000);
  expect(lines.at(-1)).toMatchObject({ seq: 5001, text: 'x'.repeat(4096) });
  expect(logs.lines('quiet')).toHaveLength(1);
});

test('nothing listens any longer once a connection is closed or the logs are disposed', () => {
  const { logs, connect, connections } = logsOf(['words']);
  const [ended, open] = [connect(), connect()];
  ended.close();
  expect([ended.listeners.size, open.listeners.size]).toEqual([0, 1]);
  logs[Symbol.dispose]();
  expect([open.listeners.size, connections.size]).toEqual([0, 0]);
});
