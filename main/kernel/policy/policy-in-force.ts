import type { LayerDocument as DocumentView, PolicyLayer } from '../../../schema/contract/policy.ts';
import type { Decision, DocumentError, DocumentWarning, PolicyCall, RedactionPattern } from '../../../schema/policy.ts';
import { Broadcast } from '../../base/broadcast.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { JudgeContext } from '../dispatch/ports.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { allowance, toDecision } from './outcome.ts';
import { OPERATOR_LIST } from './decide-call.ts';
import type { LoadedDocument } from './document.ts';
import { type KnownText, LayerDocument, type SeenDocument } from './layer-document.ts';
import { isOperatorCall } from './operator-calls.ts';
import type { DecideOptions, PolicyEngine } from './policy-engine.ts';
import type { PolicyFiles } from './policy-files.ts';
import { Pace } from '../changes/pace.ts';
import { combineDecisions } from './combine.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import { textDigest } from './text-digest.ts';
import { WorkspaceDocuments } from './workspace-documents.ts';
import type { WorkspacePolicy } from './workspace-layer.ts';

export interface PolicyState {
  readonly source: string;
  readonly text: string;
  readonly loaded: boolean;
  readonly errors: readonly DocumentError[];
  readonly warnings: readonly DocumentWarning[];
}

export interface PolicyInForceOptions {
  readonly engine: PolicyEngine;
  readonly files: PolicyFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The workspaces of the sessions there are, whose documents are listed. */
  readonly workspaces: () => Iterable<string>;
  /** Called when another document came into force, with the tokens that ended with the old one. */
  readonly onReplace: (endedTokens: readonly string[]) => void;
  /** Called when what a workspace's own document adds has changed. */
  readonly onWorkspaceDocument?: (document: DocumentView) => void;
}

/** So many calls are decided in well under a millisecond. */
const AT_ONCE = 100;

/**
 * The documents in force, followed from their files. The operator's stands in the place of the one that comes along; a
 * workspace's is asked beside it and can only tighten. A text that does not load keeps the last valid one in force and is shown.
 */
export class PolicyInForce {
  readonly #options: PolicyInForceOptions;
  readonly #default: LayerDocument;
  readonly #user: LayerDocument;
  readonly #workspaces: WorkspaceDocuments;
  readonly #changed = new Broadcast<void>();
  #redactor: Redactor = createRedactor();
  #state: PolicyState = { source: '', text: '', loaded: false, errors: [], warnings: [] };

  constructor(options: PolicyInForceOptions) {
    this.#options = options;
    const { files, clock } = options;
    this.#default = new LayerDocument(files.defaultPath, files);
    this.#user = new LayerDocument(files.userPath, files);
    this.#workspaces = new WorkspaceDocuments({
      files,
      clock,
      onChange: (workspace) => this.#workspaceChanged(workspace),
    });
    this.#takeUp();
  }

  get state(): PolicyState {
    return this.#state;
  }

  /** The text that a change starts from: the operator's document as it lies there, valid or not, else the one that comes along. */
  get edited(): { readonly path: string; readonly text: string } {
    return this.#user.seen.exists ? this.#user.seen : this.#default.seen;
  }

  /** Whether the operator has a document, valid or not. */
  get hasOwn(): boolean {
    return this.#user.seen.exists;
  }

  get redactor(): Redactor {
    return this.#redactor;
  }

  get engine(): PolicyEngine {
    return this.#options.engine;
  }

  /** What the workspace's own document adds; the first of the roots is the operator's folder. */
  workspacePolicy(workspaceRoots: readonly string[]): WorkspacePolicy | undefined {
    const [workspace] = workspaceRoots;
    return workspace === undefined ? undefined : this.#workspaces.policyOf(workspace);
  }

  decide(calls: readonly PolicyCall[], { workspaceRoots, token }: JudgeContext): Decision | Promise<Decision> {
    const options = { workspaceRoots, workspace: this.workspacePolicy(workspaceRoots), token };
    // A token is one operation, and is used up in the turn in which it is looked at.
    const isLong = calls.length > AT_ONCE && token === undefined;
    const decision = isLong ? this.#decideInTurns(calls, options) : this.#options.engine.decideAll(calls, options);
    return decision instanceof Promise
      ? decision.then((late) => keepOperator(calls, late))
      : keepOperator(calls, decision);
  }

  /** As `decideAll` of the engine, for a merge of thousands of files: the thread is given away in between. */
  async #decideInTurns(calls: readonly PolicyCall[], options: DecideOptions): Promise<Decision> {
    const decisions: Decision[] = [];
    const pace = new Pace();
    for (let from = 0; from < calls.length; from += AT_ONCE) {
      if (pace.due) await pace.breathe();
      decisions.push(await this.#options.engine.decideAll(calls.slice(from, from + AT_ONCE), options));
    }
    return combineDecisions(decisions);
  }

  /** Every document: the one that comes along, the operator's, those of the workspaces with sessions. */
  documents(): DocumentView[] {
    const userExists = this.#user.seen.exists;
    return [
      view('default', this.#default.seen, { inForce: !userExists }),
      view('user', this.#user.seen, { inForce: userExists }),
      ...this.#workspaces
        .list(this.#options.workspaces())
        .map(({ workspace, document }) =>
          view('workspace', document.seen, { inForce: document.seen.exists, workspace }),
        ),
    ];
  }

  async *watch(signal: AbortSignal): AsyncGenerator<{ documents: DocumentView[] }, void, undefined> {
    const changes = this.#changed.listen(signal);
    yield { documents: this.documents() };
    for await (const _ of changes) yield { documents: this.documents() };
  }

  /** Puts a text that was found valid in the place of the operator's document; in force when it returns. */
  write(text: string, loaded?: LoadedDocument): void {
    this.#options.files.writeUser(text);
    this.reload(loaded && { text, loaded });
  }

  /** As `reload`, with everything that takes long done elsewhere: for a file that somebody else has changed. */
  async follow(load: (text: string) => Promise<LoadedDocument>): Promise<void> {
    const { files } = this.#options;
    const text = files.read(files.userPath);
    const isNew = text !== undefined && text !== this.#user.seen.text;
    this.reload(isNew ? { text, loaded: await load(text) } : undefined);
  }

  /** Reads the operator's document and the one that comes along again. */
  reload(known?: KnownText): void {
    const changed = [this.#default.reload(known), this.#user.reload(known)];
    if (changed.includes(true)) this.#takeUp();
  }

  #takeUp(): void {
    const { engine, logger, onReplace } = this.#options;
    const seen = this.#user.seen.exists ? this.#user.seen : this.#default.seen;
    const { path: source, text, errors, warnings } = seen;
    // A document that never was valid leaves the one in force that was there before it.
    const policy = seen.policy ?? (errors.length > 0 ? engine.document : undefined);
    if (errors.length > 0) {
      this.#state = { ...this.#state, source, errors };
      logger.error('the policy could not be loaded', { source, errors, inForce: policy !== undefined });
    } else this.#state = { source, text, loaded: policy !== undefined, errors: [], warnings };
    if (policy !== engine.document || policy === undefined) {
      const ended = engine.replace(policy);
      this.#redact();
      logger.info('policy in force', { source, warnings: warnings.length });
      onReplace(ended);
    }
    this.#changed.publish();
  }

  #workspaceChanged(workspace: string): void {
    const { engine, onReplace, onWorkspaceDocument } = this.#options;
    this.#redact();
    onReplace(engine.replace(engine.document));
    this.#changed.publish();
    const changed = this.documents().find((document) => document.workspace === workspace);
    if (changed !== undefined) onWorkspaceDocument?.(changed);
  }

  /** The patterns of every document together: more redaction is never less strict. */
  #redact(): void {
    const own = this.#workspaces.list([]).map(({ document }) => document.seen.policy);
    this.#redactor = createRedactor(patternsOf([this.#options.engine.document, ...own]));
  }
}

function patternsOf(policies: readonly (CompiledPolicy | undefined)[]): RedactionPattern[] {
  const patterns = policies.flatMap((policy) => policy?.document.redact ?? []);
  return [...new Map(patterns.map((pattern) => [JSON.stringify(pattern), pattern])).values()];
}

function view(layer: PolicyLayer, seen: SeenDocument, more: { inForce: boolean; workspace?: string }): DocumentView {
  const { path, exists, text, errors, warnings, policy } = seen;
  return {
    layer,
    path,
    ...more,
    exists,
    text,
    digest: textDigest(text),
    lastValid: errors.length > 0 && policy !== undefined,
    errors: [...errors],
    warnings: [...warnings],
  };
}

/** Neither a document that is silent nor extensions that do not answer take the operator's closed list away; a rule that denies it does. */
function keepOperator(calls: readonly PolicyCall[], decision: Decision): Decision {
  const isSilence = decision.rule === null || decision.reasons.includes('extension_unavailable');
  if (decision.decision !== 'deny' || !isSilence || !calls.every(isOperatorCall)) return decision;
  return toDecision(allowance(OPERATOR_LIST), decision.warnings);
}
