import type { SandboxId } from '../../../schema/entities.ts';
import type { AgentEndpoint, AgentHost } from './agent-port.ts';
import type { Profile } from './profiles.ts';

/** Where a sandbox's proxy is to be. */
export interface NetworkEndpoint {
  readonly sandbox: SandboxId;
  /** The folder that this container alone is given, read-only. */
  readonly folder: string;
  readonly socketName: string;
  /** The container's id once it is known; who does not live in it is refused. */
  readonly expectContainer: () => string | undefined;
}

/** What went through the proxy of a sandbox since it was offered, the requests' own headers among it. */
export interface NetworkUse {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Open at the moment. */
  readonly connections: number;
}

/** Port: the forward proxy of sandboxes whose network is `restricted`. Disposing ends every connection through it. */
export interface SandboxNetwork {
  offer(endpoint: NetworkEndpoint): Promise<AsyncDisposable>;
  /** undefined: it is offered no proxy. */
  use(sandbox: SandboxId): NetworkUse | undefined;
}

/** The proxy's socket, beside the agent's. */
export const PROXY_SOCKET = 'proxy.sock';
/** Where the agent offers it on the sandbox's own loopback; the number that most proxies have. */
export const PROXY_PORT = 3128;

export interface EndpointPorts {
  readonly host: AgentHost;
  readonly network: SandboxNetwork;
}

/** Opens the sockets of a sandbox: the agent's, and the proxy's where its profile has a network. */
export async function openEndpoint(
  { host, network }: EndpointPorts,
  { sandbox, profile }: { readonly sandbox: SandboxId; readonly profile: Pick<Profile, 'network'> },
  expectContainer: () => string | undefined,
): Promise<AgentEndpoint> {
  const endpoint = await host.listen(sandbox, expectContainer);
  if (profile.network !== 'restricted') return endpoint;
  try {
    const { folder } = endpoint;
    const proxy = await network.offer({ sandbox, folder, socketName: PROXY_SOCKET, expectContainer });
    return {
      folder,
      connection: (signal) => endpoint.connection(signal),
      onConnection: (listener) => endpoint.onConnection(listener),
      async [Symbol.asyncDispose]() {
        await proxy[Symbol.asyncDispose]();
        await endpoint[Symbol.asyncDispose]();
      },
    };
  } catch (thrown) {
    await endpoint[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** What tells programs inside of the proxy: the names that most of them read, and those of tools that have their own. */
export function proxyEnvironment(socketFolder: string): Record<string, string> {
  const proxy = `http://127.0.0.1:${PROXY_PORT}`;
  const local = 'localhost,127.0.0.1,::1';
  const names = ['http_proxy', 'https_proxy', 'all_proxy'];
  return {
    CAVERN_PROXY: `${socketFolder}/${PROXY_SOCKET}`,
    CAVERN_PROXY_PORT: String(PROXY_PORT),
    ...Object.fromEntries(names.flatMap((name) => [name, name.toUpperCase()]).map((name) => [name, proxy])),
    no_proxy: local,
    NO_PROXY: local,
    // Node's own fetch and http (24), Yarn 2 and later.
    NODE_USE_ENV_PROXY: '1',
    YARN_HTTP_PROXY: proxy,
    YARN_HTTPS_PROXY: proxy,
  };
}
