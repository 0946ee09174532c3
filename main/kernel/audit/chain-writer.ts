import type { AuditEntry, AuditRecord } from '../../../schema/audit-record.ts';
import type { AuditBatch, Durability } from './audit-store.ts';
import type { BodyHalves } from './canonical.ts';
import { type ChainHead, linkHash, recordOf } from './chain.ts';
import { type Signer, signNote } from './checkpoint-note.ts';
import { draftBody } from './draft-body.ts';

/** A checkpoint is written at the latest after this many records. */
export const CHECKPOINT_AFTER_RECORDS = 1000;

/** Something to be written: a record, a checkpoint of what is before it, or nothing but the wish that all before it is synced. */
export interface Pending {
  readonly what: BodyHalves | 'checkpoint' | 'barrier';
  readonly atMs: number;
  readonly settle?: {
    readonly resolve: (record: AuditRecord | undefined) => void;
    readonly reject: (cause: Error) => void;
  };
}

/** A batch on its way to the store, and what it is made of. */
export interface BuiltBatch {
  readonly batch: AuditBatch;
  readonly pending: readonly Pending[];
  /** The record of each pending one that somebody waits for. */
  readonly records: ReadonlyMap<Pending, () => AuditRecord>;
  readonly end: ChainPosition;
}

/** Where the chain is: its head, and the record that its newest checkpoint covers. */
export interface ChainPosition {
  readonly head: ChainHead;
  readonly coveredSeq: number;
}

/** Links entries to the chain ahead of their being stored; `rewind` takes back what was not stored after all. */
export class ChainWriter {
  readonly #chain: string;
  readonly #signer: Signer;
  #position: ChainPosition;

  constructor(chain: string, signer: Signer, position: ChainPosition) {
    this.#chain = chain;
    this.#signer = signer;
    this.#position = position;
  }

  get position(): ChainPosition {
    return this.#position;
  }

  rewind(position: ChainPosition): void {
    this.#position = position;
  }

  /** The checkpoint of a head, signed now. */
  sign(head: ChainHead): string {
    return signNote(this.#chain, head, this.#signer);
  }

  build(pending: readonly Pending[], durability: Durability): BuiltBatch {
    const after = this.#position.head;
    const draft = { bodies: [] as string[], hashes: [] as string[], note: undefined as string | undefined };
    const records = new Map<Pending, () => AuditRecord>();
    for (const item of pending) {
      if (typeof item.what === 'object') {
        const whole = this.#link(draft, item.what);
        if (item.settle) records.set(item, whole);
      }
      const { head, coveredSeq } = this.#position;
      const due = head.seq - coveredSeq >= CHECKPOINT_AFTER_RECORDS || item.what === 'checkpoint';
      if (due && head.seq > coveredSeq) this.#linkCheckpoint(draft, item.atMs);
    }
    const { note, ...links } = draft;
    const batch = { after, ...links, durability, ...(note === undefined ? {} : { note }) };
    return { batch, pending, records, end: this.#position };
  }

  /** Answers a function that gives the whole record, for the few that somebody waits for. */
  #link(draft: Draft, { before, after }: BodyHalves): () => AuditRecord {
    const { head, coveredSeq } = this.#position;
    const seq = head.seq + 1;
    const body = before + seq + after;
    const hash = linkHash(head.hash, body);
    draft.bodies.push(body);
    draft.hashes.push(hash);
    this.#position = { head: { seq, hash }, coveredSeq };
    return () => recordOf({ seq, hash, body }, head.hash);
  }

  #linkCheckpoint(draft: Draft, at: number): void {
    const note = this.sign(this.#position.head);
    const entry: AuditEntry = {
      type: 'checkpoint',
      actor: 'kernel',
      data: { note, publicKey: this.#signer.publicKey },
    };
    this.#link(draft, draftBody(entry, at));
    draft.note = note;
    // The checkpoint record itself needs no further checkpoint: an idle chain stays as it is.
    this.#position = { head: this.#position.head, coveredSeq: this.#position.head.seq };
  }
}

interface Draft {
  readonly bodies: string[];
  readonly hashes: string[];
  note: string | undefined;
}
