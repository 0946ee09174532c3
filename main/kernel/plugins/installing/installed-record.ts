import Type, { type Static } from 'typebox';
import { PluginConsent, Publisher } from '../../../../schema/contract/plugin.ts';
import { TimeMs } from '../../../../schema/entities.ts';
import { PluginId, Sha256 } from '../../../../schema/plugin-manifest.ts';

/** What is kept of an installed plugin; everything else is in its package. */
export const InstalledPlugin = Type.Object({
  id: PluginId,
  version: Type.String(),
  digest: Sha256,
  /** Of the archive that it came in; absent where it came as a folder, or before this was kept. */
  archive: Type.Optional(Sha256),
  /** What the operator agreed to. */
  agreed: PluginConsent.properties.capabilities,
  installedAt: TimeMs,
  /** Why it is disabled; absent while it is not. */
  disabled: Type.Optional(Type.String()),
});
export type InstalledPlugin = Static<typeof InstalledPlugin>;

/** Port: documents that are on the disk when `putSynced` and `flush` resolve. */
export interface Kept<T> {
  all(): readonly T[];
  get(id: string): T | undefined;
  putSynced(id: string, value: T): Promise<void>;
  delete(id: string): void;
  flush(): Promise<void>;
}

/** Port: what is kept of the plugins in a home. */
export interface PluginRecords {
  readonly installed: Kept<InstalledPlugin>;
  readonly publishers: Kept<Publisher>;
}
