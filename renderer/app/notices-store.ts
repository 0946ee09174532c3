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

export type NoticesStore = ReturnType<typeof createNoticesStore>;

/** Short messages in the corner of the window. Good news goes away by itself, failures stay until they are closed. */
export function createNoticesStore() {
  const store = createStore<NoticesState>(() => ({ notices: [] }));
  let nextId = 1;

  const dismiss = (id: number): void =>
    store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
  const add = (notice: Omit<Notice, 'id'>): number => {
    const id = nextId++;
    store.setState(({ notices }) => ({ notices: [...notices, { ...notice, id }].slice(-NOTICE_LIMIT) }));
    return id;
  };

  return {
    store,
    dismiss,
    tell(text: string): void {
      const id = add({ tone: 'good', text });
      setTimeout(() => dismiss(id), GOOD_NOTICE_MS);
    },
    /** Shows a failure; a cancelled call is what the person asked for and is not shown. */
    fail(thrown: unknown): void {
      if (isCancelled(thrown)) return;
      const failure = failureOf(thrown);
      add({ tone: 'bad', text: failure.message, failure });
    },
  };
}
