import type { Decision, Explanation, PolicyCall } from '../../../schema/policy.ts';
import type { BuiltinRules } from './builtin-rules.ts';
import type { CapabilityToken, PresentedToken, TokenGrant } from './capability-token.ts';
import { combineDecisions } from './combine.ts';
import { type CompiledPolicy, compilePolicy } from './compiled-policy.ts';
import { type DecideContext, decideCall, type Layers } from './decide-call.ts';
import { explainCall } from './explain-call.ts';
import type { ExtensionLayer } from './extension-layer.ts';
import { TokenRegistry } from './token-registry.ts';
import type { WorkspacePolicy } from './workspace-layer.ts';

export interface PolicyEngineOptions {
  /** The first layer; `builtinRules(locations)` makes it. */
  readonly builtins: BuiltinRules;
  /** Undefined until a valid document was loaded: then every call is denied but for the operator's closed list. */
  readonly document?: CompiledPolicy | undefined;
  readonly extension?: ExtensionLayer | undefined;
  /** Gives an id for a token that nobody can guess. */
  readonly newTokenId: () => string;
}

export interface DecideOptions {
  readonly token?: PresentedToken | undefined;
  readonly workspaceRoots?: readonly string[] | undefined;
  /** The document of the workspace itself, which can only tighten. */
  readonly workspace?: WorkspacePolicy | undefined;
}

/** The rule that lets a call through in record mode; such a call is flagged. */
export const RECORD_MODE = 'record-mode';

function openPolicy(syscalls: readonly string[]): CompiledPolicy {
  return compilePolicy({
    version: 1,
    rules: [{ name: RECORD_MODE, match: { syscall: [...new Set(syscalls)] }, action: 'flag' }],
  });
}

/** Owns the document in force and the tokens that stand on it. It reads no clock, no disk and no network. */
export class PolicyEngine {
  readonly #tokens: TokenRegistry;
  #layers: Layers;

  constructor({ builtins, document, extension, newTokenId }: PolicyEngineOptions) {
    this.#tokens = new TokenRegistry({ newId: newTokenId });
    this.#layers = { builtins, policy: document, extension };
  }

  /** The document in force; undefined while no valid one was loaded. */
  get document(): CompiledPolicy | undefined {
    return this.#layers.policy;
  }

  get tokens(): Pick<TokenRegistry, 'list' | 'countOf' | 'revoke' | 'revokeSandbox' | 'revokeAll'> {
    return this.#tokens;
  }

  /** Decides a call: at once, or as soon as the extension layer has answered where there is one. A token that decided is used up by one. */
  decide(call: PolicyCall, options: DecideOptions = {}): Decision | Promise<Decision> {
    const context = this.#contextOf(options);
    const decision = decideCall(this.#layers, call, context);
    // A token answers before any extension is asked, so a promise was not decided by one.
    if (!(decision instanceof Promise) && decision.via === 'token') context.token?.spend(context.nonce ?? 0);
    return decision;
  }

  /**
   * Decides one act that touches several paths, a call for each: the strictest decision, one operation of the token.
   * @throws RangeError for no calls at all.
   */
  decideAll(calls: readonly PolicyCall[], options: DecideOptions = {}): Decision | Promise<Decision> {
    const context = this.#contextOf(options);
    const decisions: Decision[] = [];
    const pending: Promise<Decision>[] = [];
    for (const call of calls) {
      const decision = decideCall(this.#layers, call, context);
      if (decision instanceof Promise) pending.push(decision);
      else decisions.push(decision);
    }
    if (decisions.some(({ via }) => via === 'token')) context.token?.spend(context.nonce ?? 0);
    if (pending.length === 0) return combineDecisions(decisions);
    return Promise.all(pending).then((late) => combineDecisions([...decisions, ...late]));
  }

  /** What would be decided and why; nothing is used up. */
  explain(call: PolicyCall, options: DecideOptions = {}): Promise<Explanation> {
    return explainCall(this.#layers, call, this.#contextOf(options));
  }

  /** What would be decided if the document let every call through: what built-in rules, the workspace and the extensions say. */
  decideBeyondPolicy(calls: readonly PolicyCall[], options: DecideOptions = {}): Decision | Promise<Decision> {
    const beyond: PolicyEngine = new PolicyEngine({
      builtins: this.#layers.builtins,
      extension: this.#layers.extension,
      document: openPolicy(calls.map(({ syscall }) => syscall)),
      newTokenId: () => '',
    });
    return beyond.decideAll(calls, options);
  }

  /** Another engine with the same built-in rules and another document; without extensions and without tokens. */
  withDocument(document: CompiledPolicy | undefined): PolicyEngine {
    return new PolicyEngine({ builtins: this.#layers.builtins, document, newTokenId: () => '' });
  }

  /** Puts other extension rules in force. Every token ends: it stood on what the old ones said. @returns the ids of those that ended. */
  extend(extension: ExtensionLayer | undefined): string[] {
    this.#layers = { ...this.#layers, extension };
    return this.#tokens.revokeAll();
  }

  /** Puts another document in force, or none. Every token ends: it stood on the old one. @returns the ids of those that ended. */
  replace(document: CompiledPolicy | undefined): string[] {
    this.#layers = { ...this.#layers, policy: document };
    return this.#tokens.revokeAll();
  }

  /**
   * Gives a token after a call was allowed.
   * @throws GlobError
   */
  issueToken(grant: TokenGrant, at: number): CapabilityToken {
    return this.#tokens.issue(grant, at);
  }

  #contextOf(options: DecideOptions): DecideContext {
    const { token, workspaceRoots, workspace } = options;
    if (token === undefined) return options as DecideContext; // without a token the two are the same
    const { nonce, holder } = token;
    return { token: this.#tokens.find(token.id), nonce, holder, workspaceRoots, workspace };
  }
}
