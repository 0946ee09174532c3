import { describe, expect, test } from 'vitest';
import type { LogFilter, LogLine } from '../../../schema/contract/diagnostics.ts';
import { LogsStore } from './logs-store.ts';

function lineOf(message: string, part = ''): LogLine {
  return { at: 0, level: 'info', part, message, details: '' };
}

/** A log of which two pages are there; what is followed is said by the test. */
function fakeLog() {
  const said: { filter: LogFilter | undefined; tell: (lines: LogLine[]) => void; signal: AbortSignal }[] = [];
  const client = {
    diagnostics: {
      logs: async ({ before }: { before?: string }) =>
        before === undefined
          ? { lines: [lineOf('c', 'audit'), lineOf('d')], before: 'older' }
          : { lines: [lineOf('a'), lineOf('b', 'policy')], before: null },
      async *followLogs({ filter }: { filter?: LogFilter }, { signal }: { signal?: AbortSignal } = {}) {
        yield { lines: [] };
        for (;;) {
          if (signal?.aborted !== false) return;
          const lines = await new Promise<LogLine[]>((tell) => {
            said.push({ filter, tell, signal });
            signal.addEventListener('abort', () => tell([]), { once: true });
          });
          yield { lines };
        }
      },
    },
  };
  // Only what the store calls is there.
  const store = new LogsStore(client as unknown as ConstructorParameters<typeof LogsStore>[0]);
  const messagesOf = (): string[] => store.store.getState().lines?.map(({ message }) => message) ?? [];
  return { store, said, messagesOf };
}

describe('the log in the window', () => {
  test('is read from its end, further back when asked for, and goes on by itself', async () => {
    const { store, said, messagesOf } = fakeLog();
    store.open();
    await expect.poll(() => [messagesOf(), said.length]).toEqual([['c', 'd'], 1]);
    await store.readOlder();
    said[0]?.tell([lineOf('e', 'sandboxes')]);
    await expect.poll(() => messagesOf()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(store.store.getState()).toMatchObject({ before: null, parts: ['audit', 'policy', 'sandboxes'] });
    store.close();
  });

  test('tells an empty log from one of which nothing passes the filter', async () => {
    const emptyFor = async (held: LogLine[]): Promise<boolean> => {
      const logs = async ({ filter }: { filter?: LogFilter }) => ({
        lines: filter?.level === undefined ? held : [],
        before: null,
      });
      // Only what the store calls is there.
      const log = new LogsStore({ diagnostics: { logs } } as never);
      log.setMode('still');
      await expect.poll(() => log.store.getState()).toMatchObject({ lines: [], reading: false });
      log.close();
      return log.store.getState().isEmpty;
    };
    expect([await emptyFor([]), await emptyFor([lineOf('a')])]).toEqual([true, false]);
  });

  test('is read anew with another filter, and nobody listens to the former', async () => {
    const { store, said, messagesOf } = fakeLog();
    store.open();
    await expect.poll(() => said.length).toBe(1);
    store.setFilter({ level: 'error' });
    await expect.poll(() => said.length).toBe(2);
    expect([said[0]?.signal.aborted, said[1]?.signal.aborted]).toEqual([true, false]);
    expect(said[1]?.filter).toEqual({ level: 'error' });
    await expect.poll(() => messagesOf()).toEqual(['c', 'd']);
    store.close();
    expect(said[1]?.signal.aborted).toBe(true);
  });
});
