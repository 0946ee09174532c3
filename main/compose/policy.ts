import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { Disposers } from '../base/disposers.ts';
import { type BuiltinRule, builtinRules } from '../kernel/policy/builtin-rules.ts';
import { PolicyEngine } from '../kernel/policy/policy-engine.ts';
import { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import type { ComposeOptions } from './compose-options.ts';

/** Where things lie that no call about a workspace may touch. */
export function composeBuiltins({ home, files }: ComposeOptions): readonly BuiltinRule[] {
  return builtinRules([
    { thing: 'policy-files', path: home.policy, against: 'write' },
    { thing: 'policy-files', path: '.cavern/policy.yaml', against: 'write' },
    { thing: 'program-files', path: files.root, against: 'write' },
    { thing: 'audit-log', path: home.keys, against: 'all' },
    { thing: 'session-database', path: home.root, against: 'all' },
    { thing: 'engine-socket', path: '/var/run/docker.sock', against: 'all' },
    { thing: 'engine-socket', path: '/run/podman/podman.sock', against: 'all' },
  ]);
}

/** The operator's document where there is one, else the one that comes along; followed while the kernel runs. */
export function composePolicy(
  options: ComposeOptions,
  rules: readonly BuiltinRule[],
  onReplace: () => void,
  disposers: Disposers,
): PolicyInForce {
  const { home, files, logger } = options;
  const fallback = join(files.profiles, 'policy.yaml');
  const inForce = new PolicyInForce({
    engine: new PolicyEngine({ builtins: rules, newTokenId: () => randomBytes(16).toString('hex') }),
    source: {
      name: () => (existsSync(home.policy) ? home.policy : fallback),
      read: (name) => readFileSync(name, 'utf8'),
    },
    logger,
    onReplace,
  });
  const watcher = watch(home.root, (_event, file) => {
    if (file === basename(home.policy)) inForce.reload();
  });
  watcher.unref();
  disposers.defer(() => watcher.close());
  return inForce;
}
