import type { AgentHello, HostAnswer, HostCall } from '../../../schema/agent-protocol.ts';
import type { SandboxId } from '../../../schema/entities.ts';

/** What the operating system says of the process at the other end of a sandbox's socket. */
export interface AgentPeer {
  /** As the host sees it. */
  readonly pid: number;
  readonly uid: number;
  /** From the peer's control group; empty where the platform cannot tell. */
  readonly containerId: string;
}

export interface AgentRequestOptions {
  readonly signal?: AbortSignal;
  /** Events that belong to this request, in order. The agent sends no more than the credit allows while a promise is pending. */
  readonly onEvent?: (method: string, params: unknown) => void | Promise<void>;
  /** Answers what is asked from inside while this request is under way; absent: nothing may be asked. Rejections are told as Faults. */
  readonly onCall?: (call: HostCall, signal: AbortSignal) => Promise<HostAnswer>;
}

/** The connection to the agent of one sandbox. Answers come from inside and are untrusted: callers validate them. */
export interface AgentConnection {
  readonly sandbox: SandboxId;
  readonly peer: AgentPeer;
  /** What the agent said of itself when it connected: its form is checked, its content is the sandbox's word. */
  readonly hello: AgentHello;
  /** Ends with a Fault: the agent's own, `cancelled`, or `disconnected`. */
  request(method: string, params: unknown, options?: AgentRequestOptions): Promise<unknown>;
  /** Events that belong to no request (terminal output, exits, out-of-memory kills). Returns how to stop listening. */
  onEvent(listener: (method: string, params: unknown) => void): () => void;
  onClose(listener: () => void): () => void;
}

/** One sandbox's listening socket, in a folder of its own that only that container is given, read-only. */
export interface AgentEndpoint extends AsyncDisposable {
  /** The folder to bind into the container; it holds `kernel.sock` and nothing else. */
  readonly folder: string;
  /** The first connection, or the one that is there; a later one (the agent came back) replaces it and is told through `onConnection`. */
  connection(signal: AbortSignal): Promise<AgentConnection>;
  onConnection(listener: (connection: AgentConnection) => void): () => void;
}

/** Port: opens such endpoints. Implemented by `main/hosts/plugin`. */
export interface AgentHost {
  /** `expectContainer` gives the container id once it is known; a peer that does not live in it is refused and recorded. */
  listen(sandbox: SandboxId, expectContainer: () => string | undefined): Promise<AgentEndpoint>;
}
