import { Fault } from '../../schema/fault.ts';
import type { CallContext } from '../kernel/dispatch/context.ts';
import type { ComposeOptions } from './compose-options.ts';

/** What only a host with a screen can do. */
export function windowHandlers(window: ComposeOptions['window']) {
  const missing = (): never => {
    throw new Fault('no_window', 'Cannot ask the operator: this kernel has no window');
  };
  return {
    pickFolder: async () => ({ path: window ? await window.pickFolder() : missing() }),
    pickPackage: async () => ({ path: window ? await window.pickPackage() : missing() }),
    async *wishes(_input: object, { signal }: CallContext) {
      yield* (window ?? missing()).wishes(signal);
    },
    async openExternal({ url }: { url: string }) {
      await (window ?? missing()).openExternal(url);
      return {};
    },
  };
}
