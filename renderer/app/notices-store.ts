import { createStore } from 'zustand/vanilla';
import type { Failure } from '../../schema/entities.ts';
import { failureOf, isCancelled } from './failure.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
  readonly failure?: Failure;
}

interface NoticesState {
  readonly notices: readonly Notice[];
}

const GOOD_NOTICE_MS = 5_000;
const NOTICE_LIMIT = 4;

/** Short messages in the corner of the window. Good news goes away by itself, failures stay until they are closed. */
export class NoticesStore {
  readonly store = createStore<NoticesState>(() => ({ notices: [] }));
  #nextId = 1;

  dismiss(id: number): void {
    this.store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
  }

  tell(text: string): void {
    const id = this.#add({ tone: 'good', text });
    setTimeout(() => this.dismiss(id), GOOD_NOTICE_MS);
  }

  /** Shows a failure; a cancelled call is what the person asked for and is not shown. */
  readonly fail = (thrown: unknown): void => {
    if (isCancelled(thrown)) return;
    this.failed(failureOf(thrown));
  };

  failed(failure: Failure): void {
    this.#add({ tone: 'bad', text: failure.message, failure });
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = this.#nextId++;
    this.store.setState(({ notices }) => ({ notices: [...notices, { ...notice, id }].slice(-NOTICE_LIMIT) }));
    return id;
  }
}
