import type { app, Fsck, GatewaySettings } from '../../../schema/contract/app.ts';
import type { Handlers } from '../../../schema/contract/contract.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { type DoctorOptions, examine } from './doctor.ts';

export interface AppOptions {
  readonly version: {
    readonly cavern: string;
    readonly node: string;
    readonly electron: string | null;
    readonly pid: number;
    readonly home: string;
  };
  readonly doctor: DoctorOptions;
  readonly settings: SettingsStore;
  /** Rejects with `invalid_setting` where nothing could be served with it. */
  readonly checkGateway: (wanted: GatewaySettings) => Promise<void>;
  /** Serves where the settings want it by now, if it is served at all. */
  readonly moveGateway: () => Promise<void>;
  readonly fsck: (signal: AbortSignal) => Promise<Fsck>;
}

export function appHandlers(options: AppOptions): Handlers<typeof app, CallContext> {
  const { settings } = options;
  return {
    version: () => options.version,
    doctor: () => examine(options.doctor),
    fsck: (_input, { signal }) => options.fsck(signal),
    settings: () => ({ settings: settings.current, problem: settings.problem, sources: settings.sources }),
    watch: (_input, { signal }) => settings.watch(signal),
    arrange: (input) => settings.arrange(input.workspace, input.layout),
    async configure({ change }) {
      const former = settings.current.gateway;
      const { gateway = former } = change;
      const isMoved = JSON.stringify(gateway) !== JSON.stringify(former);
      if (isMoved) await options.checkGateway(gateway);
      const changed = settings.change(change);
      if (isMoved) await options.moveGateway();
      return changed;
    },
  };
}
