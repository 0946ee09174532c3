import type { Check, Doctor } from '../../../schema/contract/app.ts';
import type { SandboxId, SessionId } from '../../../schema/entities.ts';
import { toFault } from '../../../schema/fault.ts';
import { newId } from '../../base/id.ts';
import { INSIDE, containerSpec, sandboxLabels } from './container-spec.ts';
import type { ContainerRuntime, ContainerSpec } from './container-runtime.ts';
import { type LaunchPad, volumeName } from './launch.ts';
import { removeSessionLayer } from './leftovers.ts';
import type { Profile } from './profiles.ts';
import { teardown } from './teardown.ts';

/** What `doctor` says of everything that sandboxes need. */
export type SandboxDoctor = Pick<Doctor, 'engine' | 'image' | 'workspaceStrategy' | 'diskLimit' | 'checks'>;

const DISK_LIMIT = 'watcher, with a limit for single files';
const NOT_TRIED = 'unknown';
const AGENT_FILE = 'agent.cjs';

/** Looks for the engine and the image, and mounts a folder the way a session would. Leaves nothing behind. */
export async function sandboxDoctor(pad: LaunchPad, profile: Profile): Promise<SandboxDoctor> {
  const disk = check('disk limit', `what a sandbox writes is limited by a ${DISK_LIMIT}`);
  const nothing = { engine: null, image: { ready: false, name: profile.image }, workspaceStrategy: NOT_TRIED };
  let engine: ContainerRuntime;
  try {
    engine = await pad.engine.get();
    await engine.ping();
  } catch (thrown) {
    pad.engine.forget();
    return { ...nothing, diskLimit: DISK_LIMIT, checks: [failed('engine', thrown), disk] };
  }
  const { kind, version, socket } = engine.identity;
  const engineCheck = check('engine', `${kind} ${version} at ${socket}`);
  const image = await imageCheck(engine, profile);
  const strategy = image.ok
    ? await strategyCheck(pad, engine, profile)
    : {
        strategy: NOT_TRIED,
        check: { name: 'workspace', ok: false, message: 'not tried: it needs the image', fix: image.fix },
      };
  return {
    engine: engine.identity,
    image: { ready: image.ok, name: profile.image },
    workspaceStrategy: strategy.strategy,
    diskLimit: DISK_LIMIT,
    checks: [engineCheck, image, strategy.check, disk],
  };
}

async function imageCheck(engine: ContainerRuntime, profile: Profile): Promise<Check> {
  try {
    const found = await engine.images.inspect(profile.image);
    if (found) return check('image', `${profile.image}, ${Math.round(found.sizeBytes / 1e6)} MB`);
    return { name: 'image', ok: false, message: `${profile.image} is missing`, fix: 'Make it with `npm run setup`.' };
  } catch (thrown) {
    return failed('image', thrown);
  }
}

/** Mounts the agent's folder as if it were a workspace, and looks from inside whether it is there. */
async function strategyCheck(
  pad: LaunchPad,
  engine: ContainerRuntime,
  profile: Profile,
): Promise<{ readonly strategy: string; readonly check: Check }> {
  const probe = await pad.layers.probe(pad.user);
  if (probe.strategy === 'copy') return { strategy: 'copy', check: check('workspace', probe.about) };
  try {
    await mountOnce(pad, engine, profile);
    return { strategy: 'overlay', check: check('workspace', probe.about) };
  } catch (thrown) {
    const { code, message, why } = toFault(thrown);
    if (code === 'disk_full') return { strategy: NOT_TRIED, check: failed('workspace', thrown) };
    return { strategy: 'copy', check: check('workspace', `copy (${why ?? message})`) };
  }
}

async function mountOnce(pad: LaunchPad, engine: ContainerRuntime, profile: Profile): Promise<void> {
  const sandbox = newId<SandboxId>();
  const session = `probe-${newId()}` as SessionId; // Of the form of an id, and of no session.
  const { user, ownership, layers, clock, agentFolder, pluginsFolder, installedFolder, identityFolder } = pad;
  const volume = volumeName(sandbox);
  using _held = pad.inUse.hold(sandbox, session);
  const labels = sandboxLabels({ sandbox, session, ownership });
  let container: string | undefined;
  try {
    const prepared = await layers.prepare({
      session,
      workspace: agentFolder,
      user,
      nowMs: clock.now(),
      strategy: 'best',
    });
    const { upper } = prepared.layer;
    await engine.volumes.createOverlay({ name: volume, labels, lower: prepared.lower, upper, work: prepared.work });
    const layout = {
      sandbox,
      session,
      ownership,
      user,
      workspace: { volume },
      agentFolder,
      pluginsFolder,
      installedFolder,
      identityFolder,
      socketFolder: '',
    };
    container = await engine.create(probeSpec(containerSpec(profile, layout)));
    await engine.start(container);
    const { exitCode } = await engine.wait(container);
    if (exitCode !== 0) throw new Error('the engine does not see the mounts that Cavern makes');
    if (!(await layers.isWritable(prepared.layer, user))) throw new Error('the engine gives overlays to another user');
  } finally {
    await teardown(
      [
        { name: 'container', run: async () => (container === undefined ? undefined : engine.remove(container)) },
        { name: 'volume', run: () => engine.volumes.remove(volume) },
        { name: 'layer', run: () => removeSessionLayer(pad, session, profile) },
      ],
      pad.logger,
    );
  }
}

function probeSpec(spec: ContainerSpec): ContainerSpec {
  return {
    ...spec,
    argv: ['test', '-f', `${INSIDE.workspace}/${AGENT_FILE}`],
    mounts: spec.mounts.filter((mount) => mount.kind !== 'bind'),
  };
}

function check(name: string, message: string): Check {
  return { name, ok: true, message, fix: null };
}

function failed(name: string, thrown: unknown): Check {
  const { message, why, fix } = toFault(thrown);
  return { name, ok: false, message: why === undefined ? message : `${message}. ${why}`, fix: fix ?? null };
}
