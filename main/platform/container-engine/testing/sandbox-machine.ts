import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SessionId } from '../../../../schema/entities.ts';
import { systemClock } from '../../../base/clock.ts';
import { newId } from '../../../base/id.ts';
import { type Logger, silentLogger } from '../../../base/logger.ts';
import { createAgentHost } from '../../../hosts/plugin/agent-host.ts';
import type { AgentConnection } from '../../../kernel/sandboxes/agent-port.ts';
import { LABELS } from '../../../kernel/sandboxes/container-spec.ts';
import type { ContainerRuntime } from '../../../kernel/sandboxes/container-runtime.ts';
import { EngineAccess } from '../../../kernel/sandboxes/engine-access.ts';
import { type ExecOrder, execute } from '../../../kernel/sandboxes/execute.ts';
import { InUse } from '../../../kernel/sandboxes/in-use.ts';
import { SandboxImages } from '../../../kernel/sandboxes/images/sandbox-images.ts';
import { type Profile, readProfiles } from '../../../kernel/sandboxes/profiles.ts';
import type { SandboxRecord, SandboxStore } from '../../../kernel/sandboxes/sandbox-store.ts';
import { Sandboxes } from '../../../kernel/sandboxes/sandboxes.ts';
import { builtAgent } from '../../sandbox-agent/agent.fixture.ts';
import { mountsBelow } from '../../workspace-layer/mount-table.ts';
import { DiskLayers } from '../../workspace-layer/disk-layers.ts';
import { socketFolders } from '../../workspace-layer/socket-folders.ts';
import { hostControlGroups } from '../host-control-groups.ts';
import { imageRecipes } from '../image-recipes.ts';
import { profileFiles } from '../profile-files.ts';
import { type MachineNetwork, machineNetwork } from './machine-network.ts';
import { DiskCaches } from '../../package-cache/disk-caches.ts';
import { writeIdentity } from '../sandbox-identity.ts';

const PROFILES = fileURLToPath(new URL('../../../../profiles', import.meta.url));

class MemoryStore implements SandboxStore {
  readonly records = new Map<SessionId, SandboxRecord>();
  all = (): readonly SandboxRecord[] => [...this.records.values()];
  put = (record: SandboxRecord): void => void this.records.set(record.sandbox.session, record);
  delete = (session: SessionId): void => void this.records.delete(session);
}

export interface MachineOptions {
  readonly connect: () => Promise<ContainerRuntime>;
  /** Where everything lies; a new folder if absent. */
  readonly folder?: string;
  /** Replaces parts of the profile `workspace`. */
  readonly profile?: Partial<Profile>;
  readonly logger?: Logger;
  /** What sandboxes that are started ahead may use; none if absent. */
  readonly poolLimitBytes?: number;
  /** What sandboxes with a network may reach; nothing if absent. */
  readonly network?: MachineNetwork;
  /** Hears of connections to a sandbox's socket that were refused. */
  readonly onRefused?: (reason: string) => void;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Everything that `Sandboxes` stands on, real, in a folder of its own. */
export class SandboxMachine implements AsyncDisposable {
  readonly folder: string;
  readonly home: string;
  readonly store = new MemoryStore();
  readonly #options: MachineOptions;
  readonly #layers: DiskLayers;
  readonly #agentFolder: string;
  readonly #profiles: ReadonlyMap<string, Profile>;

  private constructor(
    folder: string,
    agentFolder: string,
    options: MachineOptions,
    profiles: ReadonlyMap<string, Profile>,
  ) {
    this.folder = folder;
    this.home = join(folder, 'home');
    this.#layers = new DiskLayers({ home: this.home, sessions: join(this.home, 'sessions') });
    this.#agentFolder = agentFolder;
    this.#options = options;
    this.#profiles = profiles;
  }

  static async open(options: MachineOptions): Promise<SandboxMachine> {
    const agentFolder = await builtAgent();
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'cavern-machine-')));
    await chmod(folder, 0o755);
    for (const part of ['home/ipc', 'home/sessions', 'home/run', 'plugins']) {
      await mkdir(join(folder, part), { recursive: true });
    }
    const all = readProfiles(await profileFiles(PROFILES));
    const profiles = new Map([...all].map(([name, profile]) => [name, { ...profile, ...options.profile }]));
    return new SandboxMachine(folder, agentFolder, options, profiles);
  }

  /** A kernel's sandboxes; a second one stands for the next start of the program. */
  sandboxes({ pool = 'on' }: { readonly pool?: 'on' | 'off' } = {}): Sandboxes {
    const uid = process.getuid?.() ?? 1000;
    const user = uid === 0 ? { uid: 1000, gid: 1000 } : { uid, gid: process.getgid?.() ?? 1000 };
    const ipc = join(this.home, 'ipc');
    const logger = this.#options.logger ?? silentLogger;
    const engine = new EngineAccess(this.#options.connect);
    const recipes = imageRecipes(join(this.home, 'images'));
    const sandboxes: Sandboxes = new Sandboxes({
      engine,
      images: new SandboxImages({ engine, recipes, clock: systemClock, logger }),
      host: createAgentHost({
        folder: ipc,
        expectedUid: user.uid,
        clock: systemClock,
        onRefused: (refusal) => {
          logger.warn('refused', { ...refusal });
          this.#options.onRefused?.(refusal.reason);
        },
      }),
      network: machineNetwork(this.#options.network ?? {}, user.uid, () => sandboxes),
      layers: this.#layers,
      sockets: socketFolders(ipc),
      caches: new DiskCaches(join(this.home, 'caches')),
      groups: hostControlGroups(),
      clock: systemClock,
      logger,
      ownership: { owner: String(uid), home: this.homeLabel, instance: newId() },
      inUse: new InUse(),
      user,
      agentFolder: this.#agentFolder,
      pluginsFolder: join(this.folder, 'plugins'),
      installedFolder: join(this.folder, 'plugins'),
      identityFolder: writeIdentity(join(this.folder, 'identity'), user),
      agentTimeoutMs: 20_000,
      store: this.store,
      poolLimitBytes: () => (pool === 'on' ? (this.#options.poolLimitBytes ?? 0) : 0),
      pluginIdleMs: () => 0,
      profiles: this.#profiles,
    });
    return sandboxes;
  }

  get homeLabel(): string {
    return createHash('sha256').update(this.home).digest('hex').slice(0, 16);
  }

  /** What a session has written, as its limit counts it. */
  usedBytes(session: SessionId): Promise<number> {
    return this.#layers.usedBytes(session);
  }

  /** Containers, volumes and mounts of this home. */
  async leftWithEngine(engine: ContainerRuntime): Promise<readonly string[]> {
    const labels = { [LABELS.home]: this.homeLabel };
    const [containers, volumes, mounts] = await Promise.all([
      engine.list(labels),
      engine.volumes.list(labels),
      mountsBelow(this.folder),
    ]);
    return [...containers.map((each) => each.name), ...volumes.map((each) => each.name), ...mounts];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sandboxes = this.sandboxes();
    for (const { sandbox } of this.store.all()) await sandboxes.remove(sandbox.session);
    await sandboxes.recover([]);
    await sandboxes[Symbol.asyncDispose]();
    await this.#layers[Symbol.asyncDispose]();
    if ((await mountsBelow(this.folder)).length > 0) throw new Error(`Something is still mounted below ${this.folder}`);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Runs a shell command in the sandbox of a session, through its agent. */
export function shell(sandboxes: Sandboxes, session: SessionId, script: string): Promise<CommandResult> {
  return shellOn(sandboxes.connection(session), script);
}

/** The same in whatever sandbox the connection leads to. */
export async function shellOn(connection: AgentConnection, script: string): Promise<CommandResult> {
  const order: ExecOrder = { argv: ['bash', '-c', script] };
  const output = { stdout: '', stderr: '' };
  let exitCode = -1;
  for await (const event of execute(connection, order, AbortSignal.timeout(60_000))) {
    if (event.type === 'exit') exitCode = event.exitCode;
    else output[event.stream] += Buffer.from(event.base64, 'base64').toString('utf8');
  }
  return { exitCode, ...output };
}
