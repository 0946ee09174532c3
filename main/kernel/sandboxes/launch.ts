import type { Phase, SandboxId, SessionId } from '../../../schema/entities.ts';
import { Fault, toFault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { AgentConnection, AgentEndpoint, AgentHost } from './agent-port.ts';
import { awaitAgent } from './await-agent.ts';
import type { PackageCaches } from './caches/package-caches.ts';
import { type Ownership, containerSpec, sandboxLabels } from './container-spec.ts';
import type { ContainerRuntime, ContainerSpec, ImageProgress } from './container-runtime.ts';
import type { ControlGroups } from './control-groups.ts';
import { dismantle } from './dismantle.ts';
import type { EngineAccess } from './engine-access.ts';
import type { InUse } from './in-use.ts';
import type { Profile } from './profiles.ts';
import { type SandboxImages, missing } from './images/sandbox-images.ts';
import { imageSource } from './images/image-source.ts';
import { type SandboxNetwork, openEndpoint } from './sandbox-network.ts';
import type { SocketFolders } from './sandbox-store.ts';
import { StartPhases } from './start-phases.ts';
import type { LayerRequest, LayerStrategy, PreparedLayer, SessionLayer, WorkspaceLayers } from './session-layer.ts';

/** What every start needs, whatever is started. */
export interface LaunchPad {
  readonly engine: EngineAccess;
  readonly host: AgentHost;
  readonly network: SandboxNetwork;
  readonly layers: WorkspaceLayers;
  readonly sockets: SocketFolders;
  readonly images: SandboxImages;
  readonly caches: PackageCaches;
  readonly groups: ControlGroups;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ownership: Ownership;
  readonly inUse: InUse;
  /** Who sandboxes run as. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly agentFolder: string;
  readonly pluginsFolder: string;
  readonly installedFolder: string;
  /** Holds `passwd` and `group`, which name the user inside, `hosts`, which names the sandbox, and `gitconfig` with the operator's name for commits. */
  readonly identityFolder: string;
  /** How long an agent may take to connect. */
  readonly agentTimeoutMs: number;
}

export interface LaunchOrder {
  readonly sandbox: SandboxId;
  readonly session: SessionId;
  readonly workspace: string;
  readonly profile: Profile;
  readonly former: SessionLayer | undefined;
  readonly signal: AbortSignal;
  /** Hears what the start is at. */
  readonly onPhases?: ((phases: readonly Phase[]) => void) | undefined;
}

/** A sandbox whose agent has connected. */
export interface Launched {
  readonly engine: ContainerRuntime;
  readonly containerId: string;
  readonly volume: string | undefined;
  readonly endpoint: AgentEndpoint;
  readonly connection: AgentConnection;
  readonly layer: SessionLayer;
  readonly phases: readonly Phase[];
}

/** Also the name of the container. */
export function volumeName(sandbox: SandboxId): string {
  return `cavern-${sandbox}`;
}

/** Starts a sandbox; whatever fails, what was made on the way is gone again when this throws, but for the layer. */
export async function launch(pad: LaunchPad, order: LaunchOrder): Promise<Launched> {
  const attempt = new Launch(pad, order, 'overlay');
  try {
    return await attempt.run();
  } catch (thrown) {
    await attempt.undo();
    if (!(thrown instanceof NotAnOverlay)) throw thrown;
    // What the session wrote is in its overlay; a copy would not show it.
    if (order.former?.strategy === 'overlay') throw noLongerAnOverlay(order, thrown);
    pad.logger.info('the workspace is copied for this session', { session: order.session, why: thrown.message });
  }
  const second = new Launch(pad, order, 'copy');
  try {
    return await second.run();
  } catch (thrown) {
    await second.undo();
    throw thrown;
  }
}

/** The layer turned out to be a copy, or the engine could not mount it. */
class NotAnOverlay extends Error {
  override readonly name = 'NotAnOverlay';
}

/** What a start ended with, in words for the operator: an engine says which image it misses, but not how to get it. */
export function startFault(thrown: unknown, { image }: Pick<Profile, 'image'>): Fault {
  const fault = toFault(thrown);
  if (fault.code !== 'image_missing') return fault;
  const { fix = '' } = missing(image, imageSource(image));
  return new Fault('image_missing', `Cannot start a sandbox: the image "${image}" is missing`, {
    cause: fault,
    ...(fault.why === undefined ? {} : { why: fault.why }),
    fix: fault.fix ?? fix,
  });
}

function noLongerAnOverlay(order: LaunchOrder, cause: NotAnOverlay): Fault {
  return new Fault(
    'sandbox_failed',
    `Cannot start sandbox "${order.sandbox}": its workspace cannot be mounted any more`,
    {
      cause,
      why: cause.message,
      fix: 'Merge or discard the changes of this session and start a new one.',
    },
  );
}

const GIVEN_AWAY = 'the engine gave the root of the overlay to another user';

/** One try. What does not depend on each other runs at the same time: the search for secrets beside the engine's work. */
class Launch {
  readonly #pad: LaunchPad;
  readonly #order: LaunchOrder;
  readonly #strategy: LayerStrategy;
  readonly #phases: StartPhases;
  #engine: ContainerRuntime | undefined;
  #endpoint: AgentEndpoint | undefined;
  #containerId: string | undefined;
  #isVolumeAsked = false;
  /** Everything that was begun, so that undoing does not overtake it. */
  readonly #begun: Promise<unknown>[] = [];

  constructor(pad: LaunchPad, order: LaunchOrder, strategy: LayerStrategy) {
    this.#pad = pad;
    this.#order = order;
    this.#strategy = strategy;
    this.#phases = new StartPhases(pad.clock, order.onPhases);
  }

  async run(): Promise<Launched> {
    const { sandbox, signal } = this.#order;
    signal.throwIfAborted();
    const layering = this.#begin('layer', this.#prepareLayer());
    const creating = this.#createContainer(layering);
    this.#begun.push(creating.catch(() => undefined));
    const [prepared, made] = await Promise.all([layering, creating]);
    await this.#begin('start', this.#startContainer(made.engine, made.containerId));
    // Podman gives a new volume to the owner of the image's folder of that name.
    if (!(await this.#pad.layers.isWritable(prepared.layer, this.#pad.user))) throw new NotAnOverlay(GIVEN_AWAY);
    const connection = await this.#begin('agent', awaitAgent(this.#pad, { ...made, sandbox }, signal));
    return { ...made, connection, layer: prepared.layer, phases: this.#phases.list };
  }

  async undo(): Promise<void> {
    await Promise.allSettled(this.#begun);
    const { sandbox, session } = this.#order;
    // A request that was cancelled may have been carried out; its container is found by name.
    const container = this.#containerId ?? volumeName(sandbox);
    const volume = this.#isVolumeAsked ? volumeName(sandbox) : undefined;
    const [engine, endpoint] = [this.#engine, this.#endpoint];
    await dismantle({ sandbox, session, engine, container, volume, endpoint }, this.#pad);
  }

  async #prepareLayer(): Promise<PreparedLayer> {
    const { session, workspace, former, signal } = this.#order;
    const strategy: LayerRequest['strategy'] = this.#strategy === 'copy' ? 'copy' : 'best';
    const { user, clock, layers } = this.#pad;
    const prepared = await layers.prepare({ session, workspace, former, signal, user, strategy, nowMs: clock.now() });
    if (this.#strategy === 'overlay' && prepared.layer.strategy === 'copy') throw new NotAnOverlay(prepared.why ?? '');
    return prepared;
  }

  async #createContainer(
    layering: Promise<PreparedLayer>,
  ): Promise<Pick<Launched, 'engine' | 'endpoint' | 'containerId' | 'volume'>> {
    const { sandbox, profile, session } = this.#order;
    const { ownership, user, agentFolder, pluginsFolder, installedFolder, identityFolder } = this.#pad;
    const listening = openEndpoint(this.#pad, { sandbox, profile }, () => this.#containerId).then((opened) => {
      this.#endpoint = opened;
      return opened;
    });
    this.#begun.push(listening.catch(() => undefined));
    this.#engine = await this.#pad.engine.get();
    const placing = this.#begin('volume', this.#placeWorkspace(this.#engine, layering));
    const [workspace, endpoint, cacheFolder] = await Promise.all([placing, listening, this.#openCache()]);
    const layout = {
      sandbox,
      session,
      ownership,
      user,
      workspace,
      agentFolder,
      pluginsFolder,
      installedFolder,
      identityFolder,
      socketFolder: endpoint.folder,
      cacheFolder,
    };
    this.#containerId = await this.#createWithImage(this.#engine, containerSpec(profile, layout));
    const volume = 'volume' in workspace ? workspace.volume : undefined;
    return { engine: this.#engine, endpoint, containerId: this.#containerId, volume };
  }

  /** An image that the engine does not have is brought, where it can be. */
  async #createWithImage(engine: ContainerRuntime, spec: ContainerSpec): Promise<string> {
    const { signal } = this.#order;
    const create = (): Promise<string> => engine.create(spec, signal);
    return this.#begin(
      'create',
      create().catch(async (thrown: unknown) => {
        if (toFault(thrown).code !== 'image_missing' || imageSource(spec.image) === 'program') throw thrown;
        const onProgress = ({ detail, share }: ImageProgress): void => this.#phases.note('image', detail, share);
        await this.#begin('image', this.#pad.images.ensure(spec.image, { signal, onProgress }));
        return create();
      }),
    );
  }

  async #openCache(): Promise<string | undefined> {
    const { profile, workspace } = this.#order;
    return profile.cacheBytes === undefined ? undefined : this.#pad.caches.open(workspace, this.#pad.user);
  }

  async #placeWorkspace(
    engine: ContainerRuntime,
    layering: Promise<PreparedLayer>,
  ): Promise<{ volume: string } | { folder: string }> {
    const folders = this.#pad.layers.folders(this.#order.session);
    if (this.#strategy === 'copy') {
      // An engine looks at once whether a folder that it shall mount is there; a volume is looked at when it is mounted.
      await layering;
      return { folder: folders.copy };
    }
    const name = volumeName(this.#order.sandbox);
    this.#isVolumeAsked = true;
    await engine.volumes.createOverlay({
      name,
      labels: sandboxLabels({ ...this.#order, ownership: this.#pad.ownership }),
      lower: [folders.mask, folders.lower],
      upper: folders.upper,
      work: folders.work,
    });
    return { volume: name };
  }

  async #startContainer(engine: ContainerRuntime, containerId: string): Promise<void> {
    try {
      await engine.start(containerId);
    } catch (thrown) {
      const why = thrown instanceof Fault ? (thrown.why ?? '') : '';
      if (this.#strategy === 'overlay' && /local volume|overlay/i.test(why)) throw new NotAnOverlay(why);
      throw thrown;
    }
  }

  #begin<T>(name: string, work: Promise<T>): Promise<T> {
    this.#begun.push(work.catch(() => undefined));
    return this.#phases.follow(name, work);
  }
}
