/** A recording that is being written. */
export interface CastFile {
  /** Resolves when more may come. */
  write(line: string): Promise<void>;
  end(): Promise<void>;
}

export interface KeptCast {
  readonly id: string;
  readonly file: string;
  readonly sizeBytes: number;
  /** The first line. */
  readonly header: string;
}

/** Port: where recordings lie, each in a file that only the operator can read. */
export interface CastFiles {
  /** Where the file of this recording lies or will lie. */
  fileOf(id: string): string;
  create(id: string): Promise<CastFile>;
  list(): Promise<readonly KeptCast[]>;
  /** Rejects with `not_found`. */
  lines(id: string, signal: AbortSignal): AsyncIterable<string>;
  /** Idempotent. */
  remove(id: string): Promise<void>;
}
