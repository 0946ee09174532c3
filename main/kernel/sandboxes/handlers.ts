import type { Handlers } from '../../../schema/contract/contract.ts';
import type { ExecEvent, ProfileSummary, sandbox } from '../../../schema/contract/sandbox.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { CallContext } from '../dispatch/context.ts';
import { HeldTurn, type TakeTurn } from '../scheduler/turn.ts';
import type { Caves } from './caves.ts';
import type { ProfileProblem } from './custom-profiles.ts';
import { type ExecOrder, execute } from './execute.ts';
import type { LaunchPad } from './launch.ts';
import type { Profile } from './profiles.ts';
import type { Sandboxes } from './sandboxes.ts';
import { followStats } from './stats.ts';

const LOG_LINES = 200;

export interface SandboxHandlerParts extends Pick<LaunchPad, 'layers' | 'clock' | 'network' | 'groups'> {
  readonly sandboxes: Sandboxes;
  readonly caves: Caves;
  /** Of the operator's own profiles. */
  readonly problems: readonly ProfileProblem[];
  readonly takeTurn: TakeTurn;
}

export function sandboxHandlers(parts: SandboxHandlerParts): Handlers<typeof sandbox, CallContext> {
  const { sandboxes, caves, problems, layers, clock, network, groups, takeTurn } = parts;
  return {
    async cave({ workspace }) {
      const cave = await caves.open(await sandboxes.checkWorkspace(workspace));
      const { sandboxes: named = [], errors = [] } = cave ?? {};
      const shown = named.map(({ name, profile, start }) => ({
        name,
        profile,
        ...(start ? { start: [...start] } : {}),
      }));
      return { exists: cave !== undefined, sandboxes: shown, errors: [...errors] };
    },
    list: () => ({ sandboxes: sandboxes.list() }),
    profiles: () => ({ profiles: [...sandboxes.profiles.values()].map(profileSummary), problems: [...problems] }),
    exec: (input, context) => runCommand({ sandboxes, takeTurn }, input, context),
    stats: ({ session, everySeconds = 1 }, { signal }) =>
      followStats({
        everyMs: everySeconds * 1000,
        ask() {
          const connection = sandboxes.connection(session);
          return groups.use(connection.peer) ?? connection.request('stats', {}, { signal });
        },
        usedBytes: () => layers.usedBytes(session, signal),
        pulse: () => sandboxes.pulse(session),
        network: () => network.use(sandboxes.connection(session).sandbox),
        profile: profileOf(sandboxes, session),
        clock,
        signal,
      }),
    pause: ({ session }) => sandboxes.standstill.hold(session, 'operator'),
    resume: ({ session }) => sandboxes.standstill.release(session, 'operator'),
    logs: async ({ session, lines = LOG_LINES }) => ({ text: await sandboxes.logs(session, lines) }),
    async prune({ dryRun, caches }) {
      const removed = await sandboxes.prune(dryRun === true ? 'show' : 'remove', caches === true ? 'idle' : 'unneeded');
      return { removed: [...removed], freedBytes: removed.reduce((sum, leftover) => sum + leftover.sizeBytes, 0) };
    },
  };
}

function profileOf(sandboxes: Sandboxes, session: SessionId): Profile {
  // Throws where there is none.
  sandboxes.connection(session);
  const profile = sandboxes.use.ofSession(session);
  if (profile) return profile;
  throw new Fault('session_not_running', `Cannot follow session "${session}": the profile of its sandbox is gone`);
}

function profileSummary(profile: Profile): ProfileSummary {
  const { seccomp: _seccomp, cacheBytes = null, ...shown } = profile;
  const { timeLimitMs = null, idleLimitMs = null, callTimeLimitMs = null } = profile;
  return { ...shown, cacheBytes, timeLimitMs, idleLimitMs, callTimeLimitMs };
}

/** Runs a command in the sandbox of a session when its turn has come, and notes its end. @throws Fault `session_not_running`, `sandbox_failed` */
export async function* runCommand(
  { sandboxes, takeTurn }: { readonly sandboxes: Sandboxes; readonly takeTurn: TakeTurn },
  order: ExecOrder & { readonly session: Parameters<Sandboxes['connection']>[0] },
  context: CallContext,
): AsyncGenerator<ExecEvent, void, undefined> {
  // A session without a sandbox is told so at once.
  sandboxes.connection(order.session);
  using turn = new HeldTurn(await takeTurn({ kind: 'command', session: order.session, effect: 'write' }, context));
  const connection = sandboxes.connection(order.session);
  context.note({ session: order.session, sandbox: connection.sandbox });
  for await (const event of execute(connection, order, turn.signal)) {
    if (event.type === 'exit') {
      const { exitCode, timedOut, outOfMemory, exceeded = [] } = event;
      context.note({ data: { exitCode, timedOut, outOfMemory, ...(exceeded.length > 0 ? { exceeded } : {}) } });
    }
    yield event;
  }
  turn.done();
}
