import { isAscii, isUtf8 } from 'node:buffer';
import { hash as sha256 } from 'node:crypto';
import type { ChainHead } from '../../kernel/audit/chain.ts';
import { type ChainLink, linkOfText } from '../../kernel/audit/chain-link.ts';
import type { Connection } from './connection.ts';

const HASH_BYTES = 32;
const HASH_DIGITS = 64;
const RUN_RECORDS = 128;
/** What stands before each body of a run: a line end, which canonical JSON has none of, and room for the hash before it. */
const SEPARATOR = `\n${' '.repeat(HASH_BYTES)}`;

/** Records that follow one another, as few values: to fetch them row by row takes as long as to hash them. */
export interface RecordRun {
  /** Each body with the separator before it, in UTF-8. */
  readonly bodies: Buffer;
  /** Their hashes in order, one behind the other. */
  readonly hashes: string;
  readonly texts: readonly string[];
  /** Whether each character is a byte. */
  readonly ascii: boolean;
}

interface RunRow {
  readonly count: number;
  readonly bodies: Buffer | null;
  readonly hashes: string | null;
}

/** Reads the chain in short runs, so that what is made of one is let go before it has become old. */
export class RunReader {
  readonly #select;

  constructor(connection: Connection) {
    this.#select = connection.prepare<[string, string, number, number], RunRow>(
      `SELECT count(*) AS count, CAST(? || group_concat(body, ?) AS BLOB) AS bodies, group_concat(hash, '') AS hashes
       FROM (SELECT hash, body FROM audit_record WHERE seq BETWEEN ? AND ? ORDER BY seq)`,
    );
  }

  /** The records behind that number to the end of their run; undefined when one is missing or is not what the log writes. */
  after(seq: number, throughSeq: number): RecordRun | undefined {
    const last = lastOfRun(seq, throughSeq);
    const { count, bodies, hashes } = this.#select.get(SEPARATOR, SEPARATOR, seq + 1, last) ?? { count: 0 };
    if (count !== last - seq || !bodies || hashes?.length !== count * HASH_DIGITS) return undefined;
    const ascii = isAscii(bodies);
    if (!ascii && !isUtf8(bodies)) return undefined;
    const texts = bodies.toString(ascii ? 'latin1' : 'utf8').split(SEPARATOR);
    texts.shift();
    return texts.length === count ? { bodies, hashes, texts, ascii } : undefined;
  }
}

/** The last record of the run that begins behind `seq`. */
export function lastOfRun(seq: number, throughSeq: number): number {
  return Math.min(throughSeq, (Math.floor(seq / RUN_RECORDS) + 1) * RUN_RECORDS);
}

/** The hash of the record at that place of a run. */
export function hashInRun({ hashes }: RecordRun, index: number): string {
  return hashes.slice(index * HASH_DIGITS, (index + 1) * HASH_DIGITS);
}

/**
 * The links of a run behind `head`; undefined where one has not the hash of its stored bytes, or is no record. Writes the
 * hashes into the run's bytes.
 */
export function linksOfRun(run: RecordRun, head: ChainHead): ChainLink[] | undefined {
  const { bodies, texts, ascii } = run;
  const links: ChainLink[] = [];
  let prev = head.hash;
  let from = 1;
  for (const [index, body] of texts.entries()) {
    const to = from + HASH_BYTES + (ascii ? body.length : Buffer.byteLength(body));
    bodies.write(prev, from, HASH_BYTES, 'hex');
    const digest = sha256('sha256', bodies.subarray(from, to), 'hex');
    const hash = hashInRun(run, index);
    if (digest !== hash) return undefined;
    const link = linkOfText({ seq: head.seq + 1 + index, hash, body }, { prev, digest });
    if (link === undefined) return undefined;
    links.push(link);
    prev = hash;
    from = to + 1;
  }
  return from === bodies.length + 1 ? links : undefined;
}
