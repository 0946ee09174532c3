import type { SandboxId } from '../../../../schema/entities.ts';
import type { AgentConnection, AgentEndpoint } from '../agent-port.ts';
import { awaitAgent } from '../await-agent.ts';
import type { ContainerRuntime } from '../container-runtime.ts';
import { type SandboxLayout, containerSpec } from '../container-spec.ts';
import { type LaunchPad, volumeName } from '../launch.ts';
import type { Profile } from '../profiles.ts';
import { openEndpoint } from '../sandbox-network.ts';
import { teardown } from '../teardown.ts';
import { packageFolder, placeLabels, type PluginPlace } from './plugin-place.ts';

/** What a plugin's own sandbox is made of. The workspace is the session's, and so is what that is made of. */
export interface PluginParts {
  readonly sandbox: SandboxId;
  readonly engine: ContainerRuntime;
  /** Its id, or its name. */
  readonly container: string;
  readonly endpoint: AgentEndpoint | undefined;
}

export interface LaunchedPlugin extends PluginParts {
  readonly endpoint: AgentEndpoint;
  readonly connection: AgentConnection;
}

export interface PluginOrder {
  readonly place: PluginPlace;
  readonly sandbox: SandboxId;
  readonly profile: Profile;
  readonly engine: ContainerRuntime;
  /** The volume or the folder that the session's own sandbox works on: one view, so that each sees at once what the other writes. */
  readonly workspace: SandboxLayout['workspace'];
  readonly signal: AbortSignal;
}

/** Starts a container for one plugin beside the session's own; whatever fails, what was made on the way is gone when this throws. */
export async function launchPlugin(pad: LaunchPad, order: PluginOrder): Promise<LaunchedPlugin> {
  const { sandbox, profile, engine, signal } = order;
  let container: string | undefined;
  let endpoint: AgentEndpoint | undefined;
  try {
    signal.throwIfAborted();
    endpoint = await openEndpoint(pad, { sandbox, profile }, () => container);
    container = await engine.create(specOf(pad, order, endpoint), signal);
    await engine.start(container);
    const connection = await awaitAgent(pad, { sandbox, engine, endpoint, containerId: container }, signal);
    return { sandbox, engine, container, endpoint, connection };
  } catch (thrown) {
    // A request that was cancelled may have been carried out; its container is found by name.
    await endPlugin(pad, { sandbox, engine, container: container ?? volumeName(sandbox), endpoint });
    throw thrown;
  }
}

function specOf(pad: LaunchPad, { place, sandbox, profile, workspace }: PluginOrder, { folder }: AgentEndpoint) {
  const { ownership, user, agentFolder, pluginsFolder, installedFolder, identityFolder } = pad;
  return containerSpec(profile, {
    sandbox,
    session: place.session,
    ownership,
    user,
    workspace,
    agentFolder,
    pluginsFolder,
    installedFolder,
    identityFolder,
    socketFolder: folder,
    own: {
      labels: placeLabels(place),
      folder: packageFolder(place),
      workspace: place.workspace,
      operator: place.operator,
    },
  });
}

/** Reaches the agent in a container that an earlier kernel started; ends the container where it does not come back. */
export async function takeOverPlugin(
  pad: LaunchPad,
  {
    sandbox,
    profile,
    engine,
    container,
    signal,
  }: Omit<PluginOrder, 'place' | 'workspace'> & { readonly container: string },
): Promise<LaunchedPlugin> {
  const endpoint = await openEndpoint(pad, { sandbox, profile }, () => container);
  try {
    const state = await engine.inspect(container);
    // Its kernel ended while the session stood still; the session's own goes on as well.
    if (state?.paused === true) await engine.resume(container);
    const connection = await awaitAgent(pad, { sandbox, engine, endpoint, containerId: container }, signal);
    return { sandbox, engine, container, endpoint, connection };
  } catch (thrown) {
    await endPlugin(pad, { sandbox, engine, container, endpoint });
    throw thrown;
  }
}

/** Ends it and takes away what was made for it. What it wrote is the session's. Can be called again. */
export async function endPlugin(
  { sockets, logger }: Pick<LaunchPad, 'sockets' | 'logger'>,
  { sandbox, engine, container, endpoint }: PluginParts,
): Promise<void> {
  await teardown(
    [
      { name: 'container', run: () => engine.remove(container) },
      { name: 'endpoint', run: async () => endpoint?.[Symbol.asyncDispose]() },
      { name: 'socket folder', run: () => sockets.remove(sandbox) },
    ],
    logger,
  );
}
