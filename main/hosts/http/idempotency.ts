import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../../schema/fault.ts';

/** An answer that can be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
}

/** One request with an idempotency key. */
export interface RepeatableRequest {
  /** Whose: keys of others never meet. */
  readonly owner: string;
  readonly key: string;
  /** What is asked for: operation and input. */
  readonly request: string;
}

interface Entry {
  readonly digest: string;
  readonly until: number;
  readonly answer: Promise<KeptAnswer>;
  settled: boolean;
  /** Of the answer, once it is known. */
  characters: number;
}

const KEPT_MS = 24 * 60 * 60 * 1000;
const ENTRIES_LIMIT = 10_000;
const ANSWER_LIMIT = 65_536;
/** Of all answers together: five hundred of the longest, and all of the usual ones. */
const ANSWERS_LIMIT = 32 * 1024 * 1024;

/**
 * Remembers the answers of requests that carry an `Idempotency-Key`, in memory, for a day: the same request gets the first
 * answer again, and nothing happens twice (draft-ietf-httpapi-idempotency-key-header).
 */
export class Idempotency {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  #characters = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Does the work, or gives the answer of the time before. A server's failure (5xx) is not kept: trying again may help.
   * @throws Fault `idempotency_key_reused` for another request under the key, `request_under_way`, and what the work throws
   */
  async answer(request: RepeatableRequest, work: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
    const id = `${request.owner} ${request.key}`;
    const digest = createHash('sha256').update(request.request).digest('hex');
    const known = this.#live(id);
    if (known !== undefined) {
      if (known.digest !== digest) throw reused();
      if (!known.settled) throw underWay();
      return known.answer;
    }
    const entry: Entry = { digest, until: this.#clock.now() + KEPT_MS, answer: work(), settled: false, characters: 0 };
    this.#entries.set(id, entry);
    this.#makeRoom();
    try {
      const answer = await entry.answer;
      entry.settled = true;
      if (answer.status >= 500 || answer.body.length > ANSWER_LIMIT) this.#forget(id, entry);
      else this.#keep(id, entry, answer.body.length);
      return answer;
    } catch (thrown) {
      entry.settled = true;
      this.#forget(id, entry);
      throw thrown;
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  #live(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.until > this.#clock.now()) return entry;
    this.#forget(id, entry);
    return undefined;
  }

  /** Another one may have come in its place, where this one took longer than a day. */
  #forget(id: string, entry: Entry): void {
    if (this.#entries.get(id) !== entry) return;
    this.#characters -= entry.characters;
    this.#entries.delete(id);
  }

  #keep(id: string, entry: Entry, characters: number): void {
    if (this.#entries.get(id) !== entry) return;
    entry.characters = characters;
    this.#characters += characters;
    this.#makeRoom();
  }

  /** The oldest go first; what is under way stays, or it could happen twice. */
  #makeRoom(): void {
    for (const [id, entry] of this.#entries) {
      if (this.#entries.size <= ENTRIES_LIMIT && this.#characters <= ANSWERS_LIMIT) return;
      if (entry.settled) this.#forget(id, entry);
    }
  }
}

function reused(): Fault {
  return new Fault('idempotency_key_reused', 'Cannot take the request: its idempotency key was used for another one', {
    fix: 'Use a new key for each request, and the same key only to send the same request again.',
  });
}

function underWay(): Fault {
  return new Fault(
    'request_under_way',
    'Cannot take the request: the first one with its idempotency key is under way',
    {
      retryable: true,
    },
  );
}
