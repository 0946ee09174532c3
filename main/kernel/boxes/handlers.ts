import type { box } from '../../../schema/contract/box.ts';
import type { Handlers } from '../../../schema/contract/contract.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { Terminals } from '../terminals/terminals.ts';
import type { SubjectsOf } from '../dispatch/ports.ts';
import type { BoxCommands } from './box-commands.ts';
import type { BoxLogs } from './box-logs.ts';
import type { Boxes } from './boxes.ts';

const DEFAULT_EXECUTIONS = 20;

/**
 * What a policy says about sessions and commands holds for these as well: they are the same acts, from another front. To
 * create one is not: it begins with an empty folder, and a session with one of the operator's.
 */
export const boxSubjects: ReadonlyMap<string, SubjectsOf> = new Map(
  [
    ['box.start', 'session.resume'],
    ['box.stop', 'session.stop'],
    ['box.remove', 'session.remove'],
    ['box.exec', 'sandbox.exec'],
    ['box.terminal', 'terminal.open'],
  ].map(([call = '', syscall = '']) => [call, () => [{ syscall }]]),
);

export function boxHandlers({
  boxes,
  commands,
  logs,
  terminals,
}: {
  readonly boxes: Boxes;
  readonly commands: BoxCommands;
  readonly logs: BoxLogs;
  readonly terminals: Pick<Terminals, 'open' | 'attach' | 'close'>;
}): Handlers<typeof box, CallContext> {
  return {
    async create(input, context) {
      const created = await boxes.create(input, context.signal);
      context.note({ session: created.id, data: { namespace: created.namespace, name: created.name } });
      return created;
    },
    list: ({ namespace }) => ({ sandboxes: boxes.list(namespace) }),
    get: ({ session }) => boxes.get(session),
    start: ({ session }, { signal }) => boxes.start(session, signal),
    stop: ({ session }) => boxes.stop(session),
    async remove({ session }) {
      await boxes.remove(session);
      return { removed: session };
    },
    exec(input, context) {
      boxes.session(input.session);
      return commands.run(input, context);
    },
    executions({ session, limit = DEFAULT_EXECUTIONS }) {
      boxes.session(session);
      return { executions: commands.list(session, limit) };
    },
    logs({ session, after = 0 }, { signal }) {
      boxes.session(session);
      return logs.follow(session, after, signal);
    },
    async *terminal({ session, cols = 80, rows = 24 }, { signal, note }) {
      boxes.session(session);
      const opened = await terminals.open({ session, cols, rows });
      note({ session, data: { terminal: opened.id } });
      try {
        yield { type: 'opened', terminal: opened.id };
        yield* terminals.attach(opened.id, signal);
      } finally {
        terminals.close(opened.id);
      }
    },
  };
}
