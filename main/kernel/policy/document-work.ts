import type { DocumentError, DocumentWarning, PolicyDocument, PolicyRule } from '../../../schema/policy.ts';
import { Pace } from '../changes/pace.ts';
import { compilingPolicy } from './compiled-policy.ts';
import { type LoadedDocument, loadDocument } from './document.ts';
import type { PolicyCheck } from './offline.ts';
import type { CasesResult } from './policy-cases.ts';
import type { Sentences } from './rule-sentence.ts';

/** Rules that cross from the thread as one text: few enough to be read in much less than a turn. */
const RULES_A_PIECE = 100;

/** A text that was read and checked elsewhere, on its way back: texts cross threads at next to no cost, objects do not. */
export type ReadDocument =
  | {
      readonly ok: true;
      readonly head: string;
      readonly rules: readonly string[];
      readonly warnings: readonly DocumentWarning[];
    }
  | { readonly ok: false; readonly errors: readonly DocumentError[] };

/** Port: work on the text of a document that takes longer than the main thread has. Rejects with a Fault. */
export interface DocumentWork {
  check(text: string): Promise<PolicyCheck>;
  /** @throws Fault `policy_invalid` */
  sentences(text: string): Promise<Sentences>;
  /** @throws Fault `cases_invalid` */
  test(text: string): Promise<CasesResult>;
  read(text: string): Promise<ReadDocument>;
}

/** The part of reading that belongs in a thread of its own. */
export function readDocument(text: string): ReadDocument {
  const loaded = loadDocument(text);
  if (!loaded.ok) return loaded;
  const { rules, ...head } = loaded.document.document;
  const pieces: string[] = [];
  for (let from = 0; from < rules.length; from += RULES_A_PIECE)
    pieces.push(JSON.stringify(rules.slice(from, from + RULES_A_PIECE)));
  return { ok: true, head: JSON.stringify(head), rules: pieces, warnings: loaded.warnings };
}

/** What `loadDocument` gives, made of a text that was read elsewhere, in turns of a few milliseconds. */
export async function assembleDocument(read: ReadDocument): Promise<LoadedDocument> {
  if (!read.ok) return read;
  const pace = new Pace();
  const rules: PolicyRule[] = [];
  for (const piece of read.rules) {
    if (pace.due) await pace.breathe();
    rules.push(...(JSON.parse(piece) as PolicyRule[])); // readDocument has written and checked it
  }
  const head = JSON.parse(read.head) as Omit<PolicyDocument, 'rules'>; // as above
  const { warnings } = read;
  const compiling = compilingPolicy({ ...head, rules }, { warnings });
  for (;;) {
    const step = compiling.next();
    if (step.done === true) return { ok: true, document: step.value, warnings };
    if (pace.due) await pace.breathe();
  }
}

/** Reads, checks and compiles a document without holding the main thread. */
export async function loadWith(work: Pick<DocumentWork, 'read'>, text: string): Promise<LoadedDocument> {
  return assembleDocument(await work.read(text));
}
