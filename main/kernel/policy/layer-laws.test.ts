import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision, PolicyCall, PolicyRule, Verdict } from '../../../schema/policy.ts';
import { type CompiledPolicy, compilePolicy } from './compiled-policy.ts';
import { decideCall } from './decide-call.ts';
import { propertyRuns } from './property-runs.ts';
import type { WorkspacePolicy } from './workspace-layer.ts';

const STRICTNESS: Readonly<Record<Verdict, number>> = { allow: 0, require_review: 1, deny: 2 };
const call: PolicyCall = {
  syscall: 'fs.write',
  path: 'src/a.ts',
  caller: { container_id: 'c1', peer_pid: 41, tags: ['core_plugin'] },
  session: { mode: 'strict', state: 'idle' },
  at: 1000,
};

type Says = Verdict | 'pass';
const says = fc.constantFrom<Says>('allow', 'deny', 'require_review', 'pass');
const opinions = fc.array(says, { maxLength: 4 });

function policyOf(actions: readonly Says[]): CompiledPolicy {
  const rules = actions.map(
    (action, index): PolicyRule => ({ name: `p${index}`, match: { syscall: 'fs.write' }, action }),
  );
  return compilePolicy({ version: 1, rules });
}

interface Said {
  readonly builtin: readonly Says[];
  readonly policy: readonly Says[];
  readonly extension: readonly Says[];
  readonly workspace?: WorkspacePolicy;
}

async function decide({ builtin, policy, extension, workspace }: Said): Promise<Decision> {
  const layers = {
    builtins: builtin.map((decision, index) => ({
      name: `b${index}`,
      judge: () => (decision === 'pass' ? undefined : { decision }),
    })),
    policy: policyOf(policy),
    extension: { judge: async () => extension.map((decision, index) => ({ name: `e${index}`, decision })) },
  };
  return decideCall(layers, call, { workspace });
}

describe('layers', () => {
  test('decide the same whichever of them says what', async () => {
    await fc.assert(
      fc.asyncProperty(opinions, opinions, opinions, async (one, two, three) => {
        const orders = [
          { builtin: one, policy: two, extension: three },
          { builtin: three, policy: one, extension: two },
          { builtin: two, policy: three, extension: one },
        ];
        const decisions = await Promise.all(orders.map(decide));
        expect(new Set(decisions.map(({ decision }) => decision)).size).toBe(1);
      }),
      propertyRuns(500),
    );
  });

  test('of a workspace never make a decision less strict, and keep every denial', async () => {
    await fc.assert(
      fc.asyncProperty(opinions, opinions, opinions, opinions, async (builtin, policy, extension, own) => {
        const without = await decide({ builtin, policy, extension });
        const tightened = await decide({ builtin, policy, extension, workspace: policyOf(own) });
        expect(STRICTNESS[tightened.decision]).toBeGreaterThanOrEqual(STRICTNESS[without.decision]);
        if (own.includes('deny')) expect(tightened.decision).toBe('deny');
        expect((await decide({ builtin, policy, extension, workspace: 'invalid' })).decision).toBe('deny');
      }),
      propertyRuns(500),
    );
  });
});
