import { type ChainHead, EMPTY_CHAIN } from './chain.ts';
import { linkOfLine } from './chain-link.ts';
import { type ChainReport, ChainVerifier, type FirstBad } from './chain-verifier.ts';
import { type Checkpoint, verifyNote } from './checkpoint-note.ts';
import { type Manifest, parseManifest } from './manifest.ts';

export interface ExportVerifierOptions {
  /** The text of FILE.manifest.json. */
  readonly manifest: string;
  /** The key that the operator expects, raw in Base64; without it the manifest's own is believed. */
  readonly publicKey?: string;
  /** The record that the first line has to follow; without it what that line says is believed. */
  readonly after?: ChainHead;
  /** Checkpoints over lines of this export, their signatures already verified: it must agree with them. */
  readonly held?: readonly Checkpoint[];
}

/** Verifies an export line by line, without the database that it came from. */
export class ExportVerifier {
  readonly #after: ChainHead | undefined;
  readonly #held: readonly Checkpoint[];
  readonly #manifest: Manifest | undefined;
  readonly #end: Checkpoint | undefined;
  #chain: ChainVerifier | undefined;
  #firstBad: FirstBad | undefined;

  constructor(options: ExportVerifierOptions) {
    const manifest = parseManifest(options.manifest);
    const publicKey = options.publicKey ?? manifest?.publicKey;
    this.#after = options.after;
    this.#held = options.held ?? [];
    this.#manifest = manifest;
    this.#end = manifest && publicKey === manifest.publicKey ? endOf(manifest) : undefined;
    if (!manifest) this.#firstBad = { seq: 1, problem: 'format' };
  }

  /** Takes the next line without its line end; undefined stands for bytes that are no line of UTF-8. Answers whether to go on. */
  next(line: string | undefined): boolean {
    if (this.#firstBad) return false;
    const link = line === undefined ? undefined : linkOfLine(line);
    this.#chain ??= this.#begin(link?.prev);
    if (this.#manifest && this.#chain.head.seq === this.#manifest.last) {
      this.#firstBad = { seq: this.#manifest.last + 1, problem: 'tail' };
      return false;
    }
    return this.#chain.next(link);
  }

  finish(): ChainReport {
    const chain = this.#chain ?? this.#begin(undefined);
    const report = chain.finish();
    const unsigned = this.#manifest && !this.#end ? signatureProblem(this.#manifest.last) : undefined;
    const firstBad = this.#firstBad ?? report.firstBad ?? unsigned;
    return firstBad ? { ...report, ok: false, firstBad } : { ...report, checkpoints: report.checkpoints + 1 };
  }

  /** An export that begins after the genesis record takes the hash before its first line from that line: the checkpoint at its end covers it. */
  #begin(firstPrevious: string | undefined): ChainVerifier {
    const manifest = this.#manifest;
    const inMiddle = manifest !== undefined && manifest.first > 1 && firstPrevious !== undefined;
    return new ChainVerifier({
      publicKey: manifest?.publicKey ?? '',
      after: this.#after ?? (inMiddle ? { seq: manifest.first - 1, hash: firstPrevious } : EMPTY_CHAIN),
      ...(manifest && this.#end ? { chain: manifest.chain, held: [this.#end, ...this.#held] } : {}),
    });
  }
}

/** The checkpoint over the last record, when it is signed and covers exactly that one of that chain. */
function endOf(manifest: Manifest): Checkpoint | undefined {
  const signed = verifyNote(manifest.checkpoint, manifest.publicKey);
  return signed?.seq === manifest.last && signed.chain === manifest.chain ? signed : undefined;
}

function signatureProblem(seq: number): FirstBad {
  return { seq, problem: 'signature' };
}
