import type { ApprovalDetail } from '../../../schema/contract/approval.ts';
import type { ActId } from '../../../schema/entities.ts';
import type { Fault } from '../../../schema/fault.ts';
import type { ActRequest, Gate } from './gate.ts';
import type { Judged } from './judge.ts';
import type { ReviewRequest } from './ports.ts';
import { auditUnavailable, denial, reviewNeeded } from './refusals.ts';

const DETAIL_SOURCE_LIMIT = 65_536;
const DETAILS_LIMIT = 5;
const DETAIL_LENGTH_LIMIT = 20_000;

/** What became of a call after the policy had spoken. */
export interface Settled {
  readonly refusal: Fault | undefined;
  readonly reviewMs: number;
}

type Asked = Pick<Judged, 'subjects' | 'decision'> & { act: ActId; session: string | undefined; summary: string };

/** Asks a person where the policy wants one. */
export function settled(gate: Gate, request: ActRequest, asked: Asked): Settled | Promise<Settled> {
  const { decision, subjects } = asked;
  const syscall = subjects[0]?.syscall ?? request.method;
  if (decision.decision !== 'require_review') {
    const refusal = decision.decision === 'deny' ? denial(syscall, decision) : undefined;
    return heldByAudit(gate, request, { syscall, refusal, reviewMs: 0 });
  }
  return reviewed(gate, request, asked).then((answer) => heldByAudit(gate, request, { syscall, ...answer }));
}

async function reviewed(gate: Gate, request: ActRequest, asked: Asked): Promise<Settled> {
  const { caller, signal, onReview: onAsked } = request;
  const details = request.review === 'wait' ? await detailsOf(gate, request) : [];
  return settle(gate, request, { ...asked, caller, details, signal, onAsked });
}

/** What changes something waits until it can be recorded. */
function heldByAudit(
  gate: Gate,
  { member }: ActRequest,
  { syscall, refusal, reviewMs }: Settled & { readonly syscall: string },
): Settled {
  const isClosed = !gate.audit.writable && member.effect !== 'read' && member.always !== true;
  return { refusal: refusal ?? (isClosed ? auditUnavailable(syscall) : undefined), reviewMs };
}

async function settle(gate: Gate, request: ActRequest, review: ReviewRequest): Promise<Settled> {
  const syscall = review.subjects[0]?.syscall ?? request.method;
  if (request.review === 'refuse') {
    return { refusal: reviewNeeded(syscall, review.decision), reviewMs: 0 };
  }
  const askedAtMs = request.clock.now();
  const mayApprove = request.review === 'approve' && request.caller.actor === 'operator';
  const answer = mayApprove ? await gate.review.approve(review) : await gate.review.ask(review);
  const reviewMs = request.clock.now() - askedAtMs;
  request.meter.decided(request.method, 'review', answer.answer);
  if (answer.answer === 'allow') return { refusal: undefined, reviewMs };
  return {
    refusal: denial(syscall, {
      ...review.decision,
      decision: 'deny',
      reasons: [answer.reason ?? 'denied by the operator'],
    }),
    reviewMs,
  };
}

/** Redacted and cut. A question is put also where there is nothing to show with it. */
async function detailsOf(gate: Gate, request: ActRequest): Promise<ApprovalDetail[]> {
  try {
    const found = (await gate.details?.get(request.method)?.(request.input, request.signal)) ?? [];
    return found.slice(0, DETAILS_LIMIT).map(({ text, truncated, ...detail }) => {
      const shown = gate.redact(text.slice(0, DETAIL_SOURCE_LIMIT)).slice(0, DETAIL_LENGTH_LIMIT);
      return { ...detail, text: shown, truncated: truncated || text.length > shown.length };
    });
  } catch {
    return [];
  }
}
