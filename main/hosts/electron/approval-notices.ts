import type { Approval } from '../../../schema/contract/approval.ts';

/** What the desktop shows; disposing takes it away again. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  readonly onClick: () => void;
}

export interface ApprovalNoticesOptions {
  /** The questions that wait, again whenever they change. */
  readonly questions: AsyncIterable<{ readonly approvals: readonly Approval[] }>;
  /** True while the person is not looking at the window. */
  readonly isHidden: () => boolean;
  readonly show: (notice: Notice) => Disposable;
  /** Brings the window to the front; it shows the question by itself. */
  readonly reveal: () => void;
}

/**
 * Tells the desktop of questions that come while the window is out of sight: one notice, renewed, however many come.
 * The main process does it, so that the page needs no permission. Neither paths nor contents are in it: a desktop shows
 * notices to whoever stands before it. Ends with the stream.
 */
export async function noticeApprovals({ questions, isHidden, show, reveal }: ApprovalNoticesOptions): Promise<void> {
  const seen = new Set<string>();
  let shown: Disposable | undefined;
  const withdraw = (): void => {
    shown?.[Symbol.dispose]();
    shown = undefined;
  };
  try {
    for await (const { approvals } of questions) {
      const isNew = approvals.some(({ id }) => !seen.has(id));
      seen.clear();
      for (const { id } of approvals) seen.add(id);
      if (approvals.length === 0) withdraw();
      if (!isNew || !isHidden()) continue;
      withdraw();
      shown = show({ ...textOf(approvals), onClick: reveal });
    }
  } finally {
    withdraw();
  }
}

function textOf(approvals: readonly Approval[]): Pick<Notice, 'title' | 'body'> {
  const last = approvals.at(-1);
  const title = approvals.length === 1 ? 'A question waits for you' : `${approvals.length} questions wait for you`;
  return { title, body: last === undefined ? '' : `${last.syscall}: ${last.decision.reasons.join('; ')}` };
}
