/** How much of one stream of a command an answer holds: its first lines, and more of its last ones. */
export const STREAM_LIMIT_BYTES = 100_000;
/** How long an answer may be as JSON text. */
export const ANSWER_LIMIT = 400_000;

const HEAD_SHARE = 0.25;
const STRING_LIMITS = [100_000, 20_000, 4_000, 1_000];
const LIST_LIMIT = 200;

/** Text that comes in pieces, of which the beginning and the end are kept and the middle is counted. */
export class LimitedText {
  readonly #headBytes: number;
  readonly #tailBytes: number;
  #head = Buffer.alloc(0);
  /** Whole pieces; together less than one piece longer than they may be. */
  readonly #tail: Buffer[] = [];
  #tailLength = 0;
  #bytes = 0;

  constructor(limitBytes = STREAM_LIMIT_BYTES) {
    this.#headBytes = Math.floor(limitBytes * HEAD_SHARE);
    this.#tailBytes = limitBytes - this.#headBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get leftOutBytes(): number {
    return Math.max(0, this.#bytes - this.#headBytes - this.#tailBytes);
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    const room = this.#headBytes - this.#head.length;
    if (room > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)]);
    const rest = chunk.subarray(Math.max(0, room));
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailLength += rest.length;
    for (let [first] = this.#tail; first && this.#tailLength - first.length >= this.#tailBytes; [first] = this.#tail) {
      this.#tailLength -= first.length;
      this.#tail.shift();
    }
  }

  /** What was kept, with a line in place of what was not. */
  get text(): string {
    const tail = Buffer.concat(this.#tail).subarray(-this.#tailBytes);
    if (this.leftOutBytes === 0) return Buffer.concat([this.#head, tail]).toString('utf8');
    // A character that was cut in two is not shown.
    const before = this.#head.toString('utf8').replace(/\uFFFD$/, '');
    const after = tail.toString('utf8').replace(/^\uFFFD+/, '');
    return `${before}\n[… ${this.leftOutBytes} bytes left out …]\n${after}`;
  }
}

export interface Limited {
  readonly value: unknown;
  /** What was left out, in words; undefined where nothing was. */
  readonly leftOut: string | undefined;
}

/** Shortens long texts and lists inside of a value until it fits; its form stays, and each cut says how much is gone. */
export function limitedValue(value: unknown, limit = ANSWER_LIMIT): Limited {
  const length = JSON.stringify(value)?.length ?? 0;
  if (length <= limit) return { value, leftOut: undefined };
  for (const stringLimit of STRING_LIMITS) {
    const cut = cutStrings(value, stringLimit);
    if (JSON.stringify(cut).length <= limit) return { value: cut, leftOut: sayCut(length) };
  }
  return { value: cutLists(cutStrings(value, STRING_LIMITS.at(-1) ?? 0)), leftOut: sayCut(length) };
}

function sayCut(length: number): string {
  return `shortened: the whole answer has ${length} characters; ask for less to see what is left out`;
}

function cutStrings(value: unknown, limit: number): unknown {
  if (typeof value === 'string') {
    return value.length <= limit ? value : `${value.slice(0, limit)}[… ${value.length - limit} characters left out …]`;
  }
  return mapped(value, (inner) => cutStrings(inner, limit));
}

function cutLists(value: unknown): unknown {
  return mapped(Array.isArray(value) ? value.slice(0, LIST_LIMIT) : value, cutLists);
}

function mapped(value: unknown, change: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
}
