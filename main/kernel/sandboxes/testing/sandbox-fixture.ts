import type { SandboxId, SessionId } from '../../../../schema/entities.ts';
import { VirtualClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { EngineAccess } from '../engine-access.ts';
import { InUse } from '../in-use.ts';
import { SandboxImages } from '../images/sandbox-images.ts';
import type { Profile } from '../profiles.ts';
import type { SandboxRecord, SandboxStore } from '../sandbox-store.ts';
import { Sandboxes } from '../sandboxes.ts';
import { FakeAgentHost } from './fake-agent-host.ts';
import { FakeCaches } from './fake-caches.ts';
import { FakeLayers } from './fake-layers.ts';
import { FakeRuntime } from './fake-runtime.ts';

export const testProfile: Profile = {
  name: 'workspace',
  about: 'For tests',
  image: 'cavern/workspace:latest',
  network: 'none',
  memoryBytes: 1024 ** 3,
  cpus: 1,
  pids: 256,
  openFiles: 1024,
  diskBytes: 1000,
  fileSizeBytes: 1000,
  tmpBytes: 1000,
  homeBytes: 1000,
  timeLimitMs: undefined,
  callTimeLimitMs: undefined,
  seccomp: { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1, syscalls: [] },
};

/** Test data; real ids are made by the kernel. */
export const sessionId = (text: string): SessionId => text as SessionId;

export class MemoryStore implements SandboxStore {
  readonly records = new Map<SessionId, SandboxRecord>();
  all = (): readonly SandboxRecord[] => [...this.records.values()];
  put = (record: SandboxRecord): void => void this.records.set(record.sandbox.session, record);
  delete = (session: SessionId): void => void this.records.delete(session);
}

/** The world outside of `Sandboxes`: it outlives one of them, as the machine outlives the program. */
export class SandboxWorld {
  readonly runtime = new FakeRuntime();
  readonly host = new FakeAgentHost();
  readonly layers = new FakeLayers();
  readonly caches = new FakeCaches();
  readonly store = new MemoryStore();
  readonly clock = new VirtualClock(1_000);
  readonly socketFolders = new Set<string>();
  /** Of every container; undefined where the machine does not tell. */
  pulse: string | undefined;
  poolLimitBytes = 0;
  pluginIdleMs = 0;

  sandboxes(profile: Partial<Profile> = {}): Sandboxes {
    const engine = new EngineAccess(async () => {
      await this.runtime.ping();
      return this.runtime;
    });
    const recipes = { find: async () => undefined };
    return new Sandboxes({
      engine,
      images: new SandboxImages({ engine, recipes, clock: this.clock, logger: silentLogger }),
      host: {
        listen: (sandbox: SandboxId) => {
          this.socketFolders.add(sandbox);
          return this.host.listen(sandbox);
        },
      },
      network: { offer: async () => ({ [Symbol.asyncDispose]: async () => undefined }), use: () => undefined },
      layers: this.layers,
      sockets: {
        list: async () => [...this.socketFolders],
        remove: async (sandbox) => void this.socketFolders.delete(sandbox),
      },
      caches: this.caches,
      groups: { pulse: () => this.pulse, use: () => undefined },
      clock: this.clock,
      logger: silentLogger,
      ownership: { owner: '1000', home: 'here', instance: 'run' },
      inUse: new InUse(),
      user: { uid: 1000, gid: 1000 },
      agentFolder: '/agent',
      pluginsFolder: '/plugins',
      installedFolder: '/installed',
      identityFolder: '/identity',
      agentTimeoutMs: 5_000,
      store: this.store,
      poolLimitBytes: () => this.poolLimitBytes,
      pluginIdleMs: () => this.pluginIdleMs,
      profiles: new Map([['workspace', { ...testProfile, ...profile }]]),
    });
  }

  /** Everything of a sandbox that is there, layers apart. */
  get left(): readonly string[] {
    return [...this.runtime.left, ...this.host.open.keys(), ...this.socketFolders, ...this.layers.mounts];
  }
}

/** Lets everything that is ready run, without any time passing on a virtual clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
