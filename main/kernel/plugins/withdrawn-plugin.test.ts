import { expect, test } from 'vitest';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { endWithdrawn, type PluginSandboxes } from './withdrawn-plugin.ts';

const withdrawn = { plugin: 'words', entry: '/installed/1/index.cjs' };

test('a plugin that is offered no more is ended in each sandbox; one that has ended is no failure', async () => {
  const asked: unknown[] = [];
  const warned: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void warned.push(message) };
  const sandboxes: PluginSandboxes = {
    list: () => ['running', 'stopped', 'broken'].map((session) => ({ session: session as SessionId })), // of that form
    connection(session) {
      if (session === 'stopped') throw new Fault('session_not_running', 'Cannot reach it: it has stopped');
      return {
        async request(method, params) {
          asked.push([session, method, params]);
          if (session === 'broken') throw new Fault('internal', 'Cannot do it');
        },
      };
    },
  };
  endWithdrawn(sandboxes, logger)(withdrawn);
  await expect.poll(() => warned, { timeout: 10_000 }).toEqual(['a plugin could not be ended']);
  expect(asked).toEqual([
    ['running', 'plugin.end', withdrawn],
    ['broken', 'plugin.end', withdrawn],
  ]);
});
