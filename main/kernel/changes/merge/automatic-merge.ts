import { createHash } from 'node:crypto';
import picomatch from 'picomatch/posix.js';
import type { AutomaticMerge } from '../../../../schema/contract/automatic-merge.ts';
import type { AutomaticMergeSettings } from '../../../../schema/contract/app.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { type BytePath, toText } from '../files/byte-path.ts';
import type { Changes, MergeRequest } from '../changes.ts';
import type { ChangeItem } from '../listing/change-item.ts';
import { eachPaced } from '../pace.ts';
import { stateName } from './merge-seal.ts';
import type { MergeOutcome } from './merge-outcome.ts';

export interface AutomaticMergesOptions {
  readonly changes: Changes;
  readonly settings: () => AutomaticMergeSettings;
  /** True while the operator has decided something about a session's changes. */
  readonly isReviewed: (session: SessionId) => Promise<boolean>;
  /** Told when the tests of a session passed on what it changed. */
  readonly onPassed?: (session: SessionId) => void;
}

interface TestRun {
  readonly passed: boolean;
  /** Of the changes that were tested. */
  readonly fingerprint: string;
}

type Criterion = AutomaticMerge['criteria'][number];

/**
 * Says whether a merge may go through without a person: the tests passed on just these changes, nothing that is sensitive
 * is touched, the difference is small, and there is no conflict. The policy is asked besides; its denial stays one.
 */
export class AutomaticMerges {
  readonly #options: AutomaticMergesOptions;
  readonly #runs = new Map<SessionId, TestRun>();

  constructor(options: AutomaticMergesOptions) {
    this.#options = options;
  }

  /** To be called before the tests of a session run; what it gives is called with how they ended. */
  async testsBegin(session: SessionId, signal: AbortSignal): Promise<(passed: boolean) => Promise<void>> {
    const before = await this.#fingerprint(session, signal);
    return async (passed) => {
      const fingerprint = await this.#fingerprint(session, signal);
      // What was changed while they ran was not tested.
      if (before === fingerprint) this.#runs.set(session, { passed, fingerprint });
      else this.#runs.delete(session);
      if (before === fingerprint && passed) this.#options.onPassed?.(session);
    };
  }

  forget(session: SessionId): void {
    this.#runs.delete(session);
  }

  /** @param outcome of the same request as a preview */
  async judge(request: MergeRequest, outcome: MergeOutcome): Promise<AutomaticMerge> {
    const settings = this.#options.settings();
    const enabled: Criterion = {
      name: 'enabled',
      ok: settings.enabled,
      detail: settings.enabled ? 'automatic merges are on' : 'automatic merges are off in the settings',
    };
    const criteria = [
      enabled,
      await this.#tests(request, outcome),
      await sensitivePaths(outcome, settings),
      await this.#size(request, outcome, settings),
      conflicts(outcome),
      await this.#review(request),
    ];
    return { passes: criteria.every(({ ok }) => ok), criteria };
  }

  /** Judges a merge that no person asked for; the seal names what was judged. */
  async judgeMerge(request: MergeRequest): Promise<AutomaticMerge & { readonly seal: string }> {
    const outcome = await this.#options.changes.merge({ ...request, mode: 'preview' });
    return { ...(await this.judge(request, outcome)), seal: outcome.seal };
  }

  async #tests({ session, signal }: MergeRequest, { untested }: MergeOutcome): Promise<Criterion> {
    const run = this.#runs.get(session);
    const of = (ok: boolean, detail: string): Criterion => ({ name: 'tests', ok, detail });
    if (run === undefined) return of(false, 'the tests of the session were not run');
    if (!run.passed) return of(false, 'the tests failed');
    if (run.fingerprint !== (await this.#fingerprint(session, signal))) {
      return of(false, 'something was changed since the tests passed');
    }
    const [first] = untested;
    if (first !== undefined) return of(false, `"${toText(first)}" would not be as it was when the tests passed`);
    return of(true, 'the tests passed on these changes');
  }

  async #size(request: MergeRequest, { merged }: MergeOutcome, settings: AutomaticMergeSettings): Promise<Criterion> {
    const of = (ok: boolean, detail: string): Criterion => ({ name: 'size', ok, detail });
    const files = merged.length;
    const { maxFiles, maxLines } = settings;
    if (files > maxFiles) return of(false, `${files} files are more than ${maxFiles}`);
    let lines = 0;
    for (const path of merged.map(toText)) {
      const changed = await this.#changedLines(request, path);
      if (changed === undefined) return of(false, `"${path}" is no text, so its size says nothing`);
      lines += changed;
      if (lines > maxLines) return of(false, `more than ${maxLines} lines changed`);
    }
    return of(true, `${files} files, ${lines} lines`);
  }

  /** What the operator has begun to decide is not passed over. */
  async #review({ session }: MergeRequest): Promise<Criterion> {
    const isReviewed = await this.#options.isReviewed(session);
    const detail = isReviewed ? 'somebody is reviewing these changes' : 'nobody is reviewing these changes';
    return { name: 'review', ok: !isReviewed, detail };
  }

  async #changedLines({ session, signal }: MergeRequest, path: string): Promise<number | undefined> {
    try {
      const { hunks } = await this.#options.changes.files.hunks({ session, path, signal });
      return hunks.reduce((sum, hunk) => sum + Math.max(hunk.before.count, hunk.after.count), 0);
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'not_text') return undefined;
      throw thrown;
    }
  }

  #fingerprint(session: SessionId, signal: AbortSignal): Promise<string> {
    return this.#options.changes.views.run({ session, signal }, async ({ set }) => {
      const all = createHash('sha256');
      const add = ({ ignored, after, path }: ChangeItem): void => {
        if (!ignored) all.update(`${stateName(after)} ${toText(path)}\n`);
      };
      await eachPaced(set.items, add, signal);
      return all.digest('hex');
    });
  }
}

async function sensitivePaths(
  { digests, conflicts: open }: MergeOutcome,
  settings: AutomaticMergeSettings,
): Promise<Criterion> {
  const isSensitive = picomatch([...settings.sensitivePaths], { dot: true });
  const touched: string[] = [];
  const look = (path: BytePath): void => {
    const text = toText(path);
    if (isSensitive(text)) touched.push(text);
  };
  // With the digests, for what is moved away is touched too.
  await eachPaced(digests, ({ path }) => look(path));
  await eachPaced(open, look);
  const detail = touched.length === 0 ? 'no sensitive path is touched' : `it touches ${touched.slice(0, 5).join(', ')}`;
  return { name: 'sensitive_paths', ok: touched.length === 0, detail };
}

function conflicts(outcome: MergeOutcome): Criterion {
  const count = outcome.conflicts.length + outcome.refused.length;
  return {
    name: 'conflicts',
    ok: count === 0,
    detail: count === 0 ? 'nothing is in conflict or refused' : `${count} changes are in conflict or refused`,
  };
}
