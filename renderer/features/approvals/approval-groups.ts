import type { Approval, ApprovalKind } from '../../../schema/contract/approval.ts';

export interface ApprovalGroup {
  readonly kind: ApprovalKind;
  readonly approvals: readonly Approval[];
}

/** What changes most comes first. */
const ORDER: readonly ApprovalKind[] = ['policy', 'plugin', 'network', 'merge', 'git', 'command', 'files', 'other'];

/** The questions by what they are about, each group in the order of asking. */
export function groupApprovals(approvals: readonly Approval[]): ApprovalGroup[] {
  return ORDER.map((kind) => ({ kind, approvals: approvals.filter((one) => (one.kind ?? 'other') === kind) })).filter(
    (group) => group.approvals.length > 0,
  );
}

/** The question that is shown whole: the chosen one or, when that is gone, the one that has taken its place. */
export function shownApproval(
  groups: readonly ApprovalGroup[],
  selected: Approval['id'] | undefined,
): Approval | undefined {
  const all = groups.flatMap((group) => group.approvals);
  return all.find((one) => one.id === selected) ?? all[0];
}

/** The one after or before, around no corner. */
export function neighbour(groups: readonly ApprovalGroup[], from: Approval, step: 1 | -1): Approval | undefined {
  const all = groups.flatMap((group) => group.approvals);
  return all[all.findIndex((one) => one.id === from.id) + step];
}

/** Which answers may be given beside `once` and `deny`. */
export function mayAnswer(approval: Approval, answer: 'session' | 'pattern' | 'until'): boolean {
  if (approval.answers !== undefined) return approval.answers.includes(answer);
  return approval.session !== undefined && (answer !== 'pattern' || approval.paths.length > 0);
}
