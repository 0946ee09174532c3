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

export type ApprovalsStore = ReturnType<typeof createApprovalsStore>;

/** What waits for the person's answer, and the answers that stand. */
export function createApprovalsStore({ client, onFailure }: ApprovalsStoreOptions) {
  const store = createStore<ApprovalsState>(() => ({
    approvals: [],
    grants: [],
    answering: new Set(),
    postponed: new Set(),
    panelVisible: false,
  }));

  const settle = (id: ApprovalId): void =>
    store.setState(({ answering }) => ({ answering: new Set([...answering].filter((other) => other !== id)) }));

  return {
    store,
    follow: (signal: AbortSignal): Promise<void> =>
      follow({
        open: (inner) => client.approval.watch({}, { signal: inner }),
        onEvent: ({ approvals, grants }) => store.setState({ approvals, grants }),
        signal,
      }),
    setPanelVisible: (panelVisible: boolean): void => store.setState({ panelVisible }),
    postpone: (): void =>
      store.setState(({ approvals }) => ({ postponed: new Set(approvals.map((approval) => approval.id)) })),
    async decide(approval: ApprovalId, answer: Answer): Promise<void> {
      if (store.getState().answering.has(approval)) return;
      store.setState(({ answering }) => ({ answering: new Set([...answering, approval]) }));
      try {
        await client.approval.decide({ approval, answer });
      } catch (thrown) {
        onFailure(thrown);
      } finally {
        settle(approval);
      }
    },
    async revoke(grant: GrantId): Promise<void> {
      try {
        await client.approval.revoke({ grant });
      } catch (thrown) {
        onFailure(thrown);
      }
    },
  };
}
