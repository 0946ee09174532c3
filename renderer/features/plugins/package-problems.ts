import { Fault } from '../../../schema/fault.ts';
import { type Explanation, problemMessages } from './problem-messages.ts';

/** Something that is wrong with a package, as the kernel says it. */
export interface PackageProblem {
  readonly code: string;
  readonly message: string;
  readonly path: string;
  /** Who would have to be trusted. */
  readonly publisher?: string;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = problemMessages;

/** In plain words; undefined for a code that this window does not know, which its own message then has to explain. */
export function explanationOf(code: string): Explanation | undefined {
  return Object.hasOwn(EXPLANATIONS, code) ? EXPLANATIONS[code] : undefined;
}

/** What a refusal lists; none where something else went wrong. */
export function packageProblemsOf(thrown: unknown): readonly PackageProblem[] {
  if (!(thrown instanceof Fault) || thrown.code !== 'plugin_refused') return [];
  // The kernel made it; that `plugin_refused` carries its problems is the contract's.
  return (thrown.data as { problems?: readonly PackageProblem[] } | undefined)?.problems ?? [];
}

/** What the reason of a refused plugin lists: `digest_mismatch: …; extra_file: …`. None where it is another one. */
export function problemsOfReason(reason: string): readonly Pick<PackageProblem, 'code' | 'message'>[] {
  const parts = reason.split(/; (?=[a-z_]+: )/).map((part) => /^([a-z_]+): ([^]*)$/.exec(part));
  return parts.flatMap((part) => (part === null ? [] : { code: part[1] ?? '', message: part[2] ?? '' }));
}
