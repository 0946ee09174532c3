import type { Approval, ApprovalKind } from '../../../schema/contract/approval.ts';
import type { SessionId } from '../../../schema/entities.ts';

export interface ApprovalGroup {
  /** Whether the session that is looked at asks, or another one. */
  readonly place: Place;
  readonly kind: ApprovalKind;
  readonly approvals: readonly Approval[];
}

type Place = 'here' | 'elsewhere';

const PLACES: readonly Place[] = ['here', 'elsewhere'];
/** What changes most comes first. */
const ORDER: readonly ApprovalKind[] = ['policy', 'plugin', 'network', 'merge', 'git', 'command', 'files', 'other'];

/**
 * The questions by what they are about, each group in the order of asking. Where one looks at a session, those of others come
 * after its own.
 */
export function groupApprovals(approvals: readonly Approval[], session?: SessionId): ApprovalGroup[] {
  const placeOf = (one: Approval): Place => (session === undefined || one.session === session ? 'here' : 'elsewhere');
  const isOf = (one: Approval, place: Place, kind: ApprovalKind): boolean =>
    placeOf(one) === place && (one.kind ?? 'other') === kind;
  return PLACES.flatMap((place) =>
    ORDER.map((kind) => ({ place, kind, approvals: approvals.filter((one) => isOf(one, place, kind)) })),
  ).filter((group) => group.approvals.length > 0);
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
