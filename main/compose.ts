import { areas, type Areas } from '../schema/contract/areas.ts';
import { Session, type SessionId } from '../schema/entities.ts';
import { Fault } from '../schema/fault.ts';
import { systemClock } from './base/clock.ts';
import { Disposers } from './base/disposers.ts';
import { type KernelSocket, serveKernelSocket } from './hosts/socket/kernel-socket.ts';
import { Approvals } from './kernel/approvals/approvals.ts';
import { approvalHandlers } from './kernel/approvals/handlers.ts';
import { auditHandlers } from './kernel/audit/handlers.ts';
import { BaseWatch } from './kernel/changes/session/base-watch.ts';
import { AUTOMATIC_CALLER, hasChangesToMerge } from './kernel/changes/merge/merge-condition.ts';
import { TestedMerges } from './kernel/changes/merge/tested-merges.ts';
import { changesHandlers, mergeHandlers } from './kernel/changes/handlers.ts';
import { reviewHandlers } from './kernel/changes/review/review-handlers.ts';
import { snapshotHandlers } from './kernel/changes/snapshots/snapshot-handlers.ts';
import { RunningActs } from './kernel/dispatch/running-acts.ts';
import { Dispatch } from './kernel/dispatch/dispatch.ts';
import type { Authentication } from './kernel/keys/authentication.ts';
import type { Gateway } from './kernel/gateway/gateway.ts';
import { keyHandlers } from './kernel/keys/handlers.ts';
import { hostCalls } from './kernel/plugins/host-calls.ts';
import { pluginHandlers } from './kernel/plugins/handlers.ts';
import { portHandlers } from './kernel/ports/handlers.ts';
import { OpenPorts } from './kernel/ports/open-ports.ts';
import { policyHandlers } from './kernel/policy/handlers.ts';
import type { Redactor } from './kernel/policy/redactor.ts';
import { imageHandlers } from './kernel/sandboxes/images/handlers.ts';
import { sandboxHandlers } from './kernel/sandboxes/handlers.ts';
import { secretHandlers } from './kernel/secrets/handlers.ts';
import { scheduleHandlers, taskHandlers } from './kernel/scheduler/handlers.ts';
import { sessionHandlers } from './kernel/sessions/handlers.ts';
import { Sessions } from './kernel/sessions/sessions.ts';
import { settingsFromEnvironment } from './kernel/settings/environment.ts';
import { SettingsStore } from './kernel/settings/settings.ts';
import { terminalHandlers } from './kernel/terminals/handlers.ts';
import { toolHandlers } from './kernel/tools/handlers.ts';
import { settingsFile } from './platform/files/atomic-file.ts';
import { localPorts } from './platform/local-ports/local-ports.ts';
import { composeApp } from './compose/app.ts';
import { composeAudit } from './compose/audit.ts';
import { composeBoxes } from './compose/boxes.ts';
import { composeGateway, type GatewayVitals } from './compose/gateway.ts';
import { composeContents } from './compose/contents.ts';
import { type ChangesParts, composeChanges, judgeMerge } from './compose/changes.ts';
import type { ComposeOptions } from './compose/compose-options.ts';
import {
  composeBuiltins,
  composeExtensions,
  composePolicy,
  composePolicyUpdates,
  endTokensWithSandboxes,
  recordJudge,
  recordTokenEnd,
  recordTokenEnds,
  recordWorkspaceDocument,
} from './compose/policy.ts';
import { composeGate } from './compose/gate.ts';
import { composeKeys, keyReach } from './compose/keys.ts';
import { keptSessionStore } from './compose/kept-sessions.ts';
import { composeMemoryWatch } from './compose/memory-watch.ts';
import { composeEditor } from './compose/editor.ts';
import { composeNetwork } from './compose/network.ts';
import { composeSandboxes } from './compose/sandboxes.ts';
import { composeSecrets } from './compose/secrets.ts';
import { sessionFacts, sessionOfContainer } from './compose/session-facts.ts';
import { composeScheduler } from './compose/scheduler.ts';
import { composeRecordings, composeTerminals } from './compose/terminals.ts';
import { composeTools } from './compose/tools.ts';
import { windowHandlers } from './compose/window.ts';

/** A running kernel. Disposing leaves the sandboxes running for the next one. */
export interface Kernel extends AsyncDisposable {
  readonly dispatch: Dispatch<Areas>;
  readonly socket: KernelSocket;
  /** For hosts that serve more than this machine's user. */
  readonly authentication: Authentication;
  /** HTTP and MCP; what the operator had turned on is served from `begin` on. */
  readonly gateway: Gateway;
  /** What the gateway tells whoever asks. */
  readonly vitals: GatewayVitals;
  /** Records what a host refused before it became a call. */
  recordRefusal(what: string): void;
}

const clock = systemClock;
/** Of the terminal that a workspace's own sandbox starts with, until a window says otherwise. */
const START_TERMINAL = { cols: 120, rows: 32 } as const;
const SEND_LIMIT_MS = 10_000;

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
  const { home, logger } = options;
  const of = (part: string): ComposeOptions => ({ ...options, logger: logger.with({ part }) });
  const settings = new SettingsStore(settingsFile(home.settings), settingsFromEnvironment(process.env));
  const { keys, storage, log, keepWithin } = await composeAudit(of('audit'), disposers);
  const { contents, fsck } = await composeContents({ ...of('contents'), clock }, { keys, storage });
  const timeoutMs = (): number => settings.current.approvalTimeoutMs;
  const approvals = disposers.add(new Approvals({ clock, audit: log, timeoutMs }));
  const rules = composeBuiltins(options);
  const keptSessions = await storage.collection('session', Session);
  disposers.defer(() => keptSessions.flush());
  const acts = new RunningActs();
  const onReplace = (ended: readonly string[]): void => {
    approvals.endAllGrants();
    void acts.judgeAgain();
    recordTokenEnds(log, ended, 'the policy changed');
    noticed();
  };
  let noticed = (): void => undefined;
  const { inForce: policy, work } = composePolicy(
    of('policy'),
    {
      rules,
      workspaces: () => keptSessions.all().map(({ workspace }) => workspace),
      onReplace,
      onWorkspaceDocument(document) {
        if (options.purpose !== 'read') recordWorkspaceDocument(log, document);
      },
    },
    disposers,
  );
  const asking = {
    log,
    policy,
    sandboxes: () => sandboxes,
    factsOf: (session: string) => sessionOf(session),
    disposers,
  };
  const holders = () => ({ registry: plugins, publishers: installing.publishers });
  const secrets = await composeSecrets(of('secrets'), {
    ...asking,
    keys,
    storage,
    plugins: holders,
    onRequests: () => network.renew(),
  });
  const redactor = (): Redactor => secrets.redactor(policy.redactor);
  const redact = (text: string): string => redactor().redact(text);
  options.onRedaction?.(redact);
  const extensions = await composeExtensions(of('policy'), { engine: policy.engine, onReplace }, disposers);
  const { updates, noticeFound, recordings } = composePolicyUpdates(options, { inForce: policy, work, log });
  noticed = noticeFound;
  noticeFound();
  const network = composeNetwork({ ...asking, secrets, lookup: options.lookup });
  const memory = disposers.add(composeMemoryWatch(log));
  const { sandboxes, pad, images, prepareImages, profiles, caves, problems } = await composeSandboxes(of('sandboxes'), {
    settings,
    storage,
    log,
    network,
    disposers,
    memory,
  });
  endTokensWithSandboxes({ sandboxes, policy, log });
  const type: ChangesParts['type'] = async ({ session, terminal }, text) => {
    const open = terminals.list(session).some(({ id }) => id === terminal);
    if (!open) throw new Fault('not_found', `Cannot send to terminal "${terminal}": the session has none of that id`);
    // Pasted, so that a line feed in it does not send half of it off.
    await terminals.write(terminal, `\u001b[200~${text}\u001b[201~`, AbortSignal.timeout(SEND_LIMIT_MS));
  };
  const testedMerges = new TestedMerges({
    enabled: () => settings.current.automaticMerge.enabled,
    hasChanges: (session, signal) => hasChangesToMerge(changes, session, signal),
    merge: (session, signal) =>
      dispatch.call({
        method: 'merge.apply',
        input: { session },
        caller: AUTOMATIC_CALLER,
        signal,
        // The changes lie there to be reviewed; a question would only go away unanswered.
        review: 'refuse',
      }),
    logger,
  });
  const onTestsPassed = (session: SessionId): void => testedMerges.testsPassed(session);
  const reviewed = { sandboxes, policy, settings, contents, disposers, type, onTestsPassed };
  const reviewing = composeChanges(of('changes'), reviewed);
  const { changes, reviews, texts, automatic, snapshots } = reviewing;
  disposers.add(sandboxes);
  const sessions = new Sessions({
    store: keptSessionStore(keptSessions, storage),
    sandboxes,
    caves,
    onReady: (session) => secrets.prepare(session),
    onStart: async (session, argv) => void (await terminals.open({ session, ...START_TERMINAL, argv })),
    audit: { record: (entry) => log.record({ ...entry, actor: 'kernel' }) },
    clock,
    logger: of('sessions').logger,
    async onRemove(session) {
      scheduler.cancelSession(session);
      approvals.endSession(session);
      recordings.endSession(session);
      for (const { id } of terminals.list(session)) terminals.close(id);
      await changes.forget(session);
      reviews.forget(session);
      automatic.forget(session);
      secrets.forget(session);
      await apiKeys.endSession(session);
      boxes.forget(session);
      await editor.forget(session);
    },
  });
  const apiKeys = await composeKeys(of('keys'), {
    storage,
    log,
    secrets,
    disposers,
    isSession: (id) => sessions.list().some((session) => session.id === id),
  });
  keepWithin(
    () => settings.current.retention,
    () => sessions.archive(settings.current.retention.sessionDays),
  );
  const running = () => sessions.list().flatMap(({ id, state }) => (state === 'running' ? [id] : []));
  disposers.add(new BaseWatch({ changes, running, pulse: (session) => sandboxes.pulse(session), clock, logger }));
  const { scheduler, schedules, takeTurn, doUpkeep, begin } = await composeScheduler(of('scheduler'), {
    storage,
    tasksAtOnce: settings.current.tasksAtOnce,
    memory,
    sandboxes,
    log,
    disposers,
    profileOf: (session) => sessions.get(session).profile,
    dispatch: () => dispatch,
  });
  const onOpen = (session: SessionId, open: number): void => scheduler.setTerminals(session, open);
  const terminals = await composeTerminals(of('terminals'), { storage, settings, sandboxes, log, disposers, onOpen });
  const casts = disposers.add(composeRecordings(options, terminals));
  const editor = composeEditor(of('editor'), { sandboxes, settings, disposers });
  const ports = disposers.add(new OpenPorts({ local: localPorts, sandboxes, audit: log, clock }));
  const { plugins, tools, installing } = await composeTools(of('plugins'), {
    storage,
    log,
    settings,
    disposers,
    sandboxes,
    automatic,
    texts,
    redact,
    policy,
    hostCalls: () => asked,
    takeTurn,
    handed: secrets.plugins,
  });
  const boxed = { storage, sessions, sandboxes, takeTurn, redact, terminals, disposers };
  const boxes = await composeBoxes(of('boxes'), boxed);
  const sessionOf = sessionFacts(() => sessions.list());
  const reached = { log, storage, settings, sandboxes, engine: pad.engine, keys: apiKeys, dispatch: () => dispatch };
  const { gateway, vitals, handlers: gatewayHandlers } = await composeGateway(of('gateway'), { ...reached, disposers });
  const dispatch = new Dispatch({
    areas,
    handlers: {
      ...composeApp(options, { settings, gateway, fsck, keys, sandboxes, policy, log, storage, redact, clock }),
      image: imageHandlers({ images, profiles }),
      session: sessionHandlers(sessions, editor),
      sandbox: sandboxHandlers({ ...pad, sandboxes, caves, problems, takeTurn }),
      box: boxes.handlers,
      port: portHandlers(ports),
      key: keyHandlers(apiKeys),
      gateway: gatewayHandlers,
      secret: secretHandlers({ secrets, checkWorkspace: (path) => sandboxes.checkWorkspace(path) }),
      task: taskHandlers(scheduler),
      schedule: scheduleHandlers(schedules),
      terminal: terminalHandlers(terminals, casts),
      approval: approvalHandlers(approvals),
      tool: toolHandlers(tools),
      plugin: pluginHandlers({ ...installing, registry: plugins, doUpkeep }),
      changes: changesHandlers({ ...reviewing, clock }),
      merge: mergeHandlers({ ...reviewing, judge: judgeMerge(policy, sessionOf), takeTurn }),
      snapshot: snapshotHandlers({
        snapshots,
        views: changes.views,
        sessionOf: (id) => sessions.get(id),
        startSession: (branch) => sessions.create(branch),
      }),
      review: reviewHandlers({ reviews, views: changes.views, checkSession: (id) => void sessions.get(id) }),
      policy: policyHandlers({
        inForce: policy,
        updates,
        recordings,
        work,
        extensions: () => ({ ...extensions.state(), folder: home.policyExtensions }),
        clock,
        rootsOf: (session) => sessionOf(session)?.workspaceRoots ?? [],
        sessionOf: sessionOfContainer(sandboxes),
        checkRunning: (session) => void sandboxes.connection(session),
        onTokenRevoked: (handle) => recordTokenEnd(log, handle, 'the operator ended it'),
      }),
      audit: auditHandlers({ log, judgeBy: (text) => recordJudge(policy, work, text) }),
      window: windowHandlers(options.window),
    },
    clock,
    logger: of('dispatch').logger,
    gate: composeGate({
      policy,
      recordings,
      updates,
      log,
      approvals,
      redactor,
      tools,
      editorSubjects: editor.subjects,
      reviewing,
      sessionOf,
      reach: keyReach({ sessions: () => sessions.list(), terminals: () => terminals.list() }),
      running: acts,
    }),
  });
  const asked = hostCalls({
    dispatch,
    source: plugins,
    subjects: (input) => tools.subjects(input),
    audit: log,
    clock,
  });
  const recordRefusal = (what: string): void =>
    log.record({ type: 'call_decided', actor: 'operator', decision: 'deny', reason: what.slice(0, 500) });
  await snapshots.recover();
  await changes.resumeInterrupted();
  await sessions.recover();
  await boxes.recover();
  terminals.keepOnly(new Set(running()));
  begin();
  if (options.purpose !== 'read') apiKeys.begin();
  prepareImages(doUpkeep);
  // Only now: whoever attaches finds sessions as they are.
  const socket = disposers.add(await serveKernelSocket({ runFolder: home.run, dispatch, onViolation: recordRefusal }));
  // Ended first, while all that a merge needs is still there.
  disposers.add(testedMerges);
  return {
    dispatch,
    socket,
    authentication: apiKeys.authentication,
    gateway,
    vitals,
    recordRefusal,
    [Symbol.asyncDispose]: () => disposers[Symbol.asyncDispose](),
  };
}
