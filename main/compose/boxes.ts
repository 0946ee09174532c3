import Type from 'typebox';
import { Execution } from '../../schema/contract/box.ts';
import type { SessionId } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import type { Disposers } from '../base/disposers.ts';
import { BoxCommands } from '../kernel/boxes/box-commands.ts';
import { BoxLogs } from '../kernel/boxes/box-logs.ts';
import { Boxes } from '../kernel/boxes/boxes.ts';
import { boxHandlers } from '../kernel/boxes/handlers.ts';
import type { RunCommand } from '../kernel/boxes/ports.ts';
import { runCommand } from '../kernel/sandboxes/handlers.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import type { TakeTurn } from '../kernel/scheduler/turn.ts';
import type { Sessions } from '../kernel/sessions/sessions.ts';
import { diskBoxWorkspaces } from '../platform/box-workspaces/disk-box-workspaces.ts';
import type { Terminals } from '../kernel/terminals/terminals.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import type { ComposeOptions } from './compose-options.ts';

/** Of one session. */
const KeptExecutions = Type.Object({ executions: Type.Array(Execution) });

export interface BoxParts {
  readonly storage: Storage;
  readonly sessions: Sessions;
  readonly sandboxes: Sandboxes;
  readonly takeTurn: TakeTurn;
  readonly redact: (text: string) => string;
  readonly terminals: Terminals;
  readonly disposers: Disposers;
}

/** The sandboxes that programs start, in namespaces. */
export async function composeBoxes({ home }: ComposeOptions, parts: BoxParts) {
  const { storage, sessions, sandboxes, takeTurn, redact, terminals, disposers } = parts;
  const kept = await storage.collection('execution', KeptExecutions);
  disposers.defer(() => kept.flush());
  const workspaces = diskBoxWorkspaces(home.workspaces);
  const logs = new BoxLogs(systemClock);
  const executions = {
    of: (session: SessionId) => kept.get(session)?.executions ?? [],
    put: (session: SessionId, all: readonly Execution[]) => kept.put(session, { executions: [...all] }),
    delete: (session: SessionId) => kept.delete(session),
  };
  const boxes = new Boxes({ sessions, profiles: sandboxes.profiles, workspaces, logs });
  const run: RunCommand = (order, context) => runCommand({ sandboxes, takeTurn }, order, context);
  const commands = new BoxCommands({ run, executions, logs, clock: systemClock, redact });
  return {
    handlers: boxHandlers({ boxes, commands, logs, terminals }),
    forget(session: SessionId): void {
      logs.forget(session);
      executions.delete(session);
    },
    /** Removes the workspaces that no session has, as a crash or a removal from another front leaves them. */
    recover: () => workspaces.keepOnly(new Set(sessions.list().map(({ workspace }) => workspace))),
  };
}
