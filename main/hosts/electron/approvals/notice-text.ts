import type { Settings } from '../../../../schema/contract/app.ts';
import type { Approval } from '../../../../schema/contract/approval.ts';
import type { DesktopMessages } from '../messages/en.ts';

/** How much of a question the desktop is told. */
export type NoticeDetail = Settings['notifications'];

export interface NoticeWords {
  readonly title: string;
  readonly body: string;
  /** What may be answered without looking at the window. */
  readonly answers: readonly ('approve' | 'deny')[];
}

/** More than a desktop shows of a notice is nothing that a person has seen. */
const SHOWN_CHARACTERS = 160;

/**
 * What a notice says. `brief`: which call, and why it is asked about; neither paths nor contents, as a desktop shows notices to
 * whoever stands before it. `full`: also what it does, where that is short.
 */
export function noticeWords(
  approvals: readonly Approval[],
  detail: Exclude<NoticeDetail, 'off'>,
  messages: DesktopMessages,
): NoticeWords {
  const last = approvals.at(-1);
  const title = messages.waiting(approvals.length);
  if (last === undefined) return { title, body: '', answers: [] };
  const why = briefText(last);
  const whole = detail === 'full' ? wholeText(last) : undefined;
  const body = whole === undefined ? why : `${why}\n${whole}`;
  return { title, body, answers: approvals.length === 1 ? answersOf(last, whole) : [] };
}

export function briefText({ syscall, decision }: Approval): string {
  return `${syscall}: ${decision.reasons.join('; ')}`;
}

/**
 * Denying is always possible. Approving only where the notice shows everything that would be approved: what has to be looked
 * at – differences, a merge, the policy, a plugin, what the redactor flagged – is answered in the window.
 */
function answersOf({ kind, decision }: Approval, whole: string | undefined): NoticeWords['answers'] {
  const isPlain = kind === 'command' || kind === 'files' || kind === 'network' || kind === 'git';
  return whole !== undefined && isPlain && !decision.flagged ? ['approve', 'deny'] : ['deny'];
}

/** All that the call would do, where one short line can hold it. */
function wholeText({ summary, details = [] }: Approval): string | undefined {
  const [only] = details;
  if (details.length > 1 || (only !== undefined && (only.kind !== 'command' || only.truncated))) return undefined;
  const text = only?.text ?? summary;
  return text !== '' && text.length <= SHOWN_CHARACTERS && !/[\n\r\u2028\u2029]/.test(text) ? text : undefined;
}
