import type { PolicyCall } from '../../../schema/policy.ts';

/** What the rules look at: a call, and one of the paths it leads to in normal form. */
export interface Subject {
  readonly call: PolicyCall;
  /** Normalised and relative to the workspace; undefined for a call that is not about a file. */
  readonly path: string | undefined;
  /** Absolute folders that are the workspace: the operator's own, and where a sandbox sees it. */
  readonly workspaceRoots: readonly string[];
}
