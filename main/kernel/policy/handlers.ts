import type { Handlers } from '../../../schema/contract/contract.ts';
import type { policy, TrialCall } from '../../../schema/contract/policy.ts';
import { Fault } from '../../../schema/fault.ts';
import type { PolicyCall } from '../../../schema/policy.ts';
import type { Clock } from '../../base/clock.ts';
import type { CallContext } from '../dispatch/context.ts';
import { loadDocument } from './document.ts';
import { checkPolicyText, testPolicyText } from './offline.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import { PolicyEngine } from './policy-engine.ts';
import type { BuiltinRule } from './builtin-rules.ts';

export interface PolicyHandlersOptions {
  readonly inForce: PolicyInForce;
  readonly builtins: readonly BuiltinRule[];
  readonly clock: Clock;
}

function callOf(trial: TrialCall, nowMs: number): PolicyCall {
  return {
    ...trial,
    caller: { container_id: '', peer_pid: 0, tags: [], ...trial.caller },
    session: { mode: 'strict', state: 'idle', ...trial.session },
    at: trial.at ?? nowMs,
  };
}

export function policyHandlers({
  inForce,
  builtins,
  clock,
}: PolicyHandlersOptions): Handlers<typeof policy, CallContext> {
  return {
    show() {
      const { state } = inForce;
      return { ...state, errors: [...state.errors], warnings: [...state.warnings] };
    },
    check: (input) => checkPolicyText(input.text),
    explain({ call, text }) {
      const wanted = callOf(call, clock.now());
      if (text === undefined) return inForce.engine.explain(wanted);
      const loaded = loadDocument(text);
      if (!loaded.ok) {
        const [error] = loaded.errors;
        throw new Fault('policy_invalid', 'Cannot explain the call: the document is not valid', {
          why: error ? `line ${error.line}, column ${error.column}: ${error.message}` : 'it does not load',
          fix: 'See every error with: cavern policy check FILE',
          data: { errors: loaded.errors },
        });
      }
      return new PolicyEngine({ builtins, document: loaded.document, newTokenId: () => '' }).explain(wanted);
    },
    async test({ text }) {
      const { passed, failed, cases } = await testPolicyText(text);
      return { passed, failed, cases: [...cases] };
    },
  };
}
