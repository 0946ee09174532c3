import type { Handlers } from '../../../../schema/contract/contract.ts';
import type { FileReview, review as reviewArea } from '../../../../schema/contract/review.ts';
import type { SessionId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { CallContext } from '../../dispatch/context.ts';
import { toText } from '../files/byte-path.ts';
import { ABSENT, digestOf } from '../files/file-state.ts';
import type { ChangeItem, ChangeSet } from '../listing/change-item.ts';
import type { Reviews } from './reviews.ts';
import type { SessionViews } from '../session/session-views.ts';

export interface ReviewHandlersOptions {
  readonly reviews: Reviews;
  readonly views: SessionViews;
  /** Throws `not_found`. */
  readonly checkSession: (session: SessionId) => void;
}

export function reviewHandlers(options: ReviewHandlersOptions): Handlers<typeof reviewArea, CallContext> {
  const { reviews, views, checkSession } = options;
  const decideWhole = async (
    verdict: WholeVerdict,
    { session, paths }: WholeChanges,
    { signal, note }: CallContext,
  ): Promise<{ paths: string[] }> => {
    checkSession(session);
    const files = await views.run({ session, signal }, async ({ set }) => wholeFiles(set, verdict, paths));
    await reviews.decide(session, files);
    note({ session, data: { decided: files.length } });
    return { paths: files.map(({ path }) => path) };
  };
  return {
    get: ({ session }) => {
      checkSession(session);
      return reviews.get(session);
    },
    decide: async ({ session, files }, { signal, note }) => {
      checkSession(session);
      await reviews.decide(session, await withBases(views, { session, signal }, files));
      note({ session, data: { decided: files.length } });
      return { kept: files.length };
    },
    approve: (input, context) => decideWhole('accepted', input, context),
    reject: (input, context) => decideWhole('rejected', input, context),
    clear: async ({ session }) => {
      checkSession(session);
      return { cleared: await reviews.clear(session) };
    },
    remember: async ({ session, place }) => {
      checkSession(session);
      await reviews.remember(session, place);
      return {};
    },
    comment: async ({ session, ...comment }, { note }) => {
      checkSession(session);
      note({ session, path: comment.path });
      return reviews.comment(session, comment);
    },
    uncomment: async ({ session, id }) => {
      checkSession(session);
      await reviews.uncomment(session, id);
      return { removed: id };
    },
    send: async ({ session, comments: ids, terminal }, { note }) => {
      checkSession(session);
      const done = await reviews.send(session, { ids, terminal });
      note({ session, data: { sent: done.sent.length } });
      return done;
    },
    comments: async ({ session }) => {
      checkSession(session);
      return { comments: await reviews.sent(session) };
    },
  };
}

type WholeVerdict = 'accepted' | 'rejected';

interface WholeChanges {
  readonly session: SessionId;
  readonly paths?: readonly string[];
}

/** One decision for each change, about the content that it has now. @throws Fault `not_found` for a path that did not change */
function wholeFiles(set: ChangeSet, verdict: WholeVerdict, wanted: readonly string[] | undefined): FileReview[] {
  const changes = new Map(set.items.map((item) => [toText(item.path), item]));
  const all = set.items.filter((item) => verdict === 'rejected' || isPlain(item)).map(({ path }) => toText(path));
  return (wanted ?? all).map((path) => {
    const item = changes.get(path);
    if (item !== undefined) return { path, verdict, sha256: digestOf(item.after) };
    throw new Fault('not_found', `Cannot decide about "${path}": the session did not change it`);
  });
}

/** What may be approved without being named: as in a merge, neither what is ignored nor what looks like a secret; and no conflict. */
function isPlain({ ignored, secret, conflict }: ChangeItem): boolean {
  return !ignored && !secret && !conflict;
}

/** Hunks count lines of the content before; which content that was is kept with them. */
async function withBases(
  views: SessionViews,
  request: { readonly session: SessionId; readonly signal: AbortSignal },
  files: readonly FileReview[],
): Promise<FileReview[]> {
  const open = files.filter((file) => file.verdict === 'hunks' && file.baseSha256 === undefined);
  if (open.length === 0) return [...files];
  const set = views.last(request.session) ?? (await views.run(request, async (view) => view.set));
  const wanted = new Set(open.map((file) => file.path));
  const bases = new Map<string, string | null>();
  for (const item of set.items) {
    const path = toText(item.path);
    if (wanted.has(path)) bases.set(path, digestOf(item.base ?? ABSENT));
  }
  return files.map((file) => {
    const base = file.verdict === 'hunks' && file.baseSha256 === undefined ? bases.get(file.path) : undefined;
    return base === undefined ? file : { ...file, baseSha256: base };
  });
}
