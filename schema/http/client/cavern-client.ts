// A client of Cavern's HTTP API. Written by `node schema/emit.ts` from the contract: not to be edited by hand.

/** Where the gateway is, and with which key. */
export interface CavernServer {
  /** `http://127.0.0.1:7433` */
  readonly url: string;
  readonly token: string;
  /** In place of the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Is told the token that took the place of this one, where the gateway rotated the key: the old one has ended. */
  readonly onNewToken?: (token: string) => void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The same key with the same request gives the first answer again, and nothing happens twice. */
  readonly idempotencyKey?: string;
  /** For so many seconds the operator may be asked, where the policy wants a person to look; without it such a call is refused. */
  readonly waitSeconds?: number;
  /** Of events that can be resumed: the last one that was seen. */
  readonly lastEventId?: string;
}

/** A refusal or a failure, as the gateway told it. */
export class CavernError extends Error {
  override readonly name = 'CavernError';
  readonly status: number;
  /** What a program looks at. */
  readonly code: string;
  /** The whole answer. */
  readonly body: unknown;
  /** With 429: after so many seconds it is worth trying again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: unknown, retryAfterSeconds?: number) {
    super(textOf(body, 'message') ?? textOf(body, 'error') ?? `status ${status}`);
    this.status = status;
    this.code = textOf(body, 'error') ?? 'unknown';
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export type SandboxStatsInput = { readonly session: string; readonly every_seconds?: number };
export type SandboxStatsOutput = { readonly at_ms: number; readonly cpus: number | null; readonly cpu_limit: number; readonly memory_bytes: number | null; readonly memory_limit_bytes: number; readonly pids: number | null; readonly pids_limit: number; readonly disk_bytes: number; readonly disk_limit_bytes: number; readonly network: { readonly sent_bytes: number; readonly received_bytes: number; readonly connections: number } | null };

export type BoxCreateInput = { readonly namespace: string; readonly name: string; readonly profile?: string; readonly image?: string; readonly limits?: { readonly cpus?: number; readonly memory_bytes?: number; readonly disk_bytes?: number; readonly time_limit_ms?: number; readonly idle_limit_ms?: number } };
export type BoxCreateOutput = { readonly id: string; readonly namespace: string; readonly name: string; readonly profile: string; readonly image: string; readonly state: "starting" | "running" | "stopping" | "stopped" | "failed"; readonly limits: { readonly cpus: number; readonly memory_bytes: number; readonly disk_bytes: number; readonly pids: number }; readonly created_at: number; readonly changed_at: number; readonly failure?: { readonly code: string; readonly message: string; readonly why?: string; readonly fix?: string } };

export type BoxListInput = { readonly namespace: string };
export type BoxListOutput = { readonly sandboxes: readonly ({ readonly id: string; readonly namespace: string; readonly name: string; readonly profile: string; readonly image: string; readonly state: "starting" | "running" | "stopping" | "stopped" | "failed"; readonly limits: { readonly cpus: number; readonly memory_bytes: number; readonly disk_bytes: number; readonly pids: number }; readonly created_at: number; readonly changed_at: number; readonly failure?: { readonly code: string; readonly message: string; readonly why?: string; readonly fix?: string } })[] };

export type BoxGetInput = { readonly session: string };
export type BoxGetOutput = { readonly id: string; readonly namespace: string; readonly name: string; readonly profile: string; readonly image: string; readonly state: "starting" | "running" | "stopping" | "stopped" | "failed"; readonly limits: { readonly cpus: number; readonly memory_bytes: number; readonly disk_bytes: number; readonly pids: number }; readonly created_at: number; readonly changed_at: number; readonly failure?: { readonly code: string; readonly message: string; readonly why?: string; readonly fix?: string } };

export type BoxStartInput = { readonly session: string };
export type BoxStartOutput = { readonly id: string; readonly namespace: string; readonly name: string; readonly profile: string; readonly image: string; readonly state: "starting" | "running" | "stopping" | "stopped" | "failed"; readonly limits: { readonly cpus: number; readonly memory_bytes: number; readonly disk_bytes: number; readonly pids: number }; readonly created_at: number; readonly changed_at: number; readonly failure?: { readonly code: string; readonly message: string; readonly why?: string; readonly fix?: string } };

export type BoxStopInput = { readonly session: string };
export type BoxStopOutput = { readonly id: string; readonly namespace: string; readonly name: string; readonly profile: string; readonly image: string; readonly state: "starting" | "running" | "stopping" | "stopped" | "failed"; readonly limits: { readonly cpus: number; readonly memory_bytes: number; readonly disk_bytes: number; readonly pids: number }; readonly created_at: number; readonly changed_at: number; readonly failure?: { readonly code: string; readonly message: string; readonly why?: string; readonly fix?: string } };

export type BoxRemoveInput = { readonly session: string };
export type BoxRemoveOutput = { readonly removed: string };

export type BoxExecInput = { readonly session: string; readonly command: string; readonly args?: readonly string[]; readonly stdin?: string; readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly timeout_ms?: number };
export type BoxExecOutput = { readonly id: string; readonly exit_code: number; readonly stdout: string; readonly stderr: string; readonly duration_ms: number; readonly timed_out: boolean; readonly truncated: boolean; readonly exceeded?: readonly ("memory" | "processes" | "fileSize" | "time")[] };

export type BoxExecutionsInput = { readonly session: string; readonly limit?: number };
export type BoxExecutionsOutput = { readonly executions: readonly ({ readonly id: string; readonly session: string; readonly command: string; readonly started_at: number; readonly duration_ms: number; readonly exit_code: number | null; readonly timed_out: boolean })[] };

export type BoxLogsInput = { readonly session: string; readonly after?: number };
export type BoxLogsOutput = { readonly seq: number; readonly at: number; readonly stream: "stdout" | "stderr" | "state"; readonly execution?: string; readonly text: string };

export type BoxTerminalInput = { readonly session: string; readonly cols?: number; readonly rows?: number };
export type BoxTerminalOutput = { readonly type: "opened"; readonly terminal: string } | { readonly type: "snapshot"; readonly text: string; readonly cols: number; readonly rows: number } | { readonly type: "text"; readonly text: string } | { readonly type: "resize"; readonly cols: number; readonly rows: number } | { readonly type: "exit"; readonly exit_code: number };

export type TerminalOpenInput = { readonly session: string; readonly cols: number; readonly rows: number; readonly argv?: readonly string[] };
export type TerminalOpenOutput = { readonly id: string; readonly session: string; readonly title: string; readonly cols: number; readonly rows: number; readonly state: "open" | "exited"; readonly exit_code?: number; readonly opened_at: number };

export type TerminalAttachInput = { readonly terminal: string; readonly as?: "bytes" };
export type TerminalAttachOutput = { readonly type: "snapshot"; readonly text: string; readonly cols: number; readonly rows: number } | { readonly type: "text"; readonly text: string } | { readonly type: "resize"; readonly cols: number; readonly rows: number } | { readonly type: "exit"; readonly exit_code: number } | { readonly type: "bytes"; readonly bytes: unknown };

export type ToolListInput = Readonly<Record<string, never>>;
export type ToolListOutput = { readonly tools: readonly ({ readonly name: string; readonly plugin: string; readonly description: string; readonly input: unknown; readonly output: unknown; readonly output_mode: "patch" | "full" | "value"; readonly effects: readonly ("read" | "write" | "network")[]; readonly timeout_ms: number })[] };

export type ToolCallInput = { readonly session: string; readonly name: string; readonly input: unknown };
export type ToolCallOutput = { readonly type: "progress"; readonly message: string; readonly done?: number; readonly total?: number } | { readonly type: "output"; readonly text: string } | { readonly type: "result"; readonly result: unknown; readonly decision: { readonly decision: "allow" | "deny" | "require_review"; readonly via: "rules" | "token"; readonly rule: string | null; readonly reasons: readonly string[]; readonly flagged: boolean; readonly warnings: readonly string[] }; readonly duration_ms: number; readonly overhead_ms: number; readonly truncated?: boolean; readonly patch?: string };

export type ApprovalListInput = Readonly<Record<string, never>>;
export type ApprovalListOutput = { readonly approvals: readonly ({ readonly id: string; readonly asked_at: number; readonly expires_at: number; readonly actor: string; readonly session?: string; readonly syscall: string; readonly paths: readonly string[]; readonly summary: string; readonly decision: { readonly decision: "allow" | "deny" | "require_review"; readonly via: "rules" | "token"; readonly rule: string | null; readonly reasons: readonly string[]; readonly flagged: boolean; readonly warnings: readonly string[] }; readonly kind?: "files" | "git" | "command" | "merge" | "network" | "policy" | "plugin" | "other"; readonly details?: readonly ({ readonly kind: "command" | "diff" | "text"; readonly title: string; readonly text: string; readonly truncated: boolean })[]; readonly answers?: readonly string[]; readonly suggested_glob?: string })[]; readonly grants: readonly ({ readonly id: string; readonly session?: string; readonly syscall: string; readonly rule: string; readonly granted_at: number; readonly scope: "session" | "pattern" | "until"; readonly actor: string; readonly path_glob?: string; readonly expires_at: number; readonly uses: number })[] };

export type ApprovalDecideInput = { readonly approval: string; readonly answer: "once" | "session" | "pattern" | "until" | "deny"; readonly path_glob?: string; readonly until?: number; readonly reason?: string };
export type ApprovalDecideOutput = Readonly<Record<string, never>>;

export type ChangesListInput = { readonly session: string; readonly snapshot?: string };
export type ChangesListOutput = { readonly changes: readonly ({ readonly path: string; readonly path_bytes?: string; readonly kind: "added" | "modified" | "deleted" | "renamed"; readonly from?: string; readonly size_bytes: number; readonly sha256: string | null; readonly mode?: string; readonly ignored?: true; readonly secret?: true; readonly conflict?: true })[] };

export type ChangesDiffInput = { readonly session: string; readonly snapshot?: string; readonly path: string };
export type ChangesDiffOutput = { readonly change: { readonly path: string; readonly path_bytes?: string; readonly kind: "added" | "modified" | "deleted" | "renamed"; readonly from?: string; readonly size_bytes: number; readonly sha256: string | null; readonly mode?: string; readonly ignored?: true; readonly secret?: true; readonly conflict?: true }; readonly before: { readonly kind: "absent" } | { readonly kind: "text"; readonly text: string; readonly size_bytes: number; readonly mode: string; readonly encoding?: "utf-8" | "utf-16le" | "utf-16be" | "latin1" } | { readonly kind: "long-text"; readonly size_bytes: number; readonly sha256: string; readonly mode: string; readonly encoding?: "utf-8" | "utf-16le" | "utf-16be" | "latin1" } | { readonly kind: "image"; readonly base64: string; readonly media_type: string; readonly size_bytes: number; readonly mode: string } | { readonly kind: "binary"; readonly size_bytes: number; readonly sha256: string; readonly mode: string } | { readonly kind: "symlink"; readonly target: string; readonly mode: string } | { readonly kind: "folder"; readonly mode: string }; readonly after: { readonly kind: "absent" } | { readonly kind: "text"; readonly text: string; readonly size_bytes: number; readonly mode: string; readonly encoding?: "utf-8" | "utf-16le" | "utf-16be" | "latin1" } | { readonly kind: "long-text"; readonly size_bytes: number; readonly sha256: string; readonly mode: string; readonly encoding?: "utf-8" | "utf-16le" | "utf-16be" | "latin1" } | { readonly kind: "image"; readonly base64: string; readonly media_type: string; readonly size_bytes: number; readonly mode: string } | { readonly kind: "binary"; readonly size_bytes: number; readonly sha256: string; readonly mode: string } | { readonly kind: "symlink"; readonly target: string; readonly mode: string } | { readonly kind: "folder"; readonly mode: string }; readonly current?: { readonly kind: "absent" } | { readonly kind: "text"; readonly text: string; readonly size_bytes: number; readonly mode: string; readonly encoding?: "utf-8" | "utf-16le" | "utf-16be" | "latin1" } | { readonly kind: "long-text"; readonly size_bytes: number; readonly sha256: string; readonly mode: string; readonly encoding?: "utf-8" | "utf-16le" | "utf-16be" | "latin1" } | { readonly kind: "image"; readonly base64: string; readonly media_type: string; readonly size_bytes: number; readonly mode: string } | { readonly kind: "binary"; readonly size_bytes: number; readonly sha256: string; readonly mode: string } | { readonly kind: "symlink"; readonly target: string; readonly mode: string } | { readonly kind: "folder"; readonly mode: string } };

export type ChangesExportInput = { readonly session: string; readonly paths?: readonly string[]; readonly reviewed?: boolean };
export type ChangesExportOutput = { readonly patch: string; readonly left: readonly string[] };

export type MergeApplyInput = { readonly session: string; readonly paths?: readonly string[]; readonly dry_run?: boolean; readonly reviewed?: boolean; readonly into?: string };
export type MergeApplyOutput = { readonly act?: string; readonly merged: readonly string[]; readonly conflicts: readonly string[]; readonly left: readonly string[]; readonly refused: readonly { readonly path: string; readonly reason: string }[] };

export type ReviewApproveInput = { readonly session: string; readonly paths?: readonly string[] };
export type ReviewApproveOutput = { readonly paths: readonly string[] };

export type ReviewRejectInput = { readonly session: string; readonly paths?: readonly string[] };
export type ReviewRejectOutput = { readonly paths: readonly string[] };

export type AuditVerifyInput = { readonly held?: readonly string[] };
export type AuditVerifyOutput = { readonly type: "progress"; readonly done: number; readonly total: number } | { readonly type: "report"; readonly report: { readonly ok: boolean; readonly records: number; readonly head: { readonly seq: number; readonly hash: string } | null; readonly checkpoints: number; readonly first_bad: null | { readonly seq: number; readonly problem: "gap" | "hash" | "signature" | "tail" | "format" } } };

export type AuditCheckpointInput = Readonly<Record<string, never>>;
export type AuditCheckpointOutput = { readonly note: string; readonly public_key: string };

export type AuditEventsInput = { readonly session?: string; readonly type?: "genesis" | "kernel_start" | "kernel_stop" | "call_decided" | "call_finished" | "sandbox_created" | "sandbox_started" | "sandbox_stopped" | "sandbox_failed" | "sandbox_destroyed" | "terminal_opened" | "terminal_closed" | "network_request" | "capability_issued" | "capability_ended" | "approval_asked" | "approval_answered" | "policy_intended" | "policy_changed" | "plugin_intended" | "plugin_installed" | "plugin_enabled" | "plugin_disabled" | "plugin_refused" | "plugin_removed" | "merge_intended" | "merge_finished" | "merge_undone" | "key_issued" | "key_rotated" | "key_revoked" | "session_created" | "session_changed" | "session_ended" | "task_submitted" | "task_finished" | "schedule_missed" | "memory_pressure" | "archive_cut" | "storage_warning" | "chain_break" | "checkpoint"; readonly actor?: string; readonly decision?: string; readonly tool?: string; readonly since?: string; readonly until?: string; readonly before?: number; readonly limit?: number };
export type AuditEventsOutput = { readonly events: readonly ({ readonly seq: number; readonly at: number; readonly type: "genesis" | "kernel_start" | "kernel_stop" | "call_decided" | "call_finished" | "sandbox_created" | "sandbox_started" | "sandbox_stopped" | "sandbox_failed" | "sandbox_destroyed" | "terminal_opened" | "terminal_closed" | "network_request" | "capability_issued" | "capability_ended" | "approval_asked" | "approval_answered" | "policy_intended" | "policy_changed" | "plugin_intended" | "plugin_installed" | "plugin_enabled" | "plugin_disabled" | "plugin_refused" | "plugin_removed" | "merge_intended" | "merge_finished" | "merge_undone" | "key_issued" | "key_rotated" | "key_revoked" | "session_created" | "session_changed" | "session_ended" | "task_submitted" | "task_finished" | "schedule_missed" | "memory_pressure" | "archive_cut" | "storage_warning" | "chain_break" | "checkpoint"; readonly act?: string; readonly actor: string; readonly session?: string; readonly sandbox?: string; readonly tool?: string; readonly decision?: string; readonly rule?: string; readonly token?: string; readonly reason?: string; readonly input?: string; readonly output?: string; readonly path?: string; readonly path_bytes?: string; readonly duration_ms?: number; readonly data?: Readonly<Record<string, unknown>>; readonly prev: string; readonly hash: string })[]; readonly next: number | null };

export type KeyIssueInput = { readonly scope: string; readonly owner?: string; readonly ttl_ms?: number };
export type KeyIssueOutput = { readonly id: string; readonly prefix: string; readonly scope: string; readonly owner: string; readonly state: "active" | "expired" | "rotated" | "revoked"; readonly issued_at: number; readonly expires_at: number; readonly rotates_at?: number; readonly last_used_at?: number; readonly ended_at?: number; readonly previous?: string; readonly notice?: "waiting" | "failed"; readonly token: string };

export type KeyListInput = Readonly<Record<string, never>>;
export type KeyListOutput = { readonly keys: readonly ({ readonly id: string; readonly prefix: string; readonly scope: string; readonly owner: string; readonly state: "active" | "expired" | "rotated" | "revoked"; readonly issued_at: number; readonly expires_at: number; readonly rotates_at?: number; readonly last_used_at?: number; readonly ended_at?: number; readonly previous?: string; readonly notice?: "waiting" | "failed" })[]; readonly webhook: { readonly url: string | null; readonly has_secret: boolean; readonly waiting: number; readonly failed: number; readonly last_problem?: string } };

export type KeyRotateInput = { readonly id: string };
export type KeyRotateOutput = { readonly id: string; readonly prefix: string; readonly scope: string; readonly owner: string; readonly state: "active" | "expired" | "rotated" | "revoked"; readonly issued_at: number; readonly expires_at: number; readonly rotates_at?: number; readonly last_used_at?: number; readonly ended_at?: number; readonly previous?: string; readonly notice?: "waiting" | "failed"; readonly token: string };

export type KeyRevokeInput = { readonly id: string };
export type KeyRevokeOutput = { readonly id: string; readonly prefix: string; readonly scope: string; readonly owner: string; readonly state: "active" | "expired" | "rotated" | "revoked"; readonly issued_at: number; readonly expires_at: number; readonly rotates_at?: number; readonly last_used_at?: number; readonly ended_at?: number; readonly previous?: string; readonly notice?: "waiting" | "failed" };

export type KeyLimitsInput = Readonly<Record<string, never>>;
export type KeyLimitsOutput = { readonly kinds: readonly ({ readonly kind: "admin" | "namespace" | "session" | "model"; readonly lifetime_ms: number; readonly rotates_after_ms?: number; readonly requests_per_minute: number })[] };

export type PluginListInput = Readonly<Record<string, never>>;
export type PluginListOutput = { readonly plugins: readonly ({ readonly id: string; readonly version: string; readonly display_name: string; readonly description: string; readonly publisher: string; readonly digest: string; readonly state: "registered" | "active" | "disabled" | "refused"; readonly reason?: string; readonly tags: readonly string[]; readonly tools: readonly string[]; readonly origin?: "core" | "installed"; readonly signer?: string; readonly may_do?: readonly string[]; readonly configurable?: boolean; readonly development?: string })[] };

export type PluginInstallInput = { readonly source: string; readonly pin?: string; readonly consent?: { readonly digest: string; readonly capabilities: readonly ({ readonly name: "workspace.read" | "workspace.write" | "process.run" | "network.connect" | "operator.identity"; readonly paths?: readonly string[]; readonly hosts?: readonly string[] })[]; readonly replaces?: string | null } };
export type PluginInstallOutput = { readonly plugin: { readonly id: string; readonly version: string; readonly display_name: string; readonly description: string; readonly publisher: string; readonly digest: string; readonly state: "registered" | "active" | "disabled" | "refused"; readonly reason?: string; readonly tags: readonly string[]; readonly tools: readonly string[]; readonly origin?: "core" | "installed"; readonly signer?: string; readonly may_do?: readonly string[]; readonly configurable?: boolean; readonly development?: string } };

export type PluginRemoveInput = { readonly id: string };
export type PluginRemoveOutput = { readonly removed: string; readonly secrets: readonly string[] };

export type PluginEnableInput = { readonly id: string };
export type PluginEnableOutput = { readonly plugin: { readonly id: string; readonly version: string; readonly display_name: string; readonly description: string; readonly publisher: string; readonly digest: string; readonly state: "registered" | "active" | "disabled" | "refused"; readonly reason?: string; readonly tags: readonly string[]; readonly tools: readonly string[]; readonly origin?: "core" | "installed"; readonly signer?: string; readonly may_do?: readonly string[]; readonly configurable?: boolean; readonly development?: string } };

export type PluginDisableInput = { readonly id: string };
export type PluginDisableOutput = { readonly plugin: { readonly id: string; readonly version: string; readonly display_name: string; readonly description: string; readonly publisher: string; readonly digest: string; readonly state: "registered" | "active" | "disabled" | "refused"; readonly reason?: string; readonly tags: readonly string[]; readonly tools: readonly string[]; readonly origin?: "core" | "installed"; readonly signer?: string; readonly may_do?: readonly string[]; readonly configurable?: boolean; readonly development?: string } };

interface Address {
  readonly method: string;
  readonly path: string;
  readonly inPath?: readonly string[];
  readonly inQuery?: readonly string[];
  readonly hasBody?: true;
}

interface Asked {
  readonly input: object;
  readonly options: CallOptions;
}

function textOf(value: unknown, name: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** A value as an address carries it. */
function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function send(server: CavernServer, address: Address, asked: Asked & { readonly accept: string }): Promise<Response> {
  const { input, options, accept } = asked;
  const rest = new Map<string, unknown>(Object.entries(input));
  const path = address.path.replaceAll(/\{([^}]*)\}/g, (_whole, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(written(value));
  });
  const url = new URL(path, server.url);
  for (const name of address.inQuery ?? []) {
    const value = rest.get(name);
    if (value !== undefined) url.searchParams.set(name, written(value));
  }
  const { signal, idempotencyKey, waitSeconds, lastEventId } = options;
  const headers: Record<string, string> = { authorization: `Bearer ${server.token}`, accept };
  if (address.hasBody === true) headers['content-type'] = 'application/json';
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  if (waitSeconds !== undefined) headers['prefer'] = `wait=${waitSeconds}`;
  if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
  const response = await (server.fetch ?? fetch)(url, {
    method: address.method,
    headers,
    ...(address.hasBody === true ? { body: JSON.stringify(Object.fromEntries(rest)) } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
  const token = response.headers.get('x-cave-new-token');
  if (token !== null) server.onNewToken?.(token);
  if (response.ok) return response;
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body: unknown = await response.json().catch(() => undefined);
  throw new CavernError(response.status, body, Number.isNaN(after) ? undefined : after);
}

async function ask<T>(server: CavernServer, address: Address, asked: Asked): Promise<T> {
  const response = await send(server, address, { ...asked, accept: 'application/json' });
  // The gateway holds its answers to the schemas that these types were written from.
  return (await response.json()) as T;
}

async function* events<T>(server: CavernServer, address: Address, asked: Asked): AsyncGenerator<T, void, undefined> {
  const response = await send(server, address, { ...asked, accept: 'text/event-stream' });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      const pieces = (text + read.value).split('\n\n');
      text = pieces.pop() ?? '';
      for (const piece of pieces) {
        const data = /^data: (.*)$/m.exec(piece)?.[1];
        if (data === undefined) continue;
        const value: unknown = JSON.parse(data);
        if (/^event: error$/m.test(piece)) throw new CavernError(response.status, value);
        // As above.
        yield value as T;
      }
    }
  } finally {
    await reader?.cancel();
  }
}

/** Every call of the API, by area. Failures are thrown as `CavernError`; events end when their reader stops. */
export function cavernClient(server: CavernServer) {
  return {
    sandbox: {
      /** Follow what the sandbox of a session uses of what it may use, once a second or less often. */
      stats: (input: SandboxStatsInput, options: CallOptions = {}): Promise<SandboxStatsOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/sandboxes/{session}/stats', inPath: ['session'], inQuery: ['every_seconds'] }, { input, options }),
    },
    box: {
      /** Start a sandbox in a namespace, on an empty workspace of its own. */
      create: (input: BoxCreateInput, options: CallOptions = {}): Promise<BoxCreateOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/sandboxes', hasBody: true }, { input, options }),
      /** List the sandboxes of a namespace, the newest first. */
      list: (input: BoxListInput, options: CallOptions = {}): Promise<BoxListOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/sandboxes', inQuery: ['namespace'] }, { input, options }),
      /** Show a sandbox and its state. */
      get: (input: BoxGetInput, options: CallOptions = {}): Promise<BoxGetOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/sandboxes/{session}', inPath: ['session'] }, { input, options }),
      /** Start a sandbox that was stopped, with what it had written. */
      start: (input: BoxStartInput, options: CallOptions = {}): Promise<BoxStartOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/sandboxes/{session}/start', inPath: ['session'] }, { input, options }),
      /** Stop a sandbox; what it wrote stays. */
      stop: (input: BoxStopInput, options: CallOptions = {}): Promise<BoxStopOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/sandboxes/{session}/stop', inPath: ['session'] }, { input, options }),
      /** Remove a sandbox with everything in it. */
      remove: (input: BoxRemoveInput, options: CallOptions = {}): Promise<BoxRemoveOutput> =>
        ask(server, { method: 'DELETE', path: '/api/v1/sandboxes/{session}', inPath: ['session'] }, { input, options }),
      /** Run a command in a sandbox to its end. */
      exec: (input: BoxExecInput, options: CallOptions = {}): Promise<BoxExecOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/sandboxes/{session}/exec', inPath: ['session'], hasBody: true }, { input, options }),
      /** List the commands that were run in a sandbox, the newest first. */
      executions: (input: BoxExecutionsInput, options: CallOptions = {}): Promise<BoxExecutionsOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/sandboxes/{session}/executions', inPath: ['session'], inQuery: ['limit'] }, { input, options }),
      /** Follow what commands print in a sandbox, and its state: what is kept of it first, then what comes. */
      logs: (input: BoxLogsInput, options: CallOptions = {}): AsyncGenerator<BoxLogsOutput, void, undefined> =>
        events(server, { method: 'GET', path: '/api/v1/sandboxes/{session}/logs', inPath: ['session'], inQuery: ['after'] }, { input, options }),
      /** Open a terminal in a sandbox and show it; it is closed with the connection. */
      terminal: (input: BoxTerminalInput, options: CallOptions = {}): AsyncGenerator<BoxTerminalOutput, void, undefined> =>
        events(server, { method: 'GET', path: '/api/v1/sandboxes/{session}/terminal', inPath: ['session'], inQuery: ['cols', 'rows'] }, { input, options }),
    },
    terminal: {
      /** Open a terminal in the sandbox of a session. */
      open: (input: TerminalOpenInput, options: CallOptions = {}): Promise<TerminalOpenOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/sandboxes/{session}/terminals', inPath: ['session'], hasBody: true }, { input, options }),
      /** Show a terminal: its screen and scrollback, then what it prints. */
      attach: (input: TerminalAttachInput, options: CallOptions = {}): AsyncGenerator<TerminalAttachOutput, void, undefined> =>
        events(server, { method: 'GET', path: '/api/v1/terminals/{terminal}', inPath: ['terminal'], inQuery: ['as'] }, { input, options }),
    },
    tool: {
      /** List the tools of all enabled plugins with their schemas. */
      list: (options: CallOptions = {}): Promise<ToolListOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/tools' }, { input: {}, options }),
      /** Call a tool in the sandbox of a session, with live output. */
      call: (input: ToolCallInput, options: CallOptions = {}): Promise<ToolCallOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/tools/{name}/call', inPath: ['name'], hasBody: true }, { input, options }),
    },
    approval: {
      /** List what waits for an answer and the standing answers. */
      list: (options: CallOptions = {}): Promise<ApprovalListOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/approvals' }, { input: {}, options }),
      /** Answer a request for review: once, for its session, for paths of a pattern, until a time, or deny. */
      decide: (input: ApprovalDecideInput, options: CallOptions = {}): Promise<ApprovalDecideOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/approvals/{approval}/decide', inPath: ['approval'], hasBody: true }, { input, options }),
    },
    changes: {
      /** List what a session changed in its workspace. */
      list: (input: ChangesListInput, options: CallOptions = {}): Promise<ChangesListOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/sandboxes/{session}/changes', inPath: ['session'], inQuery: ['snapshot'] }, { input, options }),
      /** Show one changed file before and after, and what the operator has now where that differs. */
      diff: (input: ChangesDiffInput, options: CallOptions = {}): Promise<ChangesDiffOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/sandboxes/{session}/changes/diff', inPath: ['session'], inQuery: ['snapshot', 'path'] }, { input, options }),
      /** Give the changes as a patch that git applies. */
      export: (input: ChangesExportInput, options: CallOptions = {}): Promise<ChangesExportOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/sandboxes/{session}/changes/export', inPath: ['session'], hasBody: true }, { input, options }),
    },
    merge: {
      /** Bring changes back into the workspace: those named, or all but ignored and secret-looking ones. */
      apply: (input: MergeApplyInput, options: CallOptions = {}): Promise<MergeApplyOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/sandboxes/{session}/changes/merge', inPath: ['session'], hasBody: true }, { input, options }),
    },
    review: {
      /** Approve changes of a session as they are now, for a merge of what was reviewed. */
      approve: (input: ReviewApproveInput, options: CallOptions = {}): Promise<ReviewApproveOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/sandboxes/{session}/changes/approve', inPath: ['session'], hasBody: true }, { input, options }),
      /** Reject changes of a session as they are now: a merge of what was reviewed leaves them. */
      reject: (input: ReviewRejectInput, options: CallOptions = {}): Promise<ReviewRejectOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/sandboxes/{session}/changes/reject', inPath: ['session'], hasBody: true }, { input, options }),
    },
    audit: {
      /** Verify the chain from its first record to its head; the last event is the report. */
      verify: (input: AuditVerifyInput = {}, options: CallOptions = {}): Promise<AuditVerifyOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/audit/verify', hasBody: true }, { input, options }),
      /** Sign the newest record: a checkpoint to keep elsewhere, which finds a chain that is cut or written anew. */
      checkpoint: (options: CallOptions = {}): Promise<AuditCheckpointOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/audit/checkpoint' }, { input: {}, options }),
      /** List the records of a stretch of time, the newest first, page by page. */
      events: (input: AuditEventsInput = {}, options: CallOptions = {}): Promise<AuditEventsOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/audit/events', inQuery: ['session', 'type', 'actor', 'decision', 'tool', 'since', 'until', 'before', 'limit'] }, { input, options }),
    },
    key: {
      /** Issue an API key; its token is shown this once. */
      issue: (input: KeyIssueInput, options: CallOptions = {}): Promise<KeyIssueOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/keys', hasBody: true }, { input, options }),
      /** List the API keys, without their secrets. */
      list: (options: CallOptions = {}): Promise<KeyListOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/keys' }, { input: {}, options }),
      /** Give a key a new token; the old one ends at once. */
      rotate: (input: KeyRotateInput, options: CallOptions = {}): Promise<KeyRotateOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/keys/{id}/rotate', inPath: ['id'] }, { input, options }),
      /** End an API key at once. */
      revoke: (input: KeyRevokeInput, options: CallOptions = {}): Promise<KeyRevokeOutput> =>
        ask(server, { method: 'DELETE', path: '/api/v1/keys/{id}', inPath: ['id'] }, { input, options }),
      /** Tell how long keys of each kind live and how many requests a minute they may make. */
      limits: (options: CallOptions = {}): Promise<KeyLimitsOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/keys/limits' }, { input: {}, options }),
    },
    plugin: {
      /** List the plugins with their state and, where refused, why. */
      list: (options: CallOptions = {}): Promise<PluginListOutput> =>
        ask(server, { method: 'GET', path: '/api/v1/plugins' }, { input: {}, options }),
      /** Install a plugin from a folder or a .tgz, or update it; what it asks for needs consent. */
      install: (input: PluginInstallInput, options: CallOptions = {}): Promise<PluginInstallOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/plugins', hasBody: true }, { input, options }),
      /** Remove an installed plugin and all that is kept of it. */
      remove: (input: PluginRemoveInput, options: CallOptions = {}): Promise<PluginRemoveOutput> =>
        ask(server, { method: 'DELETE', path: '/api/v1/plugins/{id}', inPath: ['id'] }, { input, options }),
      /** Offer the tools of a disabled plugin again. */
      enable: (input: PluginEnableInput, options: CallOptions = {}): Promise<PluginEnableOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/plugins/{id}/enable', inPath: ['id'] }, { input, options }),
      /** Take the tools of an installed plugin away; it stays on the disk. */
      disable: (input: PluginDisableInput, options: CallOptions = {}): Promise<PluginDisableOutput> =>
        ask(server, { method: 'POST', path: '/api/v1/plugins/{id}/disable', inPath: ['id'] }, { input, options }),
    },
  };
}
