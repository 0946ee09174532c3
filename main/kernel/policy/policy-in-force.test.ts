import { expect, test } from 'vitest';
import type { PolicyCall } from '../../../schema/policy.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { builtinRules } from './builtin-rules.ts';
import { PolicyEngine } from './policy-engine.ts';
import { PolicyInForce } from './policy-in-force.ts';

const DOCUMENT = `version: 1
rules:
  - { name: frozen, match: { syscall: merge.apply, path_glob: ['frozen/**'] }, action: deny }
  - { name: manifest, match: { syscall: merge.apply, path_glob: ['**/package.json'] }, action: require_review }
  - { name: noted, match: { syscall: merge.apply, path_glob: ['noted/**'] }, action: flag }
  - { name: merge, match: { syscall: merge.apply }, action: allow }
`;

function inForce(): PolicyInForce {
  return new PolicyInForce({
    engine: new PolicyEngine({ builtins: builtinRules([]), newTokenId: () => 't' }),
    files: {
      defaultPath: 'default',
      userPath: 'user',
      workspacePath: (workspace) => workspace,
      read: (path) => (path === 'default' ? DOCUMENT : undefined),
      stamp: (path) => path,
      writeUser: () => undefined,
    },
    clock: new VirtualClock(1000),
    logger: silentLogger,
    workspaces: () => [],
    onReplace: () => undefined,
  });
}

function merge(paths: readonly string[]): PolicyCall[] {
  const caller = { container_id: 'c1', peer_pid: 41, tags: [] };
  const session = { mode: 'explore', state: 'idle' };
  return paths.map((path) => ({ syscall: 'merge.apply', path, caller, session, at: 1 }));
}

const many = Array.from({ length: 1000 }, (_, at) => `d${at % 7}/f${at}`);

test.each<[string, readonly string[]]>([
  ['nothing special', many],
  ['one that is to be noted', [...many, 'noted/a', ...many]],
  ['one that is to be looked at', [...many, 'a/package.json']],
  ['several that are forbidden', ['a/package.json', ...many, 'frozen/a', ...many, 'frozen/b']],
])('a merge of thousands of files is judged in turns as it would be at once: %s', async (_what, paths) => {
  const policy = inForce();
  const calls = merge(paths);
  const judged = policy.decide(calls, { workspaceRoots: [], session: undefined });
  expect(judged).toBeInstanceOf(Promise);
  expect(await judged).toEqual(await policy.engine.decideAll(calls, { workspaceRoots: [] }));
});
