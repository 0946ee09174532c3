import { type ChainHead, EMPTY_CHAIN } from './chain.ts';
import type { ChainLink } from './chain-link.ts';
import { type Checkpoint, verifyNote } from './checkpoint-note.ts';

/**
 * What is wrong with a chain: a number that does not follow (`gap`), bytes that do not give the hash or a hash that does
 * not follow (`hash`), a checkpoint that its key did not sign or that signs something else (`signature`), an end that is
 * not the one a checkpoint vouches for (`tail`), or bytes that are no record in canonical form (`format`).
 */
export type ChainProblem = 'gap' | 'hash' | 'signature' | 'tail' | 'format';

export interface FirstBad {
  readonly seq: number;
  readonly problem: ChainProblem;
}

export interface ChainReport {
  readonly ok: boolean;
  /** How many records were good, from the first on. */
  readonly records: number;
  /** The last good record. */
  readonly head: ChainHead | null;
  /** How many checkpoint records with a good signature were among them. */
  readonly checkpoints: number;
  readonly firstBad: FirstBad | null;
}

export interface ChainVerifierOptions {
  /** The key that every checkpoint must be signed with, raw in Base64. */
  readonly publicKey: string;
  /** Where to begin: the trusted record before the first one. The empty chain when absent. */
  readonly after?: ChainHead;
  /** The chain id, when it is known before the genesis record is read. */
  readonly chain?: string;
  /** Checkpoints held elsewhere, their signatures already verified: the chain must reach and contain them. */
  readonly held?: readonly Checkpoint[];
}

/** Takes the links of a chain in their order and stops at the first bad one. Holds nothing but the head. */
export class ChainVerifier {
  readonly #publicKey: string;
  readonly #start: ChainHead;
  readonly #held: readonly Checkpoint[];
  #chain: string | undefined;
  #head: ChainHead;
  #checkpoints = 0;
  #firstBad: FirstBad | undefined;

  constructor(options: ChainVerifierOptions) {
    this.#publicKey = options.publicKey;
    this.#start = options.after ?? EMPTY_CHAIN;
    this.#head = this.#start;
    this.#chain = options.chain;
    this.#held = options.held ?? [];
  }

  get head(): ChainHead {
    return this.#head;
  }

  get firstBad(): FirstBad | undefined {
    return this.#firstBad;
  }

  /** Looks at the next link; undefined stands for bytes that hold no record. Answers whether the chain is good so far. */
  next(link: ChainLink | undefined): boolean {
    if (this.#firstBad) return false;
    const problem = link === undefined ? 'format' : this.#problemOf(link);
    if (link === undefined || problem !== undefined) {
      this.#firstBad = { seq: this.#head.seq + 1, problem: problem ?? 'format' };
      return false;
    }
    this.#head = { seq: link.seq, hash: link.hash };
    return this.#agreesWithHeld(this.#head);
  }

  /** Ends with a problem of the newest link that somebody else found, such as an index that does not show it. */
  fail(problem: ChainProblem): ChainReport {
    this.#firstBad ??= { seq: this.#head.seq, problem };
    return this.finish();
  }

  /** Looks at the end: it must reach every checkpoint that is held. */
  finish(): ChainReport {
    const furthest = Math.max(0, ...this.#held.map((checkpoint) => checkpoint.seq));
    if (!this.#firstBad && furthest > this.#head.seq) this.#firstBad = { seq: this.#head.seq + 1, problem: 'tail' };
    const records = this.#head.seq - this.#start.seq;
    return {
      ok: this.#firstBad === undefined,
      records,
      head: records === 0 ? null : this.#head,
      checkpoints: this.#checkpoints,
      firstBad: this.#firstBad ?? null,
    };
  }

  #problemOf(link: ChainLink): ChainProblem | undefined {
    if (link.record.seq !== this.#head.seq + 1) return 'gap';
    if (link.prev !== this.#head.hash || link.digest !== link.hash) return 'hash';
    if (!link.canonical) return 'format';
    if (link.seq === 1 || link.record.type === 'genesis') return this.#problemOfGenesis(link);
    return link.record.type === 'checkpoint' ? this.#problemOfCheckpoint(link) : undefined;
  }

  #problemOfGenesis({ seq, record }: ChainLink): ChainProblem | undefined {
    const chain = record.data?.['chain'];
    if (seq !== 1 || record.type !== 'genesis' || typeof chain !== 'string') return 'format';
    if (this.#chain !== undefined && this.#chain !== chain) return 'signature';
    this.#chain = chain;
    return undefined;
  }

  #problemOfCheckpoint({ record }: ChainLink): ChainProblem | undefined {
    const { note, publicKey } = record.data ?? {};
    if (typeof note !== 'string' || publicKey !== this.#publicKey) return 'signature';
    const signed = verifyNote(note, this.#publicKey);
    if (signed?.seq !== this.#head.seq || signed.hash !== this.#head.hash) return 'signature';
    if (this.#chain !== undefined && signed.chain !== this.#chain) return 'signature';
    this.#checkpoints += 1;
    return undefined;
  }

  #agreesWithHeld(head: ChainHead): boolean {
    for (const checkpoint of this.#held) {
      if (checkpoint.seq !== head.seq || checkpoint.hash === head.hash) continue;
      this.#firstBad = { seq: head.seq, problem: 'tail' };
    }
    return this.#firstBad === undefined;
  }
}
