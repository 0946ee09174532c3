import { expect, it } from 'vitest';
import type { SandboxId } from '../../../schema/entities.ts';
import type { AgentConnection } from '../sandboxes/agent-port.ts';
import { CrashTally } from './crash-tally.ts';

const connection = (name: string): AgentConnection => ({
  sandbox: name as SandboxId, // Test data.
  peer: { pid: 1, uid: 1000, containerId: name },
  hello: { protocol: 2, agent: '0', node: '24', pid: 1, terminals: [] },
  request: () => Promise.resolve({}),
  onEvent: () => () => undefined,
  onClose: () => () => undefined,
});

it('a plugin that ends while it answers many calls has crashed once, and again when it ends under a later one', () => {
  const tally = new CrashTally();
  const here = connection('here');
  const begin = (plugin: string, at = here) => tally.begin({ connection: at, plugin });
  const [first, second, beside, elsewhere] = [begin('a'), begin('a'), begin('b'), begin('a', connection('elsewhere'))];
  expect([first(), second(), beside(), elsewhere()]).toEqual([true, false, true, true]);
  const [third, fourth] = [begin('a'), begin('a')];
  expect([fourth(), third()]).toEqual([true, false]);
});
