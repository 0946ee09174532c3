import type { SessionId } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import { Disposers } from '../base/disposers.ts';
import { AutomaticMerges } from '../kernel/changes/merge/automatic-merge.ts';
import { Changes } from '../kernel/changes/changes.ts';
import type { MergeHandlersOptions } from '../kernel/changes/handlers.ts';
import {
  type MergeConditionOptions,
  type MergeInput,
  mergeCondition,
} from '../kernel/changes/merge/merge-condition.ts';
import { Reviews, type ReviewsOptions } from '../kernel/changes/review/reviews.ts';
import type { SessionLayers } from '../kernel/changes/session/session-view.ts';
import { Snapshots } from '../kernel/changes/snapshots/snapshots.ts';
import type { ConditionOf, SessionFacts, SubjectsOf } from '../kernel/dispatch/ports.ts';
import { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { hiddenFiles } from '../kernel/sandboxes/hidden-files.ts';
import { secretRule } from '../kernel/sandboxes/secret-paths.ts';
import { SettingsStore } from '../kernel/settings/settings.ts';
import { diskGitRepository } from '../platform/git-repository/disk-git-repository.ts';
import { DiskSnapshots } from '../platform/snapshots/disk-snapshots.ts';
import { ThreadedTextWork } from '../platform/text-diff/threaded-text-work.ts';
import { diskLayerEditor } from '../platform/workspace-files/layers/disk-layer-editor.ts';
import { diskLayerReader } from '../platform/workspace-files/layers/disk-layer-reader.ts';
import { diskWorkspaces } from '../platform/workspace-files/folders/disk-workspace.ts';
import { FileBaseRecords } from '../platform/workspace-files/records/file-base-records.ts';
import type { FileContentStores } from '../platform/workspace-files/contents/file-content-store.ts';
import { FileMergeJournal } from '../platform/workspace-files/records/file-merge-journal.ts';
import { FileReviewStore } from '../platform/workspace-files/records/file-review-store.ts';
import type { ComposeOptions } from './compose-options.ts';

export interface ChangesParts {
  readonly sandboxes: Sandboxes;
  readonly policy: PolicyInForce;
  readonly settings: SettingsStore;
  readonly contents: FileContentStores;
  readonly disposers: Disposers;
  /** Told when the tests of a session passed on what it changed. */
  readonly onTestsPassed: (session: SessionId) => void;
  /** Types a text into a terminal of a session. */
  readonly type: ReviewsOptions['type'];
}

export function composeChanges({ home, logger }: ComposeOptions, parts: ChangesParts) {
  const { sandboxes, policy, settings, contents } = parts;
  const bases = new FileBaseRecords(home.sessions);
  const now = (): number => systemClock.now();
  const layers: SessionLayers = {
    layer: (session) => sandboxes.layer(session),
    isRunning: (session) =>
      sandboxes
        .list()
        .some((sandbox) => sandbox.session === session && ['creating', 'running', 'stopping'].includes(sandbox.state)),
  };
  const snapshots = new Snapshots({ store: new DiskSnapshots(home.sessions), layers, bases, contents, now });
  const texts = parts.disposers.add(new ThreadedTextWork());
  const changes = new Changes({
    layers,
    snapshots,
    reader: diskLayerReader,
    workspaces: diskWorkspaces,
    contents,
    bases,
    journal: new FileMergeJournal(home.merges),
    editor: diskLayerEditor,
    looksSecret: (path, head) => {
      const hidden = hiddenFiles(settings.current.hiddenFiles);
      return hidden(path) || looksSecret(path, Buffer.from(head).toString('latin1'), policy);
    },
    texts,
    now,
    logger,
  });
  const reviews = new Reviews({
    store: new FileReviewStore(home.sessions),
    now,
    type: parts.type,
  });
  const automatic = new AutomaticMerges({
    changes,
    settings: () => settings.current.automaticMerge,
    isReviewed: async (session) => (await reviews.files(session)).size > 0,
    onPassed: parts.onTestsPassed,
  });
  return { changes, reviews, texts, automatic, snapshots, repository: diskGitRepository };
}

/** By its name, by what its name says to look for inside, or because it holds a secret that the redaction knows. */
function looksSecret(path: string, head: string, policy: PolicyInForce): boolean {
  const rule = secretRule(path);
  if (rule === 'yes') return true;
  return (rule !== 'no' && rule.test(head)) || policy.redactor.redact(head) !== head;
}

/** The policy judges each path that a merge would write or remove. */
export function mergeSubjects({ changes, reviews }: { changes: Changes; reviews: Reviews }): SubjectsOf {
  return async (input, signal) => {
    const { session, paths, reviewed } = input as MergeInput; // the contract has validated it
    const review = reviewed === true ? await reviews.files(session) : undefined;
    const subjects = await changes.mergeSubjects({ session, paths, review, signal });
    return subjects.length > 0 ? subjects : [{ syscall: 'merge.apply' }];
  };
}

/** What a merge that no person asked for has to meet. */
export function mergeConditions(options: MergeConditionOptions): ReadonlyMap<string, ConditionOf> {
  const condition = mergeCondition(options);
  // The contract has validated the input.
  return new Map([['merge.apply', (input, caller, signal) => condition(input as MergeInput, caller, signal)]]);
}

/** What the policy says to a merge that was not asked for yet. */
export function judgeMerge(
  policy: PolicyInForce,
  sessionOf: (session: string) => SessionFacts | undefined,
): MergeHandlersOptions['judge'] {
  return async ({ session, subjects, context }) => {
    const facts = sessionOf(session);
    const { containerId, peerPid, tags } = context.caller;
    const caller = { container_id: containerId, peer_pid: peerPid, tags: [...tags] };
    const about = { caller, session: facts?.session ?? { mode: 'explore', state: 'idle' }, at: systemClock.now() };
    const all = subjects.length > 0 ? subjects : [{ syscall: 'merge.apply' }];
    return policy.decide(
      all.map((subject) => ({ ...subject, ...about })),
      { workspaceRoots: facts?.workspaceRoots ?? [], session },
    );
  };
}
