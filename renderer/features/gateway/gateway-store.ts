import { createStore } from 'zustand/vanilla';
import type { GatewaySettings } from '../../../schema/contract/app.ts';
import type { GatewayRequest, GatewayStatus, GatewayTraffic } from '../../../schema/contract/gateway.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import { follow } from '../../app/follow.ts';
import type { KernelClient } from '../../app/kernel-client.ts';

/** So many of the requests that were answered last are shown. */
export const SHOWN_REQUESTS = 200;

interface GatewayState {
  readonly status: GatewayStatus | undefined;
  /** Why it could not be turned on or off. */
  readonly problem: Failure | undefined;
  readonly busy: boolean;
  readonly traffic: GatewayTraffic | undefined;
  /** The newest first. */
  readonly requests: readonly GatewayRequest[];
}

/** Whether programs can come in over HTTP and MCP, and what they do. */
export class GatewayStore {
  readonly store = createStore<GatewayState>(() => ({
    status: undefined,
    problem: undefined,
    busy: false,
    traffic: undefined,
    requests: [],
  }));
  readonly #client: Pick<KernelClient, 'app' | 'gateway'>;

  constructor(client: Pick<KernelClient, 'app' | 'gateway'>) {
    this.#client = client;
  }

  /** Whether it is served, until the signal aborts. */
  follow(signal: AbortSignal): Promise<void> {
    return follow({
      signal,
      open: (open) => this.#client.gateway.watch({}, { signal: open }),
      onEvent: (status) => this.store.setState({ status }),
      onFailure: (problem, next) => (next === 'final' ? this.store.setState({ problem }) : undefined),
    });
  }

  /** Who comes and what they ask, until the signal aborts: only while somebody looks. */
  followTraffic(signal: AbortSignal): Promise<void> {
    return follow({
      signal,
      open: (open) => this.#client.gateway.traffic({}, { signal: open }),
      onEvent: (traffic) =>
        this.store.setState(({ requests }) => ({ traffic, requests: withNewest(requests, traffic.requests) })),
    });
  }

  /** False where it was refused; `problem` says why. */
  enable(port: number): Promise<boolean> {
    return this.#work(() => this.#client.gateway.enable({ port }));
  }

  disable(): Promise<boolean> {
    return this.#work(() => this.#client.gateway.disable({}));
  }

  /** Keeps where it is to be served; what is served goes there. False where it was refused. */
  place(gateway: GatewaySettings): Promise<boolean> {
    return this.#work(async () => {
      await this.#client.app.configure({ change: { gateway } });
      return this.#client.gateway.status({});
    });
  }

  async #work(work: () => Promise<GatewayStatus>): Promise<boolean> {
    this.store.setState({ busy: true, problem: undefined });
    try {
      this.store.setState({ status: await work() });
      return true;
    } catch (thrown) {
      this.store.setState({ problem: failureOf(thrown) });
      return false;
    } finally {
      this.store.setState({ busy: false });
    }
  }
}

/** A stream that begins anew tells again what is known. */
function withNewest(known: readonly GatewayRequest[], came: readonly GatewayRequest[]): readonly GatewayRequest[] {
  const last = known[0]?.seq ?? 0;
  const isNewKernel = came.length > 0 && (came.at(-1)?.seq ?? 0) < last;
  const fresh = isNewKernel ? came : came.filter(({ seq }) => seq > last);
  return [...fresh.toReversed(), ...(isNewKernel ? [] : known)].slice(0, SHOWN_REQUESTS);
}
