import type { AuditBlockCount } from '../../../schema/contract/audit.ts';

/** A stretch of the chain, how many of its records match, and the row of the first of them. */
export interface MapBlock extends AuditBlockCount {
  readonly start: number;
}

/** Sparse matches are asked for together, as long as they do not lie further apart than this many records. */
const SPAN_RECORDS = 8192;
/** A page holds no more than this, so that it arrives at once. */
const PAGE_RECORDS = 512;

/** Which row of a list lies where in the chain: the newest match is row 0. */
export class BlockMap {
  #blocks: MapBlock[] = [];

  get rows(): number {
    const last = this.#blocks.at(-1);
    return last === undefined ? 0 : last.start + last.count;
  }

  /** Adds older blocks, which are given newest first. */
  append(blocks: readonly AuditBlockCount[]): void {
    for (const { first, last, count } of blocks) {
      const former = this.#blocks.at(-1);
      const isNear = former && former.last - first < SPAN_RECORDS && former.count + count <= PAGE_RECORDS;
      if (isNear) this.#blocks[this.#blocks.length - 1] = { ...former, first, count: former.count + count };
      else this.#blocks.push({ first, last, count, start: this.rows });
    }
  }

  /** Adds one block that is newer than all others. */
  prepend({ first, last, count }: AuditBlockCount): void {
    const [newest] = this.#blocks;
    const isNear = newest && last - newest.first < SPAN_RECORDS && newest.count + count <= PAGE_RECORDS;
    const head = isNear
      ? { first: newest.first, last, count: newest.count + count, start: 0 }
      : { first, last, count, start: 0 };
    const others = isNear ? this.#blocks.slice(1) : this.#blocks;
    this.#blocks = [head, ...others.map((block) => ({ ...block, start: block.start + count }))];
  }

  /** The block that holds a row; undefined past the end. */
  blockOf(row: number): MapBlock | undefined {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#blocks[middle]?.start ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    const block = this.#blocks[low];
    return block !== undefined && row >= block.start && row < block.start + block.count ? block : undefined;
  }

  /** The block that holds a record of that number, or the next older one. */
  blockAt(seq: number): MapBlock | undefined {
    return this.#blocks.find((block) => block.first <= seq);
  }

  /** The blocks that hold rows from `first` to before `end`. */
  blocksOf(first: number, end: number): MapBlock[] {
    const found: MapBlock[] = [];
    for (let block = this.blockOf(first); block !== undefined && block.start < end; ) {
      found.push(block);
      block = this.blockOf(block.start + block.count);
    }
    return found;
  }
}
