import { createStore } from 'zustand/vanilla';
import type { Approval, Grant } from '../../../schema/contract/approval.ts';
import type { ApprovalId, GrantId } from '../../../schema/entities.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export type Answer = 'once' | 'session' | 'deny';

interface ApprovalsState {
  readonly approvals: readonly Approval[];
  readonly grants: readonly Grant[];
  /** Answered here, and not yet gone from the list. */
  readonly answering: ReadonlySet<ApprovalId>;
  /** Put off until something new is asked. */
  readonly postponed: ReadonlySet<ApprovalId>;
  readonly panelVisible: boolean;
}

export interface ApprovalsStoreOptions {
  readonly client: Pick<KernelClient, 'approval'>;
  readonly onFailure: (thrown: unknown) => void;
}

/** What waits for the person's answer, and the answers that stand. */
export class ApprovalsStore {
  readonly store = createStore<ApprovalsState>(() => ({
    approvals: [],
    grants: [],
    answering: new Set(),
    postponed: new Set(),
    panelVisible: false,
  }));
  readonly #options: ApprovalsStoreOptions;

  constructor(options: ApprovalsStoreOptions) {
    this.#options = options;
  }

  follow(signal: AbortSignal): Promise<void> {
    return follow({
      open: (inner) => this.#options.client.approval.watch({}, { signal: inner }),
      onEvent: ({ approvals, grants }) => this.store.setState({ approvals, grants }),
      signal,
    });
  }

  /** While all questions are in sight, none is repeated in the corner. */
  setPanel(state: 'visible' | 'hidden'): void {
    this.store.setState({ panelVisible: state === 'visible' });
  }

  postpone(): void {
    this.store.setState(({ approvals }) => ({ postponed: new Set(approvals.map((approval) => approval.id)) }));
  }

  async decide(approval: ApprovalId, answer: Answer): Promise<void> {
    if (this.store.getState().answering.has(approval)) return;
    this.store.setState(({ answering }) => ({ answering: new Set([...answering, approval]) }));
    await this.#attempt(() => this.#options.client.approval.decide({ approval, answer }));
    this.store.setState(({ answering }) => ({
      answering: new Set([...answering].filter((other) => other !== approval)),
    }));
  }

  revoke(grant: GrantId): Promise<void> {
    return this.#attempt(() => this.#options.client.approval.revoke({ grant }));
  }

  async #attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }
}
