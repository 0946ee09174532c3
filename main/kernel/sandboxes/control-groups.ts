import type { AgentPeer } from './agent-port.ts';

/** What a container uses now, as the agent in it would say. */
export interface GroupUse {
  /** Processor time since its start. */
  readonly cpuMs: number | null;
  readonly memoryBytes: number | null;
  readonly pids: number | null;
}

/** Port: what the system counts of a whole container, read from outside, so that nothing in there is woken for it. */
export interface ControlGroups {
  /** Another text whenever anything in the container has run since; undefined where this machine does not tell. */
  pulse(peer: AgentPeer): string | undefined;
  /** undefined where this machine does not tell. */
  use(peer: AgentPeer): GroupUse | undefined;
}
