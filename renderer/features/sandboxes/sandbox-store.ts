import { createStore } from 'zustand/vanilla';
import type { AuditRecord, AuditType } from '../../../schema/audit-record.ts';
import type { ProfileSummary } from '../../../schema/contract/sandbox.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';
import { inWords } from '../../ui/failure-words.ts';

const SHOWN_TYPES: readonly AuditType[] = [
  'sandbox_created',
  'sandbox_started',
  'sandbox_stopped',
  'sandbox_failed',
  'sandbox_destroyed',
  'terminal_opened',
  'terminal_closed',
  'network_request',
];
const EVENTS_LIMIT = 200;
const LOG_LINES = 200;

interface SandboxPanelState {
  /** The newest first. */
  readonly events: readonly AuditRecord[];
  readonly profiles: readonly ProfileSummary[];
  readonly log: string;
  /** Why there is no log. */
  readonly logFailure: string | undefined;
  readonly readingLog: boolean;
  /** Its workspace is being copied for the editor. */
  readonly openingFolder: boolean;
  /** It is being paused, or let go on. */
  readonly holding: boolean;
}

/** What happened to the sandbox of one session, and what its first process printed. */
export class SandboxStore {
  readonly store = createStore<SandboxPanelState>(() => ({
    events: [],
    profiles: [],
    log: '',
    logFailure: undefined,
    readingLog: false,
    openingFolder: false,
    holding: false,
  }));
  readonly #client: Pick<KernelClient, 'audit' | 'sandbox' | 'session'>;
  readonly #session: SessionId;

  constructor(client: Pick<KernelClient, 'audit' | 'sandbox' | 'session'>, session: SessionId) {
    this.#client = client;
    this.#session = session;
  }

  /** The events, until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#loadProfiles(), this.#followEvents(signal)]);
  }

  /** What was copied; throws what the call throws. */
  async openInEditor(): Promise<{ readonly files: number; readonly leftOut: number }> {
    this.store.setState({ openingFolder: true });
    try {
      return await this.#client.session.openFolder({ session: this.#session });
    } finally {
      this.store.setState({ openingFolder: false });
    }
  }

  /** Throws what the call throws. */
  async hold(act: 'pause' | 'resume'): Promise<void> {
    this.store.setState({ holding: true });
    try {
      await this.#client.sandbox[act]({ session: this.#session });
    } finally {
      this.store.setState({ holding: false });
    }
  }

  async readLog(): Promise<void> {
    this.store.setState({ readingLog: true });
    try {
      const { text } = await this.#client.sandbox.logs({ session: this.#session, lines: LOG_LINES });
      this.store.setState({ log: text.trimEnd(), logFailure: undefined });
    } catch (thrown) {
      this.store.setState({ logFailure: inWords(failureOf(thrown)).message });
    } finally {
      this.store.setState({ readingLog: false });
    }
  }

  async #loadProfiles(): Promise<void> {
    const found = await this.#client.sandbox.profiles({}).catch(() => undefined);
    if (found) this.store.setState({ profiles: found.profiles });
  }

  #followEvents(signal: AbortSignal): Promise<void> {
    const filters = { session: this.#session, types: [...SHOWN_TYPES] };
    let loaded = 0;
    return follow({
      open: (opened) => this.#client.audit.watch({}, { signal: opened }),
      onEvent: ({ records, head }) => {
        const isNews = records.some(({ session, type }) => session === this.#session && SHOWN_TYPES.includes(type));
        if (loaded > 0 && !isNews) return;
        loaded = head?.seq ?? 1;
        void this.#client.audit
          .log({ filters, limit: EVENTS_LIMIT }, { signal })
          .then((page) => this.store.setState({ events: page.records }))
          .catch(() => undefined);
      },
      signal,
    });
  }
}
