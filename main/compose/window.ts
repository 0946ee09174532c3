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
    sampleFolder: async () => ({ path: window ? await window.sampleFolder() : missing() }),
    pickTarget: async ({ name }: { name: string }) => ({ path: window ? await window.pickTarget(name) : missing() }),
    async openLogs() {
      await (window ?? missing()).openLogs();
      return {};
    },
    async *wishes({ window: number = 1 }: { window?: number }, { signal }: CallContext) {
      yield* (window ?? missing()).wishes(number, signal);
    },
    async openExternal({ url }: { url: string }) {
      await (window ?? missing()).openExternal(url);
      return {};
    },
  };
}
