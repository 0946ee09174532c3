import { createStore } from 'zustand/vanilla';
import type { Approval, Grant } from '../../../schema/contract/approval.ts';
import type { TokenView } from '../../../schema/contract/policy.ts';
import type { ApprovalId, GrantId } from '../../../schema/entities.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

/** What a person may answer: for this call, for the rest of its session, for paths of a pattern, until a time, or not at all. */
export type Answer =
  | { readonly answer: 'once' | 'session' | 'deny' }
  | { readonly answer: 'pattern'; readonly pathGlob: string }
  | { readonly answer: 'until'; readonly until: number };

interface ApprovalsState {
  readonly approvals: readonly Approval[];
  readonly grants: readonly Grant[];
  readonly tokens: readonly TokenView[];
  /** The question that is shown whole. */
  readonly selected: ApprovalId | undefined;
  /** Answered here, and not yet gone from the list. */
  readonly answering: ReadonlySet<ApprovalId>;
  /** Put off until something new is asked. */
  readonly postponed: ReadonlySet<ApprovalId>;
  readonly panelVisible: boolean;
}

export interface ApprovalsStoreOptions {
  readonly client: Pick<KernelClient, 'approval' | 'policy'>;
  readonly onFailure: (thrown: unknown) => void;
}

/** What waits for the person's answer, and what may happen without asking: the answers that stand, and capability tokens. */
export class ApprovalsStore {
  readonly store = createStore<ApprovalsState>(() => ({
    approvals: [],
    grants: [],
    tokens: [],
    selected: undefined,
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

  select(selected: ApprovalId | undefined): void {
    this.store.setState({ selected });
  }

  postpone(): void {
    this.store.setState(({ approvals }) => ({ postponed: new Set(approvals.map((approval) => approval.id)) }));
  }

  async decide(approval: ApprovalId, answer: Answer): Promise<void> {
    if (this.store.getState().answering.has(approval)) return;
    this.store.setState(({ answering }) => ({ answering: new Set([...answering, approval]) }));
    await this.#attempt(() => this.#options.client.approval.decide({ approval, ...answer }));
    this.store.setState(({ answering }) => ({
      answering: new Set([...answering].filter((other) => other !== approval)),
    }));
  }

  async denyAll(approvals: readonly Approval[]): Promise<void> {
    await Promise.all(approvals.map(({ id }) => this.decide(id, { answer: 'deny' })));
  }

  revoke(grant: GrantId): Promise<void> {
    return this.#attempt(() => this.#options.client.approval.revoke({ grant }));
  }

  /** Tokens are many and short-lived: they are asked for while somebody looks, not followed. */
  async loadTokens(): Promise<void> {
    await this.#attempt(async () => {
      const { tokens } = await this.#options.client.policy.tokens({});
      this.store.setState({ tokens });
    });
  }

  async revokeToken({ token }: TokenView): Promise<void> {
    await this.#attempt(() => this.#options.client.policy.revokeToken({ token }));
    await this.loadTokens();
  }

  async #attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }
}
