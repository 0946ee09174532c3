import type { Member } from '../../../schema/contract/contract.ts';
import { Fault } from '../../../schema/fault.ts';
import { type KeyScope, keyScopeText } from '../../../schema/key-scope.ts';
import type { Caller } from './context.ts';

/** Port: whose a thing is that a call names. */
export interface KeyReach {
  /** The namespace of a session, if it has one; undefined where there is no such session. */
  session(id: string): { readonly namespace?: string } | undefined;
  /** Undefined where there is no such terminal. */
  sessionOfTerminal(id: string): string | undefined;
}

/** Everything that one call names, as far as keys are concerned. */
export interface KeyTarget {
  readonly namespace?: string | undefined;
  readonly session?: string | undefined;
  /** Of that session. */
  readonly sessionNamespace?: string | undefined;
}

/**
 * True where a scope opens a call on these things. Admin opens everything; any other scope what is its own, and only by
 * calls that the contract gives to its kind: a call that names nothing opens to none of them.
 */
export function scopeOpens(scope: KeyScope, member: Pick<Member, 'keys'>, target: KeyTarget): boolean {
  if (scope.kind === 'admin') return true;
  if (member.keys === 'any') return true;
  if (member.keys?.includes(scope.kind) !== true) return false;
  switch (scope.kind) {
    case 'namespace': {
      const named = [
        ...(target.namespace === undefined ? [] : [target.namespace]),
        ...(target.session === undefined ? [] : [target.sessionNamespace]),
      ];
      return named.length > 0 && named.every((namespace) => namespace === scope.namespace);
    }
    case 'session':
      return target.session === scope.session && target.namespace === undefined;
    case 'model':
      return false;
  }
}

export interface ReachedCall {
  readonly method: string;
  readonly member: Pick<Member, 'keys'>;
  readonly input: unknown;
  readonly caller: Caller;
}

/** True for a caller who came with an API key, whatever has become of its scope. */
export function isKeyCaller({ actor, scope }: Caller): boolean {
  return scope !== undefined || actor.startsWith('key:');
}

/**
 * Why a key may not make a call: `wrong_scope`, or `not_found` for a session or terminal that is not there. Undefined where it may, and
 * for callers without a key. Asked before anything else of the call is looked at.
 */
export function reachRefusal(reach: KeyReach | undefined, call: ReachedCall): Fault | undefined {
  const { caller, member, method } = call;
  if (!isKeyCaller(caller) || caller.scope?.kind === 'admin') return undefined;
  const wrong = (why: string): Fault =>
    new Fault('wrong_scope', `Cannot call ${method}: the key’s scope does not open it`, { why });
  const { scope } = caller;
  if (scope === undefined || reach === undefined) return wrong('The key has no scope.');
  const named = namedBy(call.input);
  const terminal = named('terminal');
  const session = named('session') ?? (terminal === undefined ? undefined : reach.sessionOfTerminal(terminal));
  const isOpenToKind = member.keys === 'any' || member.keys?.includes(scope.kind) === true;
  if (isOpenToKind && terminal !== undefined && session === undefined) return missing(method, 'terminal', terminal);
  const found = session === undefined ? undefined : reach.session(session);
  if (isOpenToKind && session !== undefined && found === undefined) return missing(method, 'session', session);
  const target = { namespace: named('namespace'), session, sessionNamespace: found?.namespace };
  if (scopeOpens(scope, member, target)) return undefined;
  return wrong(`It is ${keyScopeText(scope)}.`);
}

function missing(method: string, what: string, id: string): Fault {
  return new Fault('not_found', `Cannot call ${method}: there is no ${what} "${id}"`);
}

function namedBy(input: unknown): (name: string) => string | undefined {
  const members = new Map(typeof input === 'object' && input !== null ? Object.entries(input) : []);
  return (name) => {
    const value: unknown = members.get(name);
    return typeof value === 'string' ? value : undefined;
  };
}
