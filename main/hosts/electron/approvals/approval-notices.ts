import type { Approval } from '../../../../schema/contract/approval.ts';
import type { ApprovalId } from '../../../../schema/entities.ts';
import type { DesktopMessages } from '../messages/en.ts';
import { type NoticeDetail, noticeWords } from './notice-text.ts';

/** What the desktop shows; disposing takes it away again. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  readonly onClick: () => void;
  /** Buttons, where the desktop has them. */
  readonly actions: readonly { readonly label: string; readonly act: () => void }[];
}

export interface ApprovalNoticesOptions {
  readonly detail: () => NoticeDetail;
  readonly messages: () => DesktopMessages;
  /** True while the person is not looking at a window. */
  readonly isHidden: () => boolean;
  readonly show: (notice: Notice) => Disposable;
  /** Brings a window to the front, at the question. */
  readonly reveal: (approval: ApprovalId) => void;
  readonly answer: (approval: ApprovalId, answer: 'once' | 'deny') => void;
  /** Takes out what is a secret; the kernel did so already, with what it knew when it asked. */
  readonly redact: (text: string) => string;
}

/**
 * Tells the desktop of questions that come while no window is in sight: one notice, renewed, however many come. The main process
 * does it, so that the page needs no permission.
 */
export class ApprovalNotices implements Disposable {
  readonly #options: ApprovalNoticesOptions;
  readonly #seen = new Set<ApprovalId>();
  #shown: Disposable | undefined;

  constructor(options: ApprovalNoticesOptions) {
    this.#options = options;
  }

  /** The questions that wait, whenever they change. */
  update(approvals: readonly Approval[]): void {
    const isNew = approvals.some(({ id }) => !this.#seen.has(id));
    this.#seen.clear();
    for (const { id } of approvals) this.#seen.add(id);
    const last = approvals.at(-1);
    if (last === undefined) this.#withdraw();
    const { isHidden, detail, show } = this.#options;
    const mode = detail();
    if (last === undefined || !isNew || mode === 'off' || !isHidden()) return;
    this.#withdraw();
    this.#shown = show(this.#noticeOf(approvals, last, mode));
  }

  [Symbol.dispose](): void {
    this.#withdraw();
  }

  #noticeOf(approvals: readonly Approval[], last: Approval, mode: Exclude<NoticeDetail, 'off'>): Notice {
    const { messages, reveal, answer, redact } = this.#options;
    const words = messages();
    const { title, body, answers } = noticeWords(approvals, mode, words);
    return {
      title,
      body: redact(body),
      onClick: () => reveal(last.id),
      actions: answers.map((one) => ({
        label: words.notice[one],
        act: () => answer(last.id, one === 'approve' ? 'once' : 'deny'),
      })),
    };
  }

  #withdraw(): void {
    this.#shown?.[Symbol.dispose]();
    this.#shown = undefined;
  }
}
