import { examine } from '../kernel/app/doctor.ts';
import { type AppOptions, appHandlers } from '../kernel/app/handlers.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import type { Gateway } from '../kernel/gateway/gateway.ts';
import type { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import type { SettingsStore } from '../kernel/settings/settings.ts';
import type { KeyStore } from '../platform/key-store/key-store.ts';
import type { Storage } from '../platform/sqlite/storage.ts';
import type { Clock } from '../base/clock.ts';
import type { ComposeOptions } from './compose-options.ts';
import { composeDiagnostics } from './diagnostics.ts';
import { checkServedPlace } from './served-place.ts';

export interface AppParts {
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  readonly settings: SettingsStore;
  readonly gateway: Pick<Gateway, 'move'>;
  readonly fsck: AppOptions['fsck'];
  readonly keys: KeyStore;
  readonly sandboxes: Sandboxes;
  readonly policy: PolicyInForce;
  readonly log: AuditLog;
  readonly storage: Storage;
}

/** What the program says of itself. */
export function composeApp(options: ComposeOptions, parts: AppParts) {
  const { version, home, electron } = options;
  const { clock, settings, gateway, fsck, keys, sandboxes, policy, log, storage } = parts;
  const doctor = {
    node: process.versions.node,
    electron,
    keystore: keys.kind,
    sandboxes: () => sandboxes.doctor(),
    policy: () => policy.state,
    audit: () => ({ ...log.state, head: log.state.head.seq }),
    repaired: storage.recovery?.message ?? null,
    settingsProblem: () => settings.problem,
  };
  return {
    app: appHandlers({
      version: { cavern: version, node: process.versions.node, electron, pid: process.pid, home: home.root },
      settings,
      checkGateway: (wanted) => checkServedPlace(wanted, clock),
      moveGateway: () => gateway.move(),
      fsck,
      doctor,
    }),
    diagnostics: composeDiagnostics(options, { ...parts, doctor: () => examine(doctor) }),
  };
}
