import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ANSWER_LIMIT_BYTES } from '../../../schema/agent-protocol.ts';
import type { SandboxId } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';
import type { AgentEndpoint, AgentHost } from '../../kernel/sandboxes/agent-port.ts';
import { listenFramed } from '../../platform/framed-socket/framed-socket.ts';
import type { Peer } from '../../platform/framed-socket/peer-credentials.ts';
import { placeOfProcess, type ProcessPlace } from '../../platform/framed-socket/process-container.ts';
import { AgentAdmission } from './agent-admission.ts';
import { type AgentRefusal, RefusalReport } from './refusal-report.ts';

const SOCKET_NAME = 'kernel.sock';
/** The sandbox must reach the socket as its own user; that nobody else passes is checked with every connection. */
const SOCKET_MODE = 0o666;
const FOLDER_MODE = 0o755;
/** What runs in a sandbox can connect too, and is refused; it must not use up the kernel's descriptors. */
const CONNECTION_LIMIT = 16;

export interface AgentHostOptions {
  /** `<home>/ipc`; made when it is missing. */
  readonly folder: string;
  /** The user that sandboxes run as. */
  readonly expectedUid: number;
  readonly clock: Clock;
  /** A connection that was refused or ended for what it did; belongs into the log, and into the audit as a refusal. */
  readonly onRefused: (refusal: AgentRefusal) => void;
  /** Replaced in tests whose agent lives in no container. */
  readonly placeOf?: (pid: number) => Promise<ProcessPlace>;
}

/** Gives each sandbox a socket of its own, so that who calls is known by where the call arrives. */
export function createAgentHost(options: AgentHostOptions): AgentHost {
  return { listen: (sandbox, expectContainer) => listen(options, sandbox, expectContainer) };
}

async function listen(
  options: AgentHostOptions,
  sandbox: SandboxId,
  expectContainer: () => string | undefined,
): Promise<AgentEndpoint> {
  const folder = path.join(options.folder, sandbox);
  await mkdir(folder, { recursive: true });
  await chmod(folder, FOLDER_MODE); // Whatever the umask says.
  const { expectedUid, clock, placeOf = placeOfProcess } = options;
  const refusals = new RefusalReport(sandbox, clock, options.onRefused);
  const onRefused = (reason: string, peer: Peer): void => refusals.add(reason, peer);
  const admission = new AgentAdmission({ sandbox, expectedUid, expectContainer, placeOf, clock, onRefused });
  const listener = await listenFramed(folder, SOCKET_NAME, {
    mode: SOCKET_MODE,
    channelLimit: CONNECTION_LIMIT,
    bytes: 'taken',
    answerLimitBytes: ANSWER_LIMIT_BYTES,
    onChannel: (channel, peer) => void admission.admit(channel, peer),
    onViolation: (violation, peer) => onRefused(`a malformed frame: ${violation.code}`, peer),
  });
  return {
    folder,
    connection: (signal) => admission.connection(signal),
    onConnection: (heard) => admission.onConnection(heard),
    // The folder stays: a running container has it mounted, and its agent finds the next kernel's socket in it.
    async [Symbol.asyncDispose]() {
      admission[Symbol.dispose]();
      await listener[Symbol.asyncDispose]();
      refusals[Symbol.dispose]();
    },
  };
}
