import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { newEnforcer, newModelFromString } from 'casbin';
import type { BenchRequest, BenchRule } from './policy-rules.ts';

/** Another engine with the same rules, ready to decide. */
export type Peer = (request: BenchRequest) => 'allow' | 'deny';

/** Cedar's WebAssembly, with its policies parsed beforehand. */
export function cedarPeer(id: string, rules: readonly BenchRule[]): Peer {
  const policies = rules.map(({ syscall, folder, tag, effect }) => {
    const tagged = tag === undefined ? '' : ` && context.tag == "${tag}"`;
    const keyword = effect === 'allow' ? 'permit' : 'forbid';
    return `${keyword}(principal, action == Action::"${syscall}", resource) when { context.path like "${folder}/*"${tagged} };`;
  });
  const parsed = preparsePolicySet(id, { staticPolicies: policies.join('\n') });
  if (parsed.type === 'failure')
    throw new Error(`Cannot prepare Cedar: ${parsed.errors[0]?.message ?? 'unknown error'}`);
  return ({ syscall, path, tag }) => {
    const answer = statefulIsAuthorized({
      principal: { type: 'Caller', id: 'c1' },
      action: { type: 'Action', id: syscall },
      resource: { type: 'File', id: 'file' },
      context: { path, tag },
      preparsedPolicySetId: id,
      entities: [],
    });
    if (answer.type === 'failure')
      throw new Error(`Cannot decide by Cedar: ${answer.errors[0]?.message ?? 'unknown error'}`);
    return answer.response.decision;
  };
}

const CASBIN_MODEL = `
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.act == p.act && (p.sub == "*" || r.sub == p.sub) && keyMatch(r.obj, p.obj)
`;

/** Casbin, through its synchronous entry, which is the faster one. */
export async function casbinPeer(rules: readonly BenchRule[]): Promise<Peer> {
  const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL));
  await enforcer.addPolicies(
    rules.map(({ syscall, folder, tag, effect }) => [tag ?? '*', `${folder}/*`, syscall, effect]),
  );
  return ({ syscall, path, tag }) => (enforcer.enforceSync(tag, path, syscall) ? 'allow' : 'deny');
}
