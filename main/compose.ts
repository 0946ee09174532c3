import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import Type from 'typebox';
import { areas, type Areas } from '../schema/contract/areas.ts';
import { Sandbox, Session, type SessionId, Terminal } from '../schema/entities.ts';
import { Fault } from '../schema/fault.ts';
import { systemClock } from './base/clock.ts';
import { Disposers } from './base/disposers.ts';
import { newId } from './base/id.ts';
import type { Logger } from './base/logger.ts';
import { createAgentHost } from './hosts/plugin/agent-host.ts';
import { type KernelSocket, serveKernelSocket } from './hosts/socket/kernel-socket.ts';
import { appHandlers } from './kernel/app/handlers.ts';
import { Approvals } from './kernel/approvals/approvals.ts';
import { approvalHandlers } from './kernel/approvals/handlers.ts';
import { AuditLog } from './kernel/audit/audit-log.ts';
import { signerFromSeed } from './kernel/audit/checkpoint-note.ts';
import { auditHandlers } from './kernel/audit/handlers.ts';
import { Changes } from './kernel/changes/changes.ts';
import { changesHandlers, mergeHandlers } from './kernel/changes/handlers.ts';
import { Dispatch } from './kernel/dispatch/dispatch.ts';
import type { SessionFacts, SubjectsOf } from './kernel/dispatch/ports.ts';
import { type BuiltinRule, builtinRules } from './kernel/policy/builtin-rules.ts';
import { policyHandlers } from './kernel/policy/handlers.ts';
import { PolicyEngine } from './kernel/policy/policy-engine.ts';
import { PolicyInForce } from './kernel/policy/policy-in-force.ts';
import { pluginHandlers } from './kernel/plugins/handlers.ts';
import { PluginRegistry } from './kernel/plugins/plugin-registry.ts';
import { INSIDE } from './kernel/sandboxes/container-spec.ts';
import { sandboxDoctor } from './kernel/sandboxes/doctor.ts';
import { EngineAccess } from './kernel/sandboxes/engine-access.ts';
import { sandboxHandlers } from './kernel/sandboxes/handlers.ts';
import type { LaunchPad } from './kernel/sandboxes/launch.ts';
import { readProfiles } from './kernel/sandboxes/profiles.ts';
import { sandboxRecorder } from './kernel/sandboxes/sandbox-audit.ts';
import { secretRule } from './kernel/sandboxes/secret-paths.ts';
import { Sandboxes } from './kernel/sandboxes/sandboxes.ts';
import type { SandboxRecord } from './kernel/sandboxes/sandbox-store.ts';
import { sessionHandlers } from './kernel/sessions/handlers.ts';
import { Sessions } from './kernel/sessions/sessions.ts';
import { SettingsStore } from './kernel/settings/settings.ts';
import { terminalHandlers } from './kernel/terminals/handlers.ts';
import { Terminals } from './kernel/terminals/terminals.ts';
import { toolHandlers, toolSubjects } from './kernel/tools/handlers.ts';
import { Tools } from './kernel/tools/tools.ts';
import { connectEngine } from './platform/container-engine/engine-discovery.ts';
import { profileFiles } from './platform/container-engine/profile-files.ts';
import { settingsFile } from './platform/files/atomic-file.ts';
import type { Home } from './platform/home/home.ts';
import { fileSealer, KeyStore } from './platform/key-store/key-store.ts';
import { kernelSideTools } from './platform/plugin-files/kernel-side-tools.ts';
import { gitIdentity } from './platform/plugin-files/operator-identity.ts';
import { pluginFolders } from './platform/plugin-files/plugin-folders.ts';
import { Storage } from './platform/sqlite/storage.ts';
import { workerTerminalMirror } from './platform/terminal-mirror/worker-terminal-mirror.ts';
import { diskLayerEditor } from './platform/workspace-files/disk-layer-editor.ts';
import { diskLayerReader } from './platform/workspace-files/disk-layer-reader.ts';
import { diskWorkspaces } from './platform/workspace-files/disk-workspace.ts';
import { FileBaseRecords } from './platform/workspace-files/file-base-records.ts';
import { FileContentStore } from './platform/workspace-files/file-content-store.ts';
import { FileMergeJournal } from './platform/workspace-files/file-merge-journal.ts';
import { DiskLayers } from './platform/workspace-layer/disk-layers.ts';
import { socketFolders } from './platform/workspace-layer/socket-folders.ts';
import type { ProgramFiles } from './program-files.ts';

export interface ComposeOptions {
  readonly home: Home;
  readonly files: ProgramFiles;
  readonly version: string;
  readonly electron: string | null;
  readonly logger: Logger;
  /** What a host with a screen can do. */
  readonly window?: {
    pickFolder(): Promise<string | null>;
    openExternal(url: string): Promise<void>;
  };
}

/** A running kernel. Disposing leaves the sandboxes running for the next one. */
export interface Kernel extends AsyncDisposable {
  readonly dispatch: Dispatch<Areas>;
  readonly socket: KernelSocket;
  /** Records what a host refused before it became a call. */
  recordRefusal(what: string): void;
}

const clock = systemClock;
const AGENT_TIMEOUT_MS = 15_000;
/** Root inside would be root outside: a root operator's sandboxes run as the first ordinary user. */
const UNPRIVILEGED_ID = 1000;

function sandboxUser(): { uid: number; gid: number } {
  const uid = process.getuid?.() ?? UNPRIVILEGED_ID;
  const gid = process.getgid?.() ?? UNPRIVILEGED_ID;
  return uid === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : { uid, gid };
}

/** The storage, the keys and the audit chain. */
async function composeAudit({ home, logger, version }: ComposeOptions, disposers: Disposers) {
  const keys = KeyStore.open(home.keys, [fileSealer]);
  const storage = disposers.add(await Storage.open({ database: home.database, clock, logger }));
  const { recovery } = storage;
  const log = disposers.add(
    await AuditLog.open({
      store: storage.audit,
      signer: signerFromSeed(keys.key('audit-signing').reveal()),
      clock,
      logger,
      newChainId: () => randomBytes(16).toString('hex'),
      breaks: recovery
        ? [{ reason: recovery.message, data: { source: recovery.source, lastSeq: recovery.lastSeq } }]
        : [],
    }),
  );
  log.record({ type: 'kernel_start', actor: 'kernel', data: { pid: process.pid, version } });
  disposers.defer(() => log.record({ type: 'kernel_stop', actor: 'kernel', data: { pid: process.pid } }));
  return { keys, storage, log };
}

/** Where things lie that no call about a workspace may touch. */
function builtins({ home, files }: ComposeOptions): readonly BuiltinRule[] {
  return builtinRules([
    { thing: 'policy-files', path: home.policy, against: 'write' },
    { thing: 'policy-files', path: '.cavern/policy.yaml', against: 'write' },
    { thing: 'program-files', path: files.root, against: 'write' },
    { thing: 'audit-log', path: home.keys, against: 'all' },
    { thing: 'session-database', path: home.root, against: 'all' },
    { thing: 'engine-socket', path: '/var/run/docker.sock', against: 'all' },
    { thing: 'engine-socket', path: '/run/podman/podman.sock', against: 'all' },
  ]);
}

/** The operator's document where there is one, else the one that comes along; followed while the kernel runs. */
function composePolicy(
  options: ComposeOptions,
  rules: readonly BuiltinRule[],
  onReplace: () => void,
  disposers: Disposers,
): PolicyInForce {
  const { home, files, logger } = options;
  const fallback = join(files.profiles, 'policy.yaml');
  const inForce = new PolicyInForce({
    engine: new PolicyEngine({ builtins: rules, newTokenId: () => randomBytes(16).toString('hex') }),
    source: {
      name: () => (existsSync(home.policy) ? home.policy : fallback),
      read: (name) => readFileSync(name, 'utf8'),
    },
    logger,
    onReplace,
  });
  const watcher = watch(home.root, (_event, file) => {
    if (file === basename(home.policy)) inForce.reload();
  });
  watcher.unref();
  disposers.defer(() => watcher.close());
  return inForce;
}

async function composeSandboxes(
  options: ComposeOptions,
  parts: { settings: SettingsStore; storage: Storage; log: AuditLog },
) {
  const { home, files, logger } = options;
  const { settings, storage, log } = parts;
  const user = sandboxUser();
  const pad: LaunchPad = {
    engine: new EngineAccess(() =>
      connectEngine({
        engine: settings.current.engine,
        engineSocket: settings.current.engineSocket,
        env: process.env,
        scratchFolder: home.run,
      }),
    ),
    host: createAgentHost({
      folder: home.ipc,
      expectedUid: user.uid,
      clock,
      onRefused: ({ sandbox, reason, times }) => {
        logger.warn('a sandbox was refused', { sandbox, reason, times });
        log.record({ type: 'call_decided', actor: 'kernel', sandbox, decision: 'deny', reason, data: { times } });
      },
    }),
    layers: new DiskLayers({ home: home.root, sessions: home.sessions }),
    sockets: socketFolders(home.ipc),
    clock,
    logger,
    ownership: {
      owner: String(process.getuid?.() ?? ''),
      home: createHash('sha256').update(home.root).digest('hex').slice(0, 16),
      instance: newId(),
    },
    user,
    agentFolder: files.agent,
    pluginsFolder: files.plugins,
    agentTimeoutMs: AGENT_TIMEOUT_MS,
  };
  // The layer in a record was written by this program; what matters to others is checked.
  const kept = await storage.collection('sandbox', Type.Unsafe<SandboxRecord>(Type.Object({ sandbox: Sandbox })));
  const profiles = readProfiles(await profileFiles(files.profiles));
  const sandboxes = new Sandboxes({
    ...pad,
    profiles,
    store: {
      all: () => kept.all(),
      put: (record) => kept.put(record.sandbox.session, record),
      delete: (session) => kept.delete(session),
    },
  });
  sandboxes.onChange(sandboxRecorder((entry) => log.record(entry)));
  return { pad, profiles, sandboxes, kept };
}

async function composeTerminals(
  { logger }: ComposeOptions,
  parts: { storage: Storage; sandboxes: Sandboxes; log: AuditLog; disposers: Disposers },
): Promise<Terminals> {
  const { storage, sandboxes, log, disposers } = parts;
  const kept = await storage.collection('terminal', Terminal);
  disposers.defer(() => kept.flush());
  return new Terminals({
    sandboxes,
    mirror: disposers.add(workerTerminalMirror()),
    store: {
      all: () => kept.all(),
      put: (terminal) => kept.put(terminal.id, terminal),
      delete: (id) => kept.delete(id),
    },
    audit: { record: (entry) => log.record({ ...entry, actor: 'kernel' }) },
    clock,
    logger,
  });
}

function composeChanges(
  { home, logger }: ComposeOptions,
  parts: { sandboxes: Sandboxes; policy: PolicyInForce },
): Changes {
  const { sandboxes, policy } = parts;
  return new Changes({
    layers: {
      layer: (session) => sandboxes.layer(session),
      isRunning: (session) =>
        sandboxes
          .list()
          .some(
            (sandbox) => sandbox.session === session && ['creating', 'running', 'stopping'].includes(sandbox.state),
          ),
    },
    reader: diskLayerReader,
    workspaces: diskWorkspaces,
    contents: new FileContentStore(home.blobs),
    bases: new FileBaseRecords(home.sessions),
    journal: new FileMergeJournal(home.merges),
    editor: diskLayerEditor,
    looksSecret: (path, head) => looksSecret(path, Buffer.from(head).toString('latin1'), policy),
    now: () => clock.now(),
    logger,
  });
}

/** By its name, by what its name says to look for inside, or because it holds a secret that the redaction knows. */
function looksSecret(path: string, head: string, policy: PolicyInForce): boolean {
  const rule = secretRule(path);
  if (rule === 'yes') return true;
  return (rule !== 'no' && rule.test(head)) || policy.redactor.redact(head) !== head;
}

/** The policy judges each path that a merge would write or remove. */
function mergeSubjects(changes: Changes): SubjectsOf {
  return async (input, signal) => {
    // The contract has validated the input.
    const { session, paths } = input as { session: SessionId; paths?: string[] };
    const subjects = await changes.mergeSubjects({ session, paths, signal });
    return subjects.length > 0 ? subjects : [{ syscall: 'merge.apply' }];
  };
}

function composeTools({ files, logger }: ComposeOptions, sandboxes: Sandboxes) {
  const plugins = new PluginRegistry({
    folders: pluginFolders(),
    builtinFolder: files.plugins,
    insideFolder: INSIDE.plugins,
    logger,
  });
  const kernelSide = kernelSideTools({ user: sandboxUser(), ripgrep: join(files.plugins, 'search', 'bin', 'rg') });
  const tools = new Tools({ source: plugins, sandboxes, kernelSide, operator: gitIdentity(), clock, logger });
  return { plugins, tools };
}

function windowHandlers(window: ComposeOptions['window']) {
  const missing = (): never => {
    throw new Fault('no_window', 'Cannot ask the operator: this kernel has no window');
  };
  return {
    pickFolder: async () => ({ path: window ? await window.pickFolder() : missing() }),
    async openExternal({ url }: { url: string }) {
      await (window ?? missing()).openExternal(url);
      return {};
    },
  };
}

/** Puts the kernel of a home together and starts it: the only place where services are made. */
export async function composeKernel(options: ComposeOptions): Promise<Kernel> {
  const disposers = new Disposers();
  try {
    return await compose(options, disposers);
  } catch (thrown) {
    await disposers[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function compose(options: ComposeOptions, disposers: Disposers): Promise<Kernel> {
  const { home, logger, version, electron } = options;
  const settings = new SettingsStore(settingsFile(home.settings));
  const { keys, storage, log } = await composeAudit(options, disposers);
  const approvals = new Approvals({ clock, audit: log, timeoutMs: () => settings.current.approvalTimeoutMs });
  const rules = builtins(options);
  const policy = composePolicy(options, rules, () => approvals.endAllGrants(), disposers);
  const { pad, profiles, sandboxes } = await composeSandboxes(options, { settings, storage, log });
  const changes = composeChanges(options, { sandboxes, policy });
  const keptSessions = await storage.collection('session', Session);
  disposers.defer(() => keptSessions.flush());
  disposers.add(sandboxes);
  const sessions = new Sessions({
    store: {
      all: () => keptSessions.all(),
      put: (session) => keptSessions.put(session.id, session),
      delete: (id) => keptSessions.delete(id),
    },
    sandboxes,
    audit: { record: (entry) => log.record({ ...entry, actor: 'kernel' }) },
    clock,
    logger,
    async onRemove(session) {
      approvals.endSession(session);
      changes.forget(session);
    },
  });
  const terminals = disposers.add(await composeTerminals(options, { storage, sandboxes, log, disposers }));
  const { plugins, tools } = composeTools(options, sandboxes);
  const facts = new Map<SessionId, SessionFacts>();
  const dispatch = new Dispatch({
    areas,
    handlers: {
      app: appHandlers({
        version: { cavern: version, node: process.versions.node, electron, pid: process.pid, home: home.root },
        settings,
        doctor: {
          node: process.versions.node,
          electron,
          keystore: keys.kind,
          sandboxes: () => sandboxDoctor(pad, profileNamed(profiles, 'workspace')),
          policy: () => policy.state,
          audit: () => ({ ...log.state, head: log.state.head.seq }),
          settingsProblem: () => settings.problem,
        },
      }),
      session: sessionHandlers(sessions),
      sandbox: sandboxHandlers(sandboxes),
      terminal: terminalHandlers(terminals),
      approval: approvalHandlers(approvals),
      tool: toolHandlers(tools),
      plugin: pluginHandlers(plugins),
      changes: changesHandlers(changes),
      merge: mergeHandlers(changes),
      policy: policyHandlers({ inForce: policy, builtins: rules, clock }),
      audit: auditHandlers(log),
      window: windowHandlers(options.window),
    },
    clock,
    logger,
    gate: {
      policy,
      audit: log,
      review: approvals,
      redact: (text) => policy.redactor.redact(text),
      subjects: new Map<string, SubjectsOf>([
        ['tool.call', toolSubjects(tools)],
        ['merge.apply', mergeSubjects(changes)],
      ]),
      sessionOf(id) {
        const known = sessions.list().find((session) => session.id === id);
        if (known === undefined) return undefined;
        const found = facts.get(known.id) ?? {
          session: { mode: 'explore', state: known.state },
          workspaceRoots: [known.workspace],
        };
        facts.set(known.id, found);
        return found;
      },
    },
  });
  const recordRefusal = (what: string): void =>
    log.record({ type: 'call_decided', actor: 'operator', decision: 'deny', reason: what.slice(0, 500) });
  const socket = disposers.add(await serveKernelSocket({ runFolder: home.run, dispatch, onViolation: recordRefusal }));
  await changes.resumeInterrupted();
  await sessions.recover();
  const running = sessions.list().filter((session) => session.state === 'running');
  terminals.keepOnly(new Set(running.map((session) => session.id)));
  return { dispatch, socket, recordRefusal, [Symbol.asyncDispose]: () => disposers[Symbol.asyncDispose]() };
}

function profileNamed<T>(profiles: ReadonlyMap<string, T>, name: string): T {
  const profile = profiles.get(name);
  if (profile) return profile;
  throw new Fault('profile_unknown', `Cannot find the profile "${name}": it does not come with this program`);
}
