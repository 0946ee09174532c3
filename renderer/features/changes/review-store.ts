import { createStore } from 'zustand/vanilla';
import type { Comment, CommentSide, FileReview, HunkReview, Review } from '../../../schema/contract/review.ts';
import type { Change, CommentId, SessionId, TerminalId } from '../../../schema/entities.ts';
import type { Static } from 'typebox';
import type { KernelClient } from '../../app/kernel-client.ts';

/** Where one was: what a window that opens later comes back to. */
export interface Place {
  readonly path?: string;
  readonly top?: number;
}

interface ReviewState {
  readonly files: ReadonlyMap<string, FileReview>;
  readonly comments: readonly Comment[];
  readonly place: Place;
  readonly loaded: boolean;
}

export interface ReviewStoreOptions {
  readonly client: Pick<KernelClient, 'review'>;
  readonly session: SessionId;
  readonly onFailure: (thrown: unknown) => void;
  /** Something was decided: what a merge would do is another thing now. */
  readonly onDecided: () => void;
}

export interface NewComment {
  readonly path: string;
  readonly side: Static<typeof CommentSide>;
  readonly line: number;
  readonly quote: string;
  readonly text: string;
}

const REMEMBER_DELAY_MS = 600;

/** What the operator thinks of a session's changes. The kernel keeps it; here is what of it is shown. */
export class ReviewStore {
  readonly store = createStore<ReviewState>(() => ({ files: new Map(), comments: [], place: {}, loaded: false }));
  readonly #options: ReviewStoreOptions;
  #rememberTimer: ReturnType<typeof setTimeout> | undefined;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: ReviewStoreOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    await this.#attempt(async ({ client, session }) => {
      let written = this.#lastWrite;
      await written;
      let review = await client.review.get({ session });
      // What was decided meanwhile is not in the answer.
      while (written !== this.#lastWrite) {
        written = this.#lastWrite;
        await written;
        review = await client.review.get({ session });
      }
      const { loaded, place } = this.store.getState();
      this.store.setState({
        files: new Map(review.files.map((file) => [file.path, file])),
        comments: review.comments,
        place: loaded ? place : placeOf(review),
        loaded: true,
      });
    });
  }

  /** Until what was decided last is kept. */
  async settled(): Promise<void> {
    await this.#lastWrite;
  }

  /** Decides whole files; `undecided` takes it back. */
  decide(changes: readonly Change[], verdict: 'accepted' | 'rejected' | 'undecided'): Promise<void> {
    return this.#keep(changes.map(({ path, sha256 }) => ({ path, sha256, verdict })));
  }

  /** Decides hunks of a file; all of them alike is the file. */
  decideHunks(change: Change, hunks: readonly HunkReview[], total: number): Promise<void> {
    const { path, sha256 } = change;
    const [first] = hunks;
    if (first === undefined) return this.decide([change], 'undecided');
    const isWhole = hunks.length === total && hunks.every((hunk) => hunk.verdict === first.verdict);
    if (isWhole && first.verdict !== 'edited') return this.decide([change], first.verdict);
    return this.#keep([{ path, sha256, verdict: 'hunks', hunks: [...hunks] }]);
  }

  /** Takes a text in place of the session's. `workspaceSha256` where it settles a conflict with that content of the folder. */
  edit(change: Change, text: string, workspaceSha256?: string | null): Promise<void> {
    const { path, sha256 } = change;
    return this.#keep([
      { path, sha256, verdict: 'edited', text, ...(workspaceSha256 === undefined ? {} : { workspaceSha256 }) },
    ]);
  }

  /** Settles a conflict by what the session has, against this content of the folder. */
  takeSession(change: Change, workspaceSha256: string | null): Promise<void> {
    const { path, sha256 } = change;
    return this.#keep([{ path, sha256, verdict: 'accepted', workspaceSha256 }]);
  }

  clear(): Promise<void> {
    return this.#write(async ({ client, session }) => {
      await client.review.clear({ session });
      this.store.setState({ files: new Map() });
      this.#options.onDecided();
    });
  }

  comment(comment: NewComment): Promise<void> {
    return this.#write(async ({ client, session }) => {
      const { quote, ...rest } = comment;
      const kept = await client.review.comment({ session, ...rest, ...(quote === '' ? {} : { quote }) });
      this.store.setState(({ comments }) => ({ comments: [...comments, kept] }));
    });
  }

  uncomment(id: CommentId): Promise<void> {
    return this.#write(async ({ client, session }) => {
      await client.review.uncomment({ session, id });
      this.store.setState(({ comments }) => ({ comments: comments.filter((each) => each.id !== id) }));
    });
  }

  /** Sends what was not sent yet: into a terminal, or to wait for whoever asks. Gives how many went. */
  async send(terminal: TerminalId | undefined): Promise<number> {
    let count = 0;
    await this.#write(async ({ client, session }) => {
      const { sent } = await client.review.send({ session, ...(terminal === undefined ? {} : { terminal }) });
      count = sent.length;
    });
    await this.load();
    return count;
  }

  /** Keeps where one is, once one stays there. */
  remember(place: Place): void {
    this.store.setState({ place });
    clearTimeout(this.#rememberTimer);
    this.#rememberTimer = setTimeout(() => {
      const { client, session } = this.#options;
      // Not worth a message: the next place is remembered again.
      client.review.remember({ session, place }).catch(() => undefined);
    }, REMEMBER_DELAY_MS);
  }

  #keep(reviews: readonly FileReview[]): Promise<void> {
    const files = new Map(this.store.getState().files);
    for (const review of reviews) {
      if (review.verdict === 'undecided') files.delete(review.path);
      else files.set(review.path, review);
    }
    this.store.setState({ files });
    return this.#write(async ({ client, session }) => {
      await client.review.decide({ session, files: [...reviews] });
      this.#options.onDecided();
    });
  }

  /** One after the other, so that the last word is the last that is kept. What could not be kept is not shown as if it were. */
  #write(work: (options: ReviewStoreOptions) => Promise<void>): Promise<void> {
    const written = this.#lastWrite.then(() => this.#attempt(work));
    this.#lastWrite = written;
    return written.then((done) => (done === 'done' ? undefined : this.load()));
  }

  async #attempt(work: (options: ReviewStoreOptions) => Promise<void>): Promise<'done' | 'failed'> {
    try {
      await work(this.#options);
      return 'done';
    } catch (thrown) {
      this.#options.onFailure(thrown);
      return 'failed';
    }
  }
}

function placeOf({ place }: Review): Place {
  if (typeof place !== 'object' || place === null) return {};
  // Written by a window, maybe an older one: each part is looked at.
  const { path, top } = place as Record<string, unknown>;
  return { ...(typeof path === 'string' ? { path } : {}), ...(typeof top === 'number' ? { top } : {}) };
}

/** What was decided of a change, unless another content of it was looked at. */
export function reviewOf(files: ReadonlyMap<string, FileReview>, change: Change): FileReview | undefined {
  const review = files.get(change.path);
  return review?.sha256 === change.sha256 ? review : undefined;
}

/** Whether a merge of the review takes something of this change. */
export function isAccepted(review: FileReview | undefined): boolean {
  if (review?.verdict === 'hunks') return review.hunks?.some((hunk) => hunk.verdict !== 'rejected') ?? false;
  return review?.verdict === 'accepted' || review?.verdict === 'edited';
}
