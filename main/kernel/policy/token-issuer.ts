import type { PolicyCall } from '../../../schema/policy.ts';
import type { ActRecord, GivenToken, JudgeContext, TokenPort } from '../dispatch/ports.ts';
import { subjectsOf } from './decide-call.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { DEFAULT_TTL_MS } from './capability-token.ts';
import { tokenHandle } from './token-views.ts';

/** Uses of one token: a tool that goes through a folder file by file stays below, one that runs wild is asked again. */
const MAX_OPS = 256;
/** Live tokens of one sandbox. Each is a small thing, and what asks for them is not trusted. */
const LIVE_LIMIT = 128;

export type TokenRecord = Pick<ActRecord, 'type' | 'actor' | 'session' | 'tool' | 'path' | 'token' | 'data'>;

export interface TokenIssuerOptions {
  readonly engine: PolicyEngine;
  readonly record: (entry: TokenRecord) => void;
  readonly redact: (text: string) => string;
}

/**
 * Gives capability tokens after a decision. A token skips the policy, so it covers nothing that the policy was not asked:
 * the very paths of the calls, and no call that carries a size, on which a rule may depend.
 */
export class TokenIssuer implements TokenPort {
  readonly #options: TokenIssuerOptions;

  constructor(options: TokenIssuerOptions) {
    this.#options = options;
  }

  issue(calls: readonly PolicyCall[], context: JudgeContext & { readonly holder: string }): GivenToken | undefined {
    const [first] = calls;
    if (first === undefined || calls.some(({ syscall, size }) => size !== undefined || syscall !== first.syscall))
      return undefined;
    const { engine } = this.#options;
    const { container_id: containerId, peer_pid: peerPid } = first.caller;
    if (engine.tokens.countOf(containerId) >= LIVE_LIMIT) return undefined;
    const paths = pathsOf(calls, context.workspaceRoots);
    if (paths === undefined) return undefined;
    const { syscall, at } = first;
    const { holder } = context;
    const scope = paths.length === 0 ? {} : { paths };
    const grant = { containerId, peerPid, holder, syscall, ...scope, maxOps: MAX_OPS, ttlMs: DEFAULT_TTL_MS };
    const { id } = engine.issueToken(grant, at);
    this.#record(id, { first, paths, context });
    return { id, maxOps: MAX_OPS, ttlMs: DEFAULT_TTL_MS };
  }

  handle(id: string): string {
    return tokenHandle(id);
  }

  #record(
    id: string,
    about: { first: PolicyCall; paths: readonly string[]; context: JudgeContext & { holder: string } },
  ) {
    const { first, paths, context } = about;
    const { record, redact } = this.#options;
    const [path] = paths;
    record({
      type: 'capability_issued',
      actor: context.holder,
      ...(context.session === undefined ? {} : { session: context.session }),
      ...(first.tool === undefined ? {} : { tool: first.tool }),
      ...(path === undefined ? {} : { path: redact(path) }),
      token: tokenHandle(id),
      data: {
        containerId: first.caller.container_id,
        peerPid: first.caller.peer_pid,
        maxOps: MAX_OPS,
        ttlMs: DEFAULT_TTL_MS,
      },
    });
  }
}

/** In normal form, with where they lead; undefined where a call leaves the workspace or is about all of it. */
function pathsOf(calls: readonly PolicyCall[], roots: readonly string[]): string[] | undefined {
  const paths = new Set<string>();
  let without = 0;
  for (const call of calls) {
    for (const { path } of subjectsOf(call, roots) ?? [{ path: '' }]) {
      if (path === '') return undefined;
      if (path === undefined) without += 1;
      else paths.add(path);
    }
  }
  return without > 0 && paths.size > 0 ? undefined : [...paths];
}
