import type { Handlers } from '../../../schema/contract/contract.ts';
import type { port } from '../../../schema/contract/port.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { OpenPorts } from './open-ports.ts';

export function portHandlers(ports: OpenPorts): Handlers<typeof port, CallContext> {
  return {
    async open(order, context) {
      const opened = await ports.open(order);
      context.note({ data: { port: opened.port, localPort: opened.localPort } });
      return opened;
    },
    list: ({ session }, { signal }) => ports.list(session, signal),
    watch: ({ session }, { signal }) => ports.watch(session, signal),
    async close({ session, port }, context) {
      context.note({ data: { port } });
      return { closed: await ports.close(session, port) };
    },
  };
}
