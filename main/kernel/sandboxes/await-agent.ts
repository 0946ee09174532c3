import type { SandboxId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { pause } from '../../base/pause.ts';
import type { AgentConnection, AgentEndpoint } from './agent-port.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import type { LaunchPad } from './launch.ts';

/** A container that has been started, and where its agent is to connect. */
export interface StartedContainer {
  readonly sandbox: SandboxId;
  readonly engine: ContainerRuntime;
  readonly endpoint: AgentEndpoint;
  readonly containerId: string;
}

type Patience = Pick<LaunchPad, 'clock' | 'agentTimeoutMs'>;

const INSPECT_EVERY_MS = 1_000;
const LOG_LINES = 20;

/** The agent's connection; meanwhile looks whether the container still lives. @throws Fault `sandbox_failed` with the container's last words */
export async function awaitAgent(
  patience: Patience,
  started: StartedContainer,
  abandoned: AbortSignal,
): Promise<AgentConnection> {
  const waiting = new AbortController();
  const signal = AbortSignal.any([abandoned, waiting.signal]);
  const connecting = started.endpoint.connection(signal);
  connecting.catch(() => undefined);
  try {
    return await Promise.race([connecting, watchStart(patience, started, signal)]);
  } finally {
    waiting.abort();
  }
}

async function watchStart(
  { clock, agentTimeoutMs }: Patience,
  { sandbox, engine, containerId }: StartedContainer,
  signal: AbortSignal,
): Promise<never> {
  const deadlineMs = clock.now() + agentTimeoutMs;
  for (;;) {
    await pause(clock, INSPECT_EVERY_MS, signal);
    signal.throwIfAborted();
    const state = await engine.inspect(containerId);
    const isOver = clock.now() >= deadlineMs;
    if (state?.running === true && !isOver) continue;
    const log = await engine.logs(containerId, LOG_LINES).catch(() => '');
    const what = isOver ? 'its agent did not connect' : `its agent ended with code ${state?.exitCode ?? 'unknown'}`;
    throw new Fault('sandbox_failed', `Cannot start sandbox "${sandbox}": ${what}`, {
      why: log.trim() === '' ? 'It printed nothing.' : log.trim(),
      fix: 'Run `cavern doctor`; it checks the image and the engine.',
    });
  }
}
