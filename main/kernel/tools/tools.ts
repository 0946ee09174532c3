import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { ToolEvent } from '../../../schema/contract/tool.ts';
import type { SessionId, Tool } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { AsyncChannel } from '../../base/async-channel.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { TextWork } from '../changes/diff/text-operations.ts';
import type { CallContext, Caller } from '../dispatch/context.ts';
import type { Subject } from '../dispatch/ports.ts';
import { bringsRedactionMark } from '../policy/redaction-mark.ts';
import type { SessionLayer } from '../sandboxes/session-layer.ts';
import { HeldTurn, type TakeTurn, type TurnOf } from '../scheduler/turn.ts';
import { checkFileOutput } from './file-output.ts';
import { answerSummary } from './answer-summary.ts';
import type {
  HostCallsOf,
  KernelSideTools,
  OperatorIdentity,
  RegisteredTool,
  ToolSandboxes,
  ToolSource,
} from './ports.ts';
import { pathsIn, problemsOf, toolSchemaCompiler } from './tool-schema.ts';
import { toolFault } from './tool-failure.ts';

export interface ToolsOptions {
  readonly source: ToolSource;
  readonly sandboxes: ToolSandboxes;
  readonly kernelSide: KernelSideTools;
  /** Told of a call before it begins, and of its result through what it gives. */
  readonly onCall?: (call: ToolInput, signal: AbortSignal) => Promise<((result: unknown) => Promise<void>) | undefined>;
  readonly texts: TextWork;
  /** Waits until it is a call's turn to be answered by the sandbox. */
  readonly takeTurn?: TakeTurn;
  /** Who commits are by; asked once a call of a plugin that may know. */
  readonly operator: () => Promise<OperatorIdentity | undefined>;
  /** Answers what a plugin asks for while it answers a call. */
  readonly hostCalls?: HostCallsOf;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ToolInput {
  readonly session: SessionId;
  readonly name: string;
  readonly input: unknown;
}

type ToolCallContext = Pick<CallContext, 'caller' | 'signal' | 'decision' | 'reviewMs' | 'note' | 'receivedAt'>;

interface Prepared extends RegisteredTool {
  readonly input: ValidateFunction;
  readonly output: ValidateFunction;
}

interface Answer {
  readonly result: unknown;
  readonly durationMs: number;
}

interface Running {
  readonly prepared: Prepared;
  readonly call: ToolInput;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly emit: (event: ToolEvent) => Promise<void>;
}

/** Calls the tools of plugins: in the sandbox of a session or, for a few that only read, beside the kernel. */
export class Tools {
  readonly #options: ToolsOptions;
  readonly #compile = toolSchemaCompiler();
  readonly #prepared = new Map<string, Prepared>();

  constructor(options: ToolsOptions) {
    this.#options = options;
  }

  async list(): Promise<Tool[]> {
    const tools = await this.#options.source.tools();
    return tools.map(({ tool }) => tool);
  }

  /** What the policy judges: the tool's name with each path of the input and where it leads. Throws `tool_unknown`, `invalid_input`. */
  async subjects({ session, name, input: given }: ToolInput): Promise<Subject[]> {
    const prepared = await this.#prepare(name);
    const input = validInput(prepared, given);
    const { size } = writtenSize(prepared.tool, input);
    const paths = pathsIn(inputSchema(prepared.tool), input);
    const base = { syscall: name, tool: name, tags: prepared.tags, ...(size === undefined ? {} : { size }) };
    if (paths.length === 0) return [base];
    const layer = this.#layer(session);
    const resolved = layer === undefined ? [] : this.#options.kernelSide.resolve(layer, paths);
    return paths.map((path, index) => {
      const resolvedPath = resolved[index];
      return { ...base, path, ...(resolvedPath === undefined ? {} : { resolvedPath }) };
    });
  }

  /** A file of a session as its sandbox sees it, read beside the kernel; undefined where it is none, or no short text. */
  async textOf(session: SessionId, path: string, signal: AbortSignal): Promise<string | undefined> {
    const layer = this.#layer(session);
    if (layer === undefined) return undefined;
    try {
      const output = async (): Promise<void> => undefined;
      const read = await this.#options.kernelSide.call({ name: 'fs.read', input: { path }, layer, signal, output });
      const result = read?.result;
      if (typeof result !== 'object' || result === null || !('content' in result)) return undefined;
      return typeof result.content === 'string' && !isTruncated(result) ? result.content : undefined;
    } catch (thrown) {
      if (thrown instanceof Fault) return undefined;
      throw thrown;
    }
  }

  /**
   * Calls a tool; the last event is its result. Output waits while nobody takes it, and so does the tool. Stopping to listen cancels.
   * Throws `tool_unknown`, `invalid_input`, `invalid_output`, `tool_failed` (data: the tool's own code), `tool_timeout`,
   * `session_not_running`, `sandbox_failed`, `cancelled`.
   */
  async *call(call: ToolInput, context: ToolCallContext): AsyncGenerator<ToolEvent, void, undefined> {
    const startedAt = context.receivedAt;
    const prepared = await this.#prepare(call.name);
    const input = validInput(prepared, call.input);
    await this.#refuseRedacted(prepared.tool, call.session, { input, signal: context.signal });
    const channel = new AsyncChannel<ToolEvent>();
    const ending = new AbortController();
    const deadline = { passed: false };
    using _timer = this.#options.clock.setTimer(prepared.tool.timeoutMs, () => {
      deadline.passed = true;
      ending.abort();
    });
    const signal = AbortSignal.any([context.signal, ending.signal]);
    const onResult = await this.#options.onCall?.(call, signal);
    const emit = (event: ToolEvent): Promise<void> => channel.push(event);
    const running: Running = { prepared, call: { ...call, input }, caller: context.caller, signal, emit };
    const outcome = this.#answer(running).then(
      (answer) => ({ answer }),
      (thrown: unknown) => ({ thrown }),
    );
    void outcome.then(() => channel.close());
    try {
      yield* channel;
      const done = await outcome;
      if ('thrown' in done) throw deadline.passed ? timeoutFault(prepared.tool) : done.thrown;
      const { result, durationMs } = done.answer;
      await onResult?.(result);
      const file = (path: string) => this.#sessionFile(call.session, path, signal);
      const files = await checkFileOutput(prepared.tool, result, { file, texts: this.#options.texts });
      context.note({ tool: call.name, output: answerSummary(result) });
      const overheadMs = Math.max(0, performance.now() - startedAt - durationMs - context.reviewMs);
      const truncated = isTruncated(result) ? { truncated: true } : {};
      yield { type: 'result', result, decision: context.decision, durationMs, overheadMs, ...truncated, ...files };
    } finally {
      ending.abort();
      await outcome;
    }
  }

  /** As the sandbox would read it. */
  async #sessionFile(session: SessionId, path: string, signal: AbortSignal): Promise<Buffer | undefined> {
    const layer = this.#layer(session);
    if (layer === undefined) return undefined;
    const input = { path, encoding: 'base64' };
    const call = { name: 'fs.read', input, layer, signal, output: async () => undefined };
    const done = await this.#options.kernelSide.call(call).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'not_found') return undefined;
      throw toolFault(thrown, { tool: 'fs.read', through: 'kernel' });
    });
    const result: unknown = done?.result;
    const isWhole = typeof result === 'object' && result !== null && 'content' in result && !isTruncated(result);
    return isWhole && typeof result.content === 'string' ? Buffer.from(result.content, 'base64') : undefined;
  }

  /** Whoever was shown a mark in the place of a secret must not write it back over the secret (policy.md, Redaction). */
  async #refuseRedacted(tool: Tool, session: SessionId, write: { input: unknown; signal: AbortSignal }): Promise<void> {
    const { input, signal } = write;
    if (!tool.effects.includes('write') || typeof input !== 'object' || input === null) return;
    const { path, content, patch }: { path?: unknown; content?: unknown; patch?: unknown } = input;
    const brings =
      typeof patch === 'string'
        ? patchBringsMark(patch)
        : typeof content === 'string' &&
          bringsRedactionMark(undefined, content) &&
          bringsRedactionMark(typeof path === 'string' ? await this.textOf(session, path, signal) : undefined, content);
    if (!brings) return;
    throw new Fault('invalid_input', `Cannot call ${tool.name}: it would write a [redacted: mark into the file`, {
      why: 'The mark stands for a secret that the reader was not shown; writing it back would lose the secret.',
      fix: 'Change only other lines, with a patch.',
    });
  }

  async #answer(running: Running): Promise<Answer> {
    const { prepared, call } = running;
    const answer = (await this.#askKernelSide(running)) ?? (await this.#askSandbox(running));
    if (!prepared.output(answer.result)) {
      throw new Fault('invalid_output', `Cannot answer ${call.name}: what it gave is not of its schema`, {
        data: { errors: problemsOf(prepared.output) },
      });
    }
    this.#options.source.onAnswer(prepared.tool.plugin);
    return answer;
  }

  async #askKernelSide({ call, signal, emit }: Running): Promise<Answer | undefined> {
    const layer = this.#layer(call.session);
    if (layer === undefined) return undefined;
    const startedAt = performance.now();
    const output = (text: string): Promise<void> => emit({ type: 'output', text });
    try {
      const done = await this.#options.kernelSide.call({ ...call, layer, signal, output });
      return done && { result: done.result, durationMs: performance.now() - startedAt };
    } catch (thrown) {
      throw toolFault(thrown, { tool: call.name, through: 'kernel' });
    }
  }

  async #askSandbox({ prepared, call, caller, signal: asked, emit }: Running): Promise<Answer> {
    const { tool, entry, tags, capabilities } = prepared;
    try {
      // A session without a sandbox is told so at once.
      this.#options.sandboxes.connection(call.session);
      const effect = tool.effects.every((one) => one === 'read') ? 'read' : 'write';
      const order = { kind: call.name, session: call.session, effect } as const;
      using turn = await this.#turn(order, { caller, signal: asked });
      const { signal } = turn;
      const connection = this.#options.sandboxes.connection(call.session);
      const operator = capabilities.some(({ name }) => name === 'operator.identity')
        ? await this.#options.operator()
        : undefined;
      const startedAt = performance.now();
      let saidMs = Number.POSITIVE_INFINITY;
      const asking = { plugin: tool.plugin, tags, capabilities, session: call.session, peer: connection.peer };
      // What a plugin asked for asks for nothing further: no circle, and no ladder of tools that act for each other.
      const onCall = caller.containerId === '' ? this.#options.hostCalls?.(asking) : undefined;
      const params = { tool: call.name, input: call.input, ...(operator ? { operator } : {}) };
      const result = await connection.request(
        'plugin.request',
        { plugin: tool.plugin, entry, method: 'tool.call', params },
        {
          signal,
          ...(onCall === undefined ? {} : { onCall }),
          onEvent: (method, event) => {
            const seen = toolEvent(method, event);
            if (typeof seen === 'number') saidMs = seen;
            return typeof seen === 'object' ? emit(seen) : undefined;
          },
        },
      );
      turn.done();
      // Its own time is a claim from inside; it cannot be longer than what passed.
      return { result, durationMs: Math.max(0, Math.min(saidMs, performance.now() - startedAt)) };
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'plugin_failed') this.#options.source.onCrash?.(tool.plugin);
      throw toolFault(thrown, { tool: call.name, through: 'sandbox' });
    }
  }

  async #turn(of: TurnOf, context: Pick<CallContext, 'caller' | 'signal'>): Promise<HeldTurn> {
    const turn = await this.#options.takeTurn?.(of, context);
    return new HeldTurn(turn ?? { signal: context.signal, end: () => undefined });
  }

  #layer(session: SessionId): SessionLayer | undefined {
    try {
      return this.#options.sandboxes.layer(session);
    } catch (thrown) {
      // A session that never started has none; the call itself says so.
      if (thrown instanceof Fault) return undefined;
      throw thrown;
    }
  }

  async #prepare(name: string): Promise<Prepared> {
    const found = await this.#options.source.tool(name);
    if (found === undefined) {
      throw new Fault('tool_unknown', `Cannot call "${name}": there is no such tool`, {
        fix: 'List them: cavern tool list',
      });
    }
    const known = this.#prepared.get(name);
    if (known !== undefined && known.tool === found.tool) return known;
    const output = found.tool.output as Record<string, unknown>; // the manifest's schema says so
    const prepared: Prepared = {
      ...found,
      input: this.#compile(inputSchema(found.tool)),
      output: this.#compile(output),
    };
    this.#prepared.set(name, prepared);
    return prepared;
  }
}

/** What a patch takes away and leaves must hold the marks that it adds. */
function patchBringsMark(patch: string): boolean {
  const lines = patch.split('\n');
  const before = lines.filter((line) => !line.startsWith('+'));
  return bringsRedactionMark(before.join('\n'), lines.filter((line) => !line.startsWith('-')).join('\n'));
}

function inputSchema(tool: Tool): Record<string, unknown> {
  return tool.input as Record<string, unknown>; // the manifest's schema says so
}

/** A copy of the input with its defaults. Throws `invalid_input` with JSON pointers. */
function validInput({ tool, input }: Prepared, given: unknown): unknown {
  const copy: unknown = structuredClone(given);
  if (input(copy)) return copy;
  const errors = problemsOf(input);
  const first = errors[0];
  throw new Fault(
    'invalid_input',
    `Cannot call ${tool.name}: ${first?.pointer || 'the input'} ${first?.message ?? 'is wrong'}`,
    {
      data: { errors },
    },
  );
}

const ENCODINGS = new Set(['utf8', 'utf16le', 'latin1', 'base64']);

function isEncoding(text: unknown): text is BufferEncoding {
  return typeof text === 'string' && ENCODINGS.has(text);
}

/** The bytes that a tool writes, where its input has them as `content`. */
function writtenSize(tool: Tool, input: unknown): { size?: number } {
  if (!tool.effects.includes('write') || typeof input !== 'object' || input === null || !('content' in input))
    return {};
  if (typeof input.content !== 'string') return {};
  const encoding = 'encoding' in input && isEncoding(input.encoding) ? input.encoding : 'utf8';
  return { size: Buffer.from(input.content, encoding).length };
}

function timeoutFault(tool: Tool): Fault {
  return new Fault('tool_timeout', `Cannot finish ${tool.name}: it took longer than ${tool.timeoutMs} ms`);
}

function isTruncated(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'truncated' in result && result.truncated === true;
}

/** What a plugin told on the way: an event for the caller, the tool's own time in milliseconds, or nothing that is known. */
function toolEvent(method: string, params: unknown): ToolEvent | number | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  const fields: { text?: unknown; message?: unknown; done?: unknown; total?: unknown; durationMs?: unknown } = params;
  if (method === 'tool.output' && typeof fields.text === 'string') return { type: 'output', text: fields.text };
  if (method === 'tool.finished' && typeof fields.durationMs === 'number') return fields.durationMs;
  if (method !== 'tool.progress' || typeof fields.message !== 'string') return undefined;
  const { message, done, total } = fields;
  return {
    type: 'progress',
    message,
    ...(typeof done === 'number' ? { done } : {}),
    ...(typeof total === 'number' ? { total } : {}),
  };
}
