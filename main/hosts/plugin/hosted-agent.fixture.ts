import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SandboxId } from '../../../schema/entities.ts';
import { systemClock } from '../../base/clock.ts';
import type { AgentConnection, AgentEndpoint } from '../../kernel/sandboxes/agent-port.ts';
import { type LooseAgent, startLooseAgent } from '../../platform/sandbox-agent/agent.fixture.ts';
import { createAgentHost } from './agent-host.ts';

export const HOSTED_CONTAINER = 'c0de'.repeat(16);
const sandbox = 'box-1' as SandboxId; // A brand has no other maker in tests.
const START_LIMIT_MS = 60_000;

/** An agent as a process of this machine, let in by a host as that of a sandbox. */
export interface HostedAgent extends AsyncDisposable {
  readonly endpoint: AgentEndpoint;
  readonly agent: LooseAgent;
  readonly connection: AgentConnection;
}

export async function hostedAgent(): Promise<HostedAgent> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cavern-host-'));
  const host = createAgentHost({
    folder,
    expectedUid: process.getuid?.() ?? 0,
    clock: systemClock,
    onRefused: () => undefined,
    placeOf: async () => ({ containerId: HOSTED_CONTAINER, isFirst: true }),
  });
  const endpoint = await host.listen(sandbox, () => HOSTED_CONTAINER);
  const agent = await startLooseAgent(path.join(endpoint.folder, 'kernel.sock'));
  const connection = await endpoint.connection(AbortSignal.timeout(START_LIMIT_MS));
  return {
    endpoint,
    agent,
    connection,
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await endpoint[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
