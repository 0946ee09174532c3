import type { Handlers } from '../../../schema/contract/contract.ts';
import type { gateway } from '../../../schema/contract/gateway.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { Gateway } from './gateway.ts';

export function gatewayHandlers(served: Gateway): Handlers<typeof gateway, CallContext> {
  return {
    status: () => served.status,
    watch: (_input, { signal }) => served.watch(signal),
    async enable({ port }, { note }) {
      const status = await served.enable(port);
      note({ data: { url: status.url } });
      return status;
    },
    disable: () => served.disable(),
    traffic: (_input, { signal }) => served.traffic.watch(signal),
  };
}
