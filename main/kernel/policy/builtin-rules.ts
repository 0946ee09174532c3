import {
  PROTECTED_THINGS,
  ProtectedLocations,
  type ProtectedLocation,
  type ProtectedThing,
} from './protected-locations.ts';
import type { Subject } from './subject.ts';

/** A rule of the first layer: in code, always asked, not configurable. No opinion is undefined. */
export interface BuiltinRule {
  readonly name: string;
  judge(
    subject: Subject,
  ): { readonly decision: 'allow' | 'deny' | 'require_review'; readonly reason?: string } | undefined;
}

/** The first layer. Most calls concern none of its rules, and one question tells so for all of them. */
export interface BuiltinRules extends ReadonlyArray<BuiltinRule> {
  /** False where no rule has an opinion; absent: each has to be asked. */
  readonly mayConcern?: (subject: Subject) => boolean;
}

/** Paths that leave the workspace are refused under this name before any rule is asked. */
export const WORKSPACE_ESCAPE = 'workspace-escape';

const PROTECTED: readonly { readonly thing: ProtectedThing; readonly reason: string }[] = [
  { thing: 'policy-files', reason: 'The policy is changed only through policy.update' },
  { thing: 'program-files', reason: "The program's own files are not changed by what it runs" },
  { thing: 'audit-log', reason: 'The audit log is read and exported only through audit calls' },
  { thing: 'session-database', reason: 'The session database is used by the kernel alone' },
  { thing: 'engine-socket', reason: 'The kernel alone talks to the container engine' },
];

/** What makes the policy say something else: another document, and a session that it does not stop. */
const POLICY_CHANGES: ReadonlyMap<string, string> = new Map([
  ['policy.update', 'A change of the policy needs a person'],
  ['policy.restore', 'A change of the policy needs a person'],
  ['policy.record', 'A session in record mode is not stopped by the policy: that needs a person'],
]);

const policyUpdate: BuiltinRule = {
  name: 'policy-update',
  judge({ call }) {
    const reason = POLICY_CHANGES.get(call.syscall);
    return reason === undefined ? undefined : { decision: 'require_review', reason };
  },
};

/** The first layer for a machine: what lies where is given, what is protected is not. `workspace-escape` comes before these. */
export function builtinRules(locations: readonly ProtectedLocation[]): BuiltinRules {
  // One look at a path answers for all the things.
  const places = new ProtectedLocations(locations);
  const rules = PROTECTED.map(({ thing, reason }): BuiltinRule => {
    const refusal = { decision: 'deny', reason } as const;
    const bit = PROTECTED_THINGS[thing];
    return { name: thing, judge: (subject) => ((places.touchedBy(subject) & bit) === 0 ? undefined : refusal) };
  });
  const mayConcern = (subject: Subject): boolean =>
    POLICY_CHANGES.has(subject.call.syscall) || places.touchedBy(subject) !== 0;
  return Object.assign([...rules, policyUpdate], { mayConcern });
}
