import type { Disposers } from '../base/disposers.ts';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Type from 'typebox';
import { Sandbox } from '../../schema/entities.ts';
import { systemClock } from '../base/clock.ts';
import { newId } from '../base/id.ts';
import { createAgentHost } from '../hosts/plugin/agent-host.ts';
import { AuditLog } from '../kernel/audit/audit-log.ts';
import { EngineAccess } from '../kernel/sandboxes/engine-access.ts';
import type { LaunchPad } from '../kernel/sandboxes/launch.ts';
import { Caves } from '../kernel/sandboxes/caves.ts';
import { allProfiles } from '../kernel/sandboxes/custom-profiles.ts';
import { InUse } from '../kernel/sandboxes/in-use.ts';
import { SandboxImages } from '../kernel/sandboxes/images/sandbox-images.ts';
import { sandboxRecorder } from '../kernel/sandboxes/sandbox-audit.ts';
import type { SandboxNetwork } from '../kernel/sandboxes/sandbox-network.ts';
import type { SandboxRecord } from '../kernel/sandboxes/sandbox-store.ts';
import { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { SettingsStore } from '../kernel/settings/settings.ts';
import { connectEngine } from '../platform/container-engine/engine-discovery.ts';
import { hostControlGroups } from '../platform/container-engine/host-control-groups.ts';
import { imageRecipes } from '../platform/container-engine/image-recipes.ts';
import { DiskCaches } from '../platform/package-cache/disk-caches.ts';
import { workspaceText } from '../platform/workspace-layer/workspace-text.ts';
import { ownProfileFiles, profileFiles } from '../platform/container-engine/profile-files.ts';
import { Storage } from '../platform/sqlite/storage.ts';
import { DiskLayers } from '../platform/workspace-layer/disk-layers.ts';
import { socketFolders } from '../platform/workspace-layer/socket-folders.ts';
import type { DoUpkeep } from '../kernel/scheduler/turn.ts';
import type { MemoryWatch } from '../kernel/scheduler/memory-watch.ts';
import type { ComposeOptions } from './compose-options.ts';
import { gitIdentity } from '../platform/plugin-files/operator-identity.ts';
import { writeGitIdentityFile } from '../platform/container-engine/git-identity-file.ts';
import { writeIdentity } from '../platform/container-engine/sandbox-identity.ts';
import { sandboxUser } from './sandbox-user.ts';

const AGENT_TIMEOUT_MS = 15_000;

/** The engine, the sandboxes' sockets, their layers and the sandboxes themselves. */
export async function composeSandboxes(
  options: ComposeOptions,
  parts: {
    settings: SettingsStore;
    storage: Storage;
    log: AuditLog;
    network: SandboxNetwork;
    disposers: Disposers;
    memory: Pick<MemoryWatch, 'level' | 'onChange'>;
  },
) {
  const { home, files, logger } = options;
  const { settings, storage, log, network, disposers, memory } = parts;
  const user = sandboxUser();
  const engine = new EngineAccess(() =>
    connectEngine({
      engine: settings.current.engine,
      engineSocket: settings.current.engineSocket,
      env: process.env,
      scratchFolder: home.run,
    }),
  );
  const recipes = imageRecipes(join(home.root, 'images'));
  // Until there is a scheduler, which is before anybody can ask for something, all is done at once.
  let inTurn: DoUpkeep = (_of, signal, work) => work(signal);
  const doUpkeep: DoUpkeep = (of, signal, work) => inTurn(of, signal, work);
  const images = disposers.add(new SandboxImages({ engine, recipes, doUpkeep, clock: systemClock, logger }));
  const pad: LaunchPad = {
    engine,
    images,
    host: createAgentHost({
      folder: home.ipc,
      expectedUid: user.uid,
      clock: systemClock,
      onRefused: ({ sandbox, reason, times }) => {
        logger.warn('a sandbox was refused', { sandbox, reason, times });
        log.record({ type: 'call_decided', actor: 'kernel', sandbox, decision: 'deny', reason, data: { times } });
      },
    }),
    network,
    layers: disposers.add(
      new DiskLayers({
        home: home.root,
        sessions: home.sessions,
        hiddenFiles: () => settings.current.hiddenFiles,
      }),
    ),
    sockets: socketFolders(home.ipc),
    caches: new DiskCaches(home.caches),
    groups: hostControlGroups(),
    clock: systemClock,
    logger,
    ownership: {
      owner: String(process.getuid?.() ?? ''),
      home: createHash('sha256').update(home.root).digest('hex').slice(0, 16),
      instance: newId(),
    },
    inUse: new InUse(),
    user,
    agentFolder: files.agent,
    pluginsFolder: files.plugins,
    installedFolder: home.plugins,
    identityFolder: writeIdentity(join(home.root, 'identity'), user),
    agentTimeoutMs: AGENT_TIMEOUT_MS,
  };
  // Read aside: a start does not wait for git.
  const naming = gitIdentity()().then((identity) => writeGitIdentityFile(pad.identityFolder, identity));
  naming.catch((cause: unknown) => logger.warn('sandboxes are not given your name for commits', { cause }));
  disposers.defer(() => naming.catch(() => undefined));
  // The layer in a record was written by this program; what matters to others is checked.
  const kept = await storage.collection('sandbox', Type.Unsafe<SandboxRecord>(Type.Object({ sandbox: Sandbox })));
  const own = await ownProfileFiles(join(home.root, 'profiles'));
  const { profiles, problems } = allProfiles(await profileFiles(files.profiles), own);
  for (const problem of problems) logger.warn('a profile cannot be used', { ...problem });
  const sandboxes = new Sandboxes({
    ...pad,
    profiles,
    // Where memory is short, what nobody uses yet goes first.
    poolLimitBytes: () =>
      options.life === 'command' || memory.level === 'critical' ? 0 : settings.current.sandboxPoolMiB * 1024 * 1024,
    pluginIdleMs: () => settings.current.pluginIdleMinutes * 60_000,
    store: {
      all: () => kept.all(),
      put: (record) => kept.put(record.sandbox.session, record),
      delete: (session) => kept.delete(session),
    },
  });
  const recorded = sandboxRecorder((entry) => log.record(entry));
  sandboxes.onChange((sandbox) => recorded(sandbox));
  sandboxes.plugins.onChange(recorded);
  memory.onChange((level) => {
    if (level === 'critical') sandboxes.plugins.endIdle('memory is short');
  });
  disposers.defer(() => kept.flush());
  /** From now on builds and pulls wait for their turn; begins with those that will be needed. */
  const prepareImages = (whenItsTurn: DoUpkeep): void => {
    inTurn = whenItsTurn;
    if (options.life !== 'command') images.prepareAhead([...profiles.values()].map(({ image }) => image));
  };
  return { sandboxes, pad, images, prepareImages, profiles, caves: new Caves(workspaceText, profiles), problems };
}
