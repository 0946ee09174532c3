import type { ContainerRuntime } from './container-runtime.ts';
import { type LaunchPad, type Launched, volumeName } from './launch.ts';
import type { Profile } from './profiles.ts';
import { openEndpoint } from './sandbox-network.ts';
import type { SandboxRecord } from './sandbox-store.ts';

/** Reaches the agent of a sandbox that an earlier kernel started; undefined where it is gone or does not come back. */
export async function takeOver(
  pad: LaunchPad,
  engine: ContainerRuntime,
  { record: { sandbox, layer }, profile }: { readonly record: SandboxRecord; readonly profile: Profile | undefined },
): Promise<Launched | undefined> {
  const { containerId, id, session, phases } = sandbox;
  if (containerId === undefined || layer === undefined || profile === undefined) return undefined;
  const state = await engine.inspect(containerId);
  if (state?.running !== true && state?.paused !== true) return undefined;
  const endpoint = await openEndpoint(pad, { sandbox: id, profile }, () => containerId);
  try {
    // Its kernel ended while the sandbox stood still for another task: nothing in it would answer.
    if (state.paused) await engine.resume(containerId);
    const connection = await endpoint.connection(AbortSignal.timeout(pad.agentTimeoutMs));
    const volume = layer.strategy === 'overlay' ? volumeName(id) : undefined;
    return { engine, containerId, volume, endpoint, connection, layer, phases };
  } catch (cause) {
    pad.logger.warn('the agent of a running sandbox did not come back', { session, sandbox: id, cause });
    await endpoint[Symbol.asyncDispose]();
    return undefined;
  }
}
