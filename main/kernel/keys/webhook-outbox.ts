import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { KeyRecord, RotationNotice } from './key-record.ts';
import { prefixOf } from './key-token.ts';
import type { WebhookSender, WebhookSettings } from './ports.ts';
import { signedHeaders } from './webhook-signature.ts';

const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 60 * 60 * 1000;
/** What is under way at the end of the service may still come through. */
const END_GRACE_MS = 3000;
/** A receiver that was not there for a day is told no more; the list of keys says so. */
const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1000;

/** Port: the rotations that are still to be told, which lie with their keys. */
export interface Notices {
  waiting(): readonly (KeyRecord & { readonly notice: RotationNotice })[];
  /** Undefined: there is nothing left to tell. Rejects with `storage_failed`. */
  settle(id: string, notice: RotationNotice | undefined): Promise<void>;
}

export interface OutboxOptions {
  readonly notices: Notices;
  readonly settings: WebhookSettings;
  readonly sender: WebhookSender;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Tells the webhook of rotations, each at least once, in the order they are due, with growing pauses after a failure. What is
 * waiting lies on disk with the keys, so that a restart goes on where this one stopped.
 */
export class WebhookOutbox implements AsyncDisposable {
  readonly #options: OutboxOptions;
  readonly #stop = new AbortController();
  #timer: Disposable | undefined;
  #round: Promise<void> | undefined;
  #lastProblem: string | undefined;
  #isEnded = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Why the last attempt came to nothing; undefined when it came through. */
  get lastProblem(): string | undefined {
    return this.#lastProblem;
  }

  /** Sends what is due, and sees to it that the rest is sent in its time. */
  wake(): void {
    if (this.#isEnded || this.#round !== undefined) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#round = this.#sendDue().finally(() => {
      this.#round = undefined;
      this.#plan();
    });
  }

  /** Resolves when nothing of it runs any more: a request that is under way is cut off after three seconds. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    const grace = this.#options.clock.setTimer(END_GRACE_MS, () => this.#stop.abort());
    await this.#round;
    grace[Symbol.dispose]();
  }

  #plan(): void {
    if (this.#isEnded) return;
    const { notices, clock } = this.#options;
    const dueAt = Math.min(...notices.waiting().map(({ notice }) => notice.dueAt));
    if (Number.isFinite(dueAt)) this.#timer = clock.setTimer(Math.max(0, dueAt - clock.now()), () => this.wake());
  }

  async #sendDue(): Promise<void> {
    const { notices, clock, logger } = this.#options;
    const due = notices
      .waiting()
      .filter(({ notice }) => notice.dueAt <= clock.now())
      .sort((a, b) => a.notice.dueAt - b.notice.dueAt || a.issuedAt - b.issuedAt);
    for (const record of due) {
      if (this.#isEnded) return;
      const problem = await this.#send(record);
      // A request that was cut off by the end of the service was no attempt.
      if (this.#stop.signal.aborted) return;
      this.#lastProblem = problem;
      const notice = problem === undefined ? undefined : this.#later(record, problem);
      await notices
        .settle(record.id, notice)
        .catch((cause: unknown) =>
          logger.error('what was told of a rotation could not be stored', { key: record.id, cause }),
        );
    }
  }

  /** Why it did not come through; undefined where it did. */
  async #send(record: KeyRecord): Promise<string | undefined> {
    const { settings, sender, clock } = this.#options;
    const url = settings.url();
    if (url === undefined) return 'no webhook is configured';
    try {
      const secret = settings.secret();
      if (secret === undefined) return 'the webhook has no secret';
      const body = rotationBody(record);
      const headers = signedHeaders(secret, body, clock.now());
      const status = await sender.post({ url, headers, body }, this.#stop.signal);
      return status >= 200 && status < 300 ? undefined : `the receiver answered with status ${status}`;
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  #later({ id, issuedAt, notice }: KeyRecord & { readonly notice: RotationNotice }, problem: string): RotationNotice {
    const { clock, logger } = this.#options;
    const attempts = notice.attempts + 1;
    const nowMs = clock.now();
    const dueAt = nowMs + Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
    const isOver = dueAt > issuedAt + GIVE_UP_AFTER_MS;
    logger.warn('the webhook was not told of a rotation', { key: id, attempts, problem, isOver });
    return { attempts, dueAt, ...(isOver ? { failed: true } : {}) };
  }
}

/** Spec: gateway.md, Keys. Never the token. */
export function rotationBody({ id, previous, issuedAt, scope, owner }: KeyRecord): string {
  return JSON.stringify({
    event: 'key.rotated',
    key_id: id,
    previous_key_id: previous,
    rotated_at: new Date(issuedAt).toISOString(),
    scope,
    owner,
    key_prefix: prefixOf(id),
  });
}
