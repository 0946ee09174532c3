import type { AuditRecord, AuditType } from '../../../schema/audit-record.ts';
import type { AuditBlockCount, AuditFilters, AuditTimeline } from '../../../schema/contract/audit.ts';
import type { ChainHead } from './chain.ts';
import type { ChainReport } from './chain-verifier.ts';

/** `synced`: on the disk itself when the promise resolves. `buffered`: safe from a crash of this process, not of the machine. */
export type Durability = 'synced' | 'buffered';

/** Records that follow one another; stored all or none. */
export interface AuditBatch {
  /** The head that the first record follows. A store whose head is another one refuses. */
  readonly after: ChainHead;
  /** Canonical JSON without `prev` and `hash`, in order. */
  readonly bodies: readonly string[];
  /** Lower-case hexadecimal, one for each body. */
  readonly hashes: readonly string[];
  readonly durability: Durability;
  /** The newest checkpoint among the records, to be kept beside the store as well, once the record it signs is on disk. */
  readonly note?: string;
}

export interface AuditQuery {
  readonly filters?: AuditFilters | undefined;
  /** Only records with a lower number. */
  readonly before?: number | undefined;
  /** Only records with a higher number. */
  readonly after?: number | undefined;
  /** 1 to 1,000; 100 when absent. */
  readonly limit?: number | undefined;
}

/** Newest first. `next` is what `before` must be for the page after this one; a page may be short, even empty, and still have a next one. */
export interface AuditPage {
  readonly records: AuditRecord[];
  readonly next: number | null;
}

export interface VerifyRequest {
  readonly chain: string;
  readonly publicKey: string;
  /** The trusted record to begin after; the whole chain when absent. */
  readonly after?: ChainHead;
  /** Signed notes, each already verified, that the chain must reach and contain. */
  readonly heldNotes: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface ExportRequest {
  /** Written with FILE.manifest.json beside it; both appear whole or not at all. */
  readonly file: string;
  readonly through: ChainHead;
  readonly manifest: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface CountRequest {
  readonly filters: AuditFilters;
  /** Blocks without a match are left out; `done` of `total` records have been looked at. */
  readonly onBlocks: (blocks: readonly AuditBlockCount[], done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface TimelineRequest {
  readonly filters: AuditFilters;
  readonly slots: number;
  readonly signal?: AbortSignal;
}

/** Where the chain is kept. Failures to write are thrown as Fault with the code `storage_failed`; after one the store may be asked again. */
export interface AuditStore {
  /** The last record that is stored; undefined in an empty store. */
  head(): Promise<ChainHead | undefined>;
  append(batch: AuditBatch): Promise<void>;
  /** The checkpoint note that is kept beside the store. */
  heldNote(): Promise<string | undefined>;
  page(query: AuditQuery): Promise<AuditPage>;
  /** Counts the records that match, newest block first. Resolves when every block was told. */
  count(request: CountRequest): Promise<void>;
  timeline(request: TimelineRequest): Promise<AuditTimeline>;
  /** Up to `limit` records after that number, oldest first. */
  after(seq: number, limit: number): Promise<AuditRecord[]>;
  /** The newest record of a type. */
  newest(type: AuditType): Promise<AuditRecord | undefined>;
  /** Intentions since the newest `kernel_start` that no outcome follows (see outcome.ts), oldest first. */
  unfinished(): Promise<AuditRecord[]>;
  /** Moves the whole chain out, to a file whose name it answers; the store is empty then. Documents stay. */
  setAside(): Promise<string>;
  verify(request: VerifyRequest): Promise<ChainReport>;
  export(request: ExportRequest): Promise<{ readonly records: number }>;
}
