import type { SessionId } from '../../schema/entities.ts';
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
    async open({ window: number = 1, session, panel }: { window?: number; session: SessionId; panel?: string }) {
      if ((window ?? missing()).open(number, session, panel)) return {};
      throw new Fault('no_window', 'Cannot open another window: there are as many as there may be', {
        fix: 'Close one of them first.',
      });
    },
    async *detached({ window: number = 1 }: { window?: number }, { signal }: CallContext) {
      for await (const panels of (window ?? missing()).detached(number, signal)) yield { panels: [...panels] };
    },
    async paste({ window: number = 1 }: { window?: number }) {
      if ((window ?? missing()).paste(number)) return {};
      throw new Fault('no_window', 'Cannot paste: the window is not the one in front', {
        why: 'What lies in your clipboard goes only where you are.',
        fix: 'Click into the window and paste with the paste key.',
      });
    },
    async openExternal({ url }: { url: string }) {
      await (window ?? missing()).openExternal(url);
      return {};
    },
  };
}
