import type { AuditRecord } from '../../../schema/audit-record.ts';
import type { PolicyPreview, PolicyVersion } from '../../../schema/contract/policy.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { LoadedDocument } from './document.ts';
import type { KeptVersion, PolicyHistory } from './policy-files.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import { judgeWith, replay } from './replay.ts';
import { textDigest } from './text-digest.ts';

/** More outcomes than this that break need a phrase to be typed (spec: policy.md, Changing the policy). */
const BREAKING_LIMIT = 5;
/** How many of the last calls are decided again (same place). */
const REPLAYED_CALLS = 100;

export interface PolicyUpdatesOptions {
  readonly inForce: PolicyInForce;
  readonly history: PolicyHistory;
  readonly clock: Clock;
  /** Reads and compiles a text without holding the main thread. */
  readonly load: (text: string) => Promise<LoadedDocument>;
  /** The newest records of decisions, newest first. */
  readonly recentDecisions: (limit: number) => Promise<readonly AuditRecord[]>;
  /** Told of a document in force that did not come through here: written by hand. */
  readonly onFound?: (found: FoundDocument) => void;
}

export interface FoundDocument {
  readonly path: string;
  readonly version: string;
  readonly digest: string;
}

export interface UpdateRequest {
  readonly text: string;
  /** Digest of the document that the text was written on. */
  readonly base?: string | undefined;
  readonly confirm?: string | undefined;
  readonly note?: string | undefined;
}

export interface UpdateResult {
  readonly changed: boolean;
  readonly version: PolicyVersion;
}

function phraseFor(breaking: number): string | null {
  return breaking > BREAKING_LIMIT ? `deny ${breaking} calls` : null;
}

/** The one way by which the operator's document changes: looked at beforehand, replaced whole, and the old one kept. */
export class PolicyUpdates {
  readonly #options: PolicyUpdatesOptions;

  constructor(options: PolicyUpdatesOptions) {
    this.#options = options;
  }

  /** What a text would change; nothing changes. Extension rules and workspaces are left out of it: they stay as they are. */
  async preview(text: string): Promise<PolicyPreview> {
    const { inForce, recentDecisions } = this.#options;
    const current = inForce.edited.text;
    const compared = { changed: text !== current, base: textDigest(current) };
    const loaded = await this.#options.load(text);
    if (!loaded.ok) {
      const nothing = { warnings: [], replayed: 0, outcomes: [], breaking: 0, phrase: null };
      return { ok: false, errors: [...loaded.errors], ...compared, ...nothing };
    }
    const { engine } = inForce;
    const { replayed, outcomes } = replay(await recentDecisions(REPLAYED_CALLS), {
      before: judgeWith(engine.withDocument(engine.document)),
      after: judgeWith(engine.withDocument(loaded.document)),
    });
    const breaking = outcomes.filter((outcome) => outcome.breaking).length;
    const warnings = [...loaded.warnings];
    return { ok: true, errors: [], warnings, ...compared, replayed, outcomes, breaking, phrase: phraseFor(breaking) };
  }

  /**
   * What has to hold before a person is asked to agree.
   * @throws Fault `policy_invalid`, `policy_changed`, `confirmation_needed`
   */
  async check({ text, base, confirm }: UpdateRequest): Promise<void> {
    const preview = await this.preview(text);
    const [error] = preview.errors;
    if (error !== undefined) {
      throw new Fault('policy_invalid', 'Cannot update the policy: the document is not valid', {
        why: `line ${error.line}, column ${error.column}: ${error.message}`,
        fix: 'See every error with `cavern policy check FILE`.',
        data: { errors: preview.errors },
      });
    }
    this.#checkBase(base);
    if (preview.phrase === null || confirm === preview.phrase) return;
    throw new Fault('confirmation_needed', `Cannot update the policy: ${preview.breaking} calls would be denied`, {
      why: `Of the last ${preview.replayed} calls, ${preview.breaking} were allowed and would be denied.`,
      fix: `Look at them (cavern policy update FILE --dry-run); to go on, type: ${preview.phrase}`,
      data: { phrase: preview.phrase, breaking: preview.breaking },
    });
  }

  /** Puts a checked text in force; reading it takes no time of the main thread. @throws Fault `policy_changed`, `storage_failed` */
  async commit({ text, base, note }: UpdateRequest, actor: string): Promise<UpdateResult> {
    this.#checkBase(base);
    const loaded = await this.#options.load(text);
    this.#checkBase(base);
    const { inForce } = this.#options;
    const before = inForce.edited;
    const changed = before.text !== text;
    try {
      if (this.#options.history.list().at(-1)?.text !== before.text && before.text !== '') {
        this.#keep(before.text, { actor: 'operator', note: `as it was found in ${before.path}` });
      }
      const version = this.#keep(text, { actor, note });
      inForce.write(text, loaded);
      return { changed, version: versionView(version, text) };
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const fix = 'Free disk space or repair the home folder; the document in force is the old one.';
      throw new Fault('storage_failed', 'Cannot update the policy: it could not be written', { cause, why, fix });
    }
  }

  /**
   * Keeps the document in force where it is none that was kept last, and tells of it: somebody has put it there by hand, now
   * or while nobody looked. To be called when a document came into force, and at the start. Before the first change there is
   * nothing to tell of the one that comes along.
   */
  noticeFound(): void {
    const { inForce, history, onFound } = this.#options;
    const { source: path, text, loaded, errors } = inForce.state;
    if (!loaded || errors.length > 0) return;
    const newest = history.list().at(-1);
    if (newest?.text === text || (newest === undefined && !inForce.hasOwn)) return;
    const { id: version } = this.#keep(text, { actor: 'operator', note: `as it was found in ${path}` });
    onFound?.({ path, version, digest: textDigest(text) });
  }

  /** Newest first. */
  history(): PolicyVersion[] {
    const { inForce, history } = this.#options;
    const { text } = inForce.state;
    return history
      .list()
      .map((version) => versionView(version, text))
      .reverse();
  }

  /** @throws Fault `not_found` */
  version(id: string): { version: PolicyVersion; text: string } {
    const { inForce, history } = this.#options;
    const kept = history.list().find((version) => version.id === id);
    if (kept === undefined) throw new Fault('not_found', `Cannot show version "${id}": there is none of that number`);
    return { version: versionView(kept, inForce.state.text), text: kept.text };
  }

  #keep(text: string, { actor, note }: { actor: string; note?: string | undefined }): KeptVersion {
    const { history, clock } = this.#options;
    const at = Math.round(clock.now());
    return history.keep({ at, actor, text, ...(note === undefined ? {} : { note }) });
  }

  #checkBase(base: string | undefined): void {
    const { text, path } = this.#options.inForce.edited;
    if (base === undefined || base === textDigest(text)) return;
    throw new Fault('policy_changed', 'Cannot update the policy: it was changed meanwhile', {
      why: `${path} is not the document any more that this one was written on.`,
      fix: 'Look at what is in force now, and write the change on that.',
    });
  }
}

function versionView({ id, at, actor, note, text }: KeptVersion, inForceText: string): PolicyVersion {
  return {
    id,
    at,
    actor,
    ...(note === undefined ? {} : { note }),
    digest: textDigest(text),
    sizeBytes: Buffer.byteLength(text),
    inForce: text === inForceText,
  };
}
