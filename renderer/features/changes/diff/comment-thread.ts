import type { Comment } from '../../../../schema/contract/review.ts';
import { messages } from '../messages.ts';
import type { CommentedLine } from './comment-marks.ts';

export interface CommentActions {
  readonly onWrite: (line: CommentedLine, text: string) => void;
  readonly onCancel: () => void;
  readonly onRemove: (comment: Comment) => void;
}

/** The comments on a line and, while one is being written, its field: Control+Enter keeps it, Escape does not. */
export function commentThread(line: CommentedLine, actions: CommentActions): HTMLElement {
  // The editor does not see margins: the distance to the lines is part of a box around.
  const box = element('div', 'comment-box');
  const thread = box.appendChild(element('div', 'comment-thread'));
  thread.dataset.line = String(line.line);
  for (const comment of line.comments) thread.append(shownComment(comment, actions));
  if (line.isWriting) thread.append(commentForm(line, actions));
  return box;
}

function shownComment(comment: Comment, { onRemove }: CommentActions): HTMLElement {
  const shown = element('div', 'comment');
  const text = element('p', 'comment-text selectable', comment.text);
  const state = element('span', 'comment-state', comment.sentAt === undefined ? messages.notSent : messages.sent);
  const remove = button('comment-remove', messages.removeComment, () => onRemove(comment));
  shown.append(text, state, remove);
  return shown;
}

function commentForm(line: CommentedLine, { onWrite, onCancel }: CommentActions): HTMLElement {
  const form = element('form', 'comment-form');
  const field = element('textarea', 'text-field');
  field.rows = 2;
  field.placeholder = messages.commentPlaceholder;
  field.setAttribute('aria-label', messages.commentOnLine(line.line));
  const write = (): void => {
    const text = field.value.trim();
    if (text === '') onCancel();
    else onWrite(line, text);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    write();
  });
  field.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape') onCancel();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) write();
    else return;
    event.preventDefault();
  });
  const actions = element('div', 'comment-actions');
  const keep = button('button button-primary button-small', messages.keepComment, write);
  actions.append(button('button button-default button-small', messages.cancel, onCancel), keep);
  form.append(field, actions);
  // The editor puts the widget into the page after this.
  requestAnimationFrame(() => field.focus());
  return form;
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  text = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(className: string, label: string, onPress: () => void): HTMLButtonElement {
  const made = element('button', className, label);
  made.type = 'button';
  made.addEventListener('click', onPress);
  return made;
}
