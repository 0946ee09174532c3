import { randomBytes } from 'node:crypto';
import { watch } from 'node:fs';
import { basename, join } from 'node:path';
import type { AuditRecord } from '../../schema/audit-record.ts';
import type { LayerDocument } from '../../schema/contract/policy.ts';
import type { Decision } from '../../schema/policy.ts';
import { systemClock } from '../base/clock.ts';
import { Disposers } from '../base/disposers.ts';
import { AuditLog } from '../kernel/audit/audit-log.ts';
import { type BuiltinRule, builtinRules } from '../kernel/policy/builtin-rules.ts';
import { ExtensionRules } from '../kernel/policy/extension-rules.ts';
import { type DocumentWork, loadWith } from '../kernel/policy/document-work.ts';
import { validOr } from '../kernel/policy/valid-document.ts';
import { PolicyEngine } from '../kernel/policy/policy-engine.ts';
import { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import { PolicyUpdates } from '../kernel/policy/policy-updates.ts';
import { Recordings } from '../kernel/policy/recordings.ts';
import { callsOf, DECISION_TYPES, judgeWith } from '../kernel/policy/replay.ts';
import { tokenHandle } from '../kernel/policy/token-views.ts';
import type { Sandbox } from '../../schema/entities.ts';
import type { Sandboxes } from '../kernel/sandboxes/sandboxes.ts';
import { diskPolicyFiles } from '../platform/policy-files/disk-policy-files.ts';
import { diskPolicyHistory } from '../platform/policy-files/disk-policy-history.ts';
import { ThreadedDocumentWork } from '../platform/policy-documents/threaded-document-work.ts';
import { extensionSources, workerSandbox } from '../platform/policy-extension/worker-sandbox.ts';
import type { ComposeOptions } from './compose-options.ts';

const SETTLING_MS = 100;

/** Of the form that redaction knows: a token that strays into a record or a log is not readable there. */
const newToken = (): string => `cav_${randomBytes(4).toString('hex')}_${randomBytes(20).toString('hex')}`;

/** Where things lie that no call about a workspace may touch. */
export function composeBuiltins({ home, files }: ComposeOptions): readonly BuiltinRule[] {
  return builtinRules([
    { thing: 'policy-files', path: home.policy, against: 'write' },
    { thing: 'policy-files', path: home.policyHistory, against: 'write' },
    { thing: 'policy-files', path: home.policyExtensions, against: 'write' },
    { thing: 'policy-files', path: '.cavern/policy.yaml', against: 'write' },
    { thing: 'program-files', path: files.root, against: 'write' },
    { thing: 'audit-log', path: home.keys, against: 'all' },
    { thing: 'session-database', path: home.root, against: 'all', except: home.workspaces },
    { thing: 'engine-socket', path: '/var/run/docker.sock', against: 'all' },
    { thing: 'engine-socket', path: '/run/podman/podman.sock', against: 'all' },
  ]);
}

export interface PolicyParts {
  readonly rules: readonly BuiltinRule[];
  readonly workspaces: () => Iterable<string>;
  readonly onReplace: (endedTokens: readonly string[]) => void;
  readonly onWorkspaceDocument: (document: LayerDocument) => void;
}

/** The operator's document where there is one, else the one that comes along; followed while the kernel runs. */
export function composePolicy(options: ComposeOptions, parts: PolicyParts, disposers: Disposers) {
  const { home, files, logger } = options;
  const work = disposers.add(new ThreadedDocumentWork());
  const inForce = new PolicyInForce({
    engine: new PolicyEngine({ builtins: parts.rules, newTokenId: newToken }),
    files: diskPolicyFiles({ defaultPath: join(files.profiles, 'policy.yaml'), userPath: home.policy }),
    clock: systemClock,
    logger,
    workspaces: parts.workspaces,
    onReplace: parts.onReplace,
    onWorkspaceDocument: parts.onWorkspaceDocument,
  });
  const watcher = watch(home.root, (_event, file) => {
    if (file !== basename(home.policy)) return;
    // A thread that fails is no reason not to follow the file.
    inForce.follow((text) => loadWith(work, text)).catch(() => inForce.reload());
  });
  watcher.unref();
  disposers.defer(() => watcher.close());
  return { inForce, work };
}

/** How the operator's document changes, and the sessions in record mode. */
export function composePolicyUpdates(
  { home, logger, purpose = 'work' }: ComposeOptions,
  parts: { inForce: PolicyInForce; work: DocumentWork; log: AuditLog },
) {
  const { inForce, work, log } = parts;
  const updates = new PolicyUpdates({
    inForce,
    history: diskPolicyHistory(home.policyHistory),
    clock: systemClock,
    load: (text) => loadWith(work, text),
    async recentDecisions(limit) {
      const { records } = await log.query({ filters: { types: [...DECISION_TYPES] }, limit });
      return records;
    },
    onFound: ({ path, ...data }) =>
      log.record({ type: 'policy_changed', actor: 'operator', path, reason: 'edited by hand', data }),
  });
  const noticeFound = (): void => {
    // Looking at the record adds nothing to it.
    if (purpose === 'read') return;
    try {
      updates.noticeFound();
    } catch (cause) {
      logger.error('a policy that was edited by hand could not be kept', { cause });
    }
  };
  return { updates, noticeFound, recordings: new Recordings({ inForce, clock: systemClock }) };
}

/** The operator's extension rules, warm before the first call is judged; followed while the kernel runs. */
export async function composeExtensions(
  { home, logger }: ComposeOptions,
  parts: { engine: PolicyEngine; onReplace: (endedTokens: readonly string[]) => void },
  disposers: Disposers,
): Promise<ExtensionRules> {
  const extensions = disposers.add(
    new ExtensionRules({
      start: workerSandbox,
      clock: systemClock,
      logger,
      onReplace: (layer) => parts.onReplace(parts.engine.extend(layer)),
    }),
  );
  await extensions.replace(extensionSources(home.policyExtensions));
  let settling: Disposable | undefined;
  const watcher = watch(home.policyExtensions, () => {
    // An editor touches a file several times when it saves it.
    settling?.[Symbol.dispose]();
    settling = systemClock.setTimer(SETTLING_MS, () => {
      extensions
        .replace(extensionSources(home.policyExtensions))
        .catch((cause: unknown) => logger.error('extension rules could not be followed', { cause }));
    });
  });
  watcher.unref();
  disposers.defer(() => {
    settling?.[Symbol.dispose]();
    watcher.close();
  });
  return extensions;
}

/** Decides recorded calls by another document. @throws Fault `policy_invalid` */
export async function recordJudge(
  { engine }: PolicyInForce,
  work: DocumentWork,
  text: string,
): Promise<(record: AuditRecord) => Decision | undefined> {
  const judge = judgeWith(engine.withDocument(validOr(await loadWith(work, text), 'replay the session')));
  const decisions: ReadonlySet<string> = new Set(DECISION_TYPES);
  return (record) => {
    const calls = decisions.has(record.type) ? callsOf(record) : [];
    return calls.length === 0 ? undefined : judge(calls);
  };
}

/** Records that a workspace's own document came into force, changed, or does not load. */
export function recordWorkspaceDocument(log: Pick<AuditLog, 'record'>, document: LayerDocument): void {
  const { path, exists, digest, errors, lastValid } = document;
  const [error] = errors;
  const reason = !exists
    ? 'the document is gone'
    : error === undefined
      ? 'the document is in force'
      : 'the document does not load';
  const data = { layer: 'workspace', digest, ...(error === undefined ? {} : { line: error.line, lastValid }) };
  log.record({ type: 'policy_changed', actor: 'kernel', path, reason, data });
}

/** Records that a capability token is worth nothing any more. */
export function recordTokenEnd(log: Pick<AuditLog, 'record'>, handle: string, reason: string): void {
  log.record({ type: 'capability_ended', actor: 'kernel', token: handle, reason });
}

export function recordTokenEnds(log: Pick<AuditLog, 'record'>, tokens: readonly string[], reason: string): void {
  for (const token of tokens) recordTokenEnd(log, tokenHandle(token), reason);
}

/** A sandbox that is gone takes its tokens with it. */
export function endTokensWithSandboxes(parts: {
  readonly sandboxes: Sandboxes;
  readonly policy: PolicyInForce;
  readonly log: AuditLog;
}): void {
  const follow = ({ state, containerId }: Pick<Sandbox, 'state' | 'containerId'>): void => {
    if (containerId === undefined || (state !== 'destroyed' && state !== 'failed')) return;
    recordTokenEnds(parts.log, parts.policy.engine.tokens.revokeSandbox(containerId), 'its sandbox ended');
  };
  parts.sandboxes.onChange(follow);
  parts.sandboxes.plugins.onChange(follow);
}
