import { Fault } from '../../../../schema/fault.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Profile } from '../profiles.ts';
import { watchLimits } from '../sandbox-limits.ts';
import type { Pulse } from '../stirring.ts';
import type { PackageCaches } from './package-caches.ts';

export interface CacheWatch {
  readonly sandbox: string;
  readonly workspace: string;
  readonly profile: Pick<Profile, 'cacheBytes'>;
  readonly caches: PackageCaches;
  /** Of all that can write to it. */
  readonly pulse: Pulse;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onExceeded: (fault: Fault) => void;
}

const MEBIBYTE = 1024 ** 2;

/** Ends a sandbox whose workspace's package cache has grown too large; the cache begins again with the next one. */
export function watchCache(options: CacheWatch): Disposable {
  const { sandbox, workspace, profile, caches, pulse, clock, logger, onExceeded } = options;
  const { cacheBytes } = profile;
  if (cacheBytes === undefined) return { [Symbol.dispose]: () => undefined };
  const exceed = (fault: Fault): void => {
    const marking = caches.markFull(workspace).catch((cause: unknown) => {
      logger.warn('a package cache that is too large could not be marked', { workspace, cause });
    });
    void marking.then(() => onExceeded(fault));
  };
  return watchLimits({
    sandbox,
    profile: { timeLimitMs: undefined, diskBytes: cacheBytes },
    readyAtMs: clock.now(),
    clock,
    logger,
    pulse,
    usedBytes: (signal) => caches.usedBytes(workspace, signal),
    faultOf: (usedBytes) =>
      new Fault('disk_full', `Sandbox "${sandbox}" was ended: the package cache of its folder is full`, {
        why: `It holds ${Math.round(usedBytes / MEBIBYTE)} MiB; its profile allows ${Math.round(cacheBytes / MEBIBYTE)} MiB.`,
        fix: 'Resume the session: its changes are there, and the cache begins again.',
      }),
    onExceeded: exceed,
  });
}
