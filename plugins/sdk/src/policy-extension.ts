/**
 * Types for extension rules: TypeScript files in the folder `policy-extensions` of Cavern's home, each with
 * `export const rules: readonly ExtensionRule[]`. They run in an engine of their own that has no clock, no chance, no
 * files and no network, and have 100 ms for an answer; docs/policy.md tells the rest.
 */
import type { PolicyCall } from '../../../schema/policy.ts';

/** The call that is judged. `path` is as the caller wrote it; rules of the document and built-in ones see it normalised. */
export type ExtensionCall = PolicyCall;

/** `pass` is no opinion. A denial is final, whatever the document allows. */
export type ExtensionAnswer =
  | 'allow'
  | 'deny'
  | 'require_review'
  | 'pass'
  | {
      readonly decision: 'allow' | 'deny' | 'require_review' | 'pass';
      /** What a person reads who is refused or asked; the rule's name where there is none. At most 500 characters. */
      readonly reason?: string;
    };

export interface ExtensionRule {
  /** Unique among all extension rules; decisions and the audit log name it. */
  readonly name: string;
  /** The calls it is asked about; about every call where this is left out, which costs each of them some 0.1 ms. */
  readonly syscalls?: readonly string[];
  /** Answers at once and from the call alone: what a rule remembers is lost whenever its engine is started again. */
  judge(call: ExtensionCall): ExtensionAnswer;
}
