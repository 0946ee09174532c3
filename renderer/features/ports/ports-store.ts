import { createStore } from 'zustand/vanilla';
import type { SessionPorts } from '../../../schema/contract/port.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

export interface PortsStoreOptions {
  readonly client: Pick<KernelClient, 'port' | 'window'>;
  readonly session: SessionId;
  readonly onFailure: (thrown: unknown) => void;
}

interface PortsState extends SessionPorts {
  /** Ports that something is being done with. */
  readonly busy: readonly number[];
}

/** The ports of one session's sandbox; followed while its button is shown. */
export class PortsStore {
  readonly store = createStore<PortsState>(() => ({ open: [], listening: [], busy: [] }));
  readonly #options: PortsStoreOptions;

  constructor(options: PortsStoreOptions) {
    this.#options = options;
  }

  /** Until the signal aborts or the sandbox has ended; what ended it is said elsewhere. */
  follow(signal: AbortSignal): Promise<void> {
    const { client, session } = this.#options;
    return follow({
      open: (opened) => client.port.watch({ session }, { signal: opened }),
      onEvent: (ports) => this.store.setState(ports),
      signal,
    });
  }

  open(port: number): Promise<void> {
    const { client, session } = this.#options;
    return this.#work(port, async () => void (await client.port.open({ session, port })));
  }

  close(port: number): Promise<void> {
    const { client, session } = this.#options;
    return this.#work(port, async () => void (await client.port.close({ session, port })));
  }

  /** Shows an open port in the operator's browser. */
  browse(port: number): Promise<void> {
    const url = this.store.getState().open.find((each) => each.port === port)?.url;
    return this.#work(port, async () => {
      if (url !== undefined) await this.#options.client.window.openExternal({ url });
    });
  }

  async #work(port: number, work: () => Promise<void>): Promise<void> {
    this.store.setState(({ busy }) => ({ busy: [...busy, port] }));
    try {
      await work();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    } finally {
      this.store.setState(({ busy }) => ({ busy: busy.filter((each) => each !== port) }));
    }
  }
}
