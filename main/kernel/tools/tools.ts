import type { ToolEvent } from '../../../schema/contract/tool.ts';
import type { SessionId, Tool } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { AsyncChannel } from '../../base/async-channel.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { TextWork } from '../changes/diff/text-operations.ts';
import { CallDeadline } from './call-deadline.ts';
import { CrashTally } from './crash-tally.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { Subject } from '../dispatch/ports.ts';
import type { SessionLayer } from '../sandboxes/session-layer.ts';
import { checkFileOutput } from './file-output.ts';
import { answerSummary } from './answer-summary.ts';
import { invalidOutput } from './invalid-output.ts';
import type { KernelSideTools, ToolInput, ToolSandboxes, ToolSource } from './ports.ts';
import { PluginPaces } from './plugin-paces.ts';
import { PreparedTools, validInput } from './prepared-tools.ts';
import { callInSandbox, type RunningCall, type SandboxCallOptions, type ToolAnswer } from './sandbox-call.ts';
import type { SchemaWork } from './schema-check.ts';
import { toolFault } from './tool-failure.ts';
import { callInWasm, type WasmCallOptions } from './wasm-call.ts';
import { refuseRedacted, writtenSize } from './written-content.ts';

export interface ToolsOptions extends SandboxCallOptions, WasmCallOptions {
  readonly source: ToolSource;
  readonly sandboxes: ToolSandboxes;
  readonly kernelSide: KernelSideTools;
  /** Told of a call before it begins, and of its result through what it gives. */
  readonly onCall?: (call: ToolInput, signal: AbortSignal) => Promise<((result: unknown) => Promise<void>) | undefined>;
  readonly texts: TextWork;
  readonly schemas: SchemaWork;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What plugins say while they answer, in bytes: what has the kernel read, check and hand on more than that has its other callers wait. */
const OUTPUT_LIMITS = { burst: 4 * 1024 * 1024, perSecond: 4 * 1024 * 1024 };
/** Of an event without a text: thousands of short ones cost as much as a long one. */
const EVENT_BYTES = 1024;

type ToolCallContext = Pick<CallContext, 'caller' | 'signal' | 'decision' | 'reviewMs' | 'note' | 'receivedAt'>;

/** Calls the tools of plugins: in the sandbox of a session or, for a few that only read, beside the kernel. */
export class Tools {
  readonly #options: ToolsOptions;
  readonly #prepared: PreparedTools;
  readonly #paces: PluginPaces;
  readonly #crashes = new CrashTally();

  constructor(options: ToolsOptions) {
    this.#options = options;
    this.#paces = new PluginPaces(options.clock, OUTPUT_LIMITS);
    this.#prepared = new PreparedTools(options.source, options.schemas);
  }

  async list(): Promise<Tool[]> {
    const tools = await this.#options.source.tools();
    return tools.map(({ tool }) => tool);
  }

  /** The tools now, and again whenever they are others. */
  async *watch(signal: AbortSignal): AsyncGenerator<{ tools: Tool[] }, void, undefined> {
    const changes = this.#options.source.changes?.(signal) ?? [];
    yield { tools: await this.list() };
    for await (const _ of changes) yield { tools: await this.list() };
  }

  /** What the policy judges: the tool's name with each path of the input and where it leads. Throws `tool_unknown`, `invalid_input`. */
  async subjects({ session, name, input: given }: ToolInput): Promise<Subject[]> {
    const prepared = await this.#prepared.get(name);
    const { value: input, paths } = await validInput(prepared, given);
    const { size } = writtenSize(prepared.tool, input);
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
   * `schema_too_costly`, `session_not_running`, `sandbox_failed`, `cancelled`.
   */
  async *call(call: ToolInput, context: ToolCallContext): AsyncGenerator<ToolEvent, void, undefined> {
    const startedAt = context.receivedAt;
    const prepared = await this.#prepared.get(call.name);
    const { value: input } = await validInput(prepared, call.input);
    await refuseRedacted(prepared.tool, input, (path) => this.textOf(call.session, path, context.signal));
    const channel = new AsyncChannel<ToolEvent>();
    using deadline = new CallDeadline(this.#options.clock, prepared.tool.timeoutMs);
    const signal = AbortSignal.any([context.signal, deadline.signal]);
    const onResult = await this.#options.onCall?.(call, signal);
    const emit = (event: ToolEvent): Promise<void> => channel.push(event);
    const by = { plugin: prepared.tool.plugin, session: call.session };
    const spend = (bytes: number) => this.#paces.spend(by, EVENT_BYTES + bytes, signal);
    const { caller } = context;
    const of = { prepared, call: { ...call, input }, caller };
    const running: RunningCall = { ...of, crashes: this.#crashes, deadline, signal, emit, spend };
    const outcome = this.#answer(running).then(
      (answer) => ({ answer }),
      (thrown: unknown) => ({ thrown }),
    );
    void outcome.then(() => channel.close());
    try {
      yield* channel;
      const done = await outcome;
      if ('thrown' in done) throw deadline.hasPassed ? timeoutFault(prepared.tool) : done.thrown;
      const { result, durationMs } = done.answer;
      await onResult?.(result);
      const file = (path: string) => this.#sessionFile(call.session, path, signal);
      const files = await checkFileOutput(prepared.tool, result, { file, texts: this.#options.texts });
      context.note({ tool: call.name, output: answerSummary(result) });
      const overheadMs = Math.max(0, performance.now() - startedAt - durationMs - context.reviewMs);
      const truncated = isTruncated(result) ? { truncated: true } : {};
      yield { type: 'result', result, decision: context.decision, durationMs, overheadMs, ...truncated, ...files };
    } finally {
      deadline.end();
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

  async #answer(running: RunningCall): Promise<ToolAnswer> {
    const { prepared } = running;
    const answer =
      prepared.runtime === 'wasm'
        ? await callInWasm(this.#options, running)
        : ((await this.#askKernelSide(running)) ?? (await callInSandbox(this.#options, running)));
    const checked = await prepared.output.check(answer.result);
    if (!checked.ok) throw invalidOutput(prepared.tool, checked.problems, answer.result);
    this.#options.source.onAnswer(prepared.tool.plugin);
    return { ...answer, result: checked.value };
  }

  async #askKernelSide({ call, signal, emit }: RunningCall): Promise<ToolAnswer | undefined> {
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

  #layer(session: SessionId): SessionLayer | undefined {
    try {
      return this.#options.sandboxes.layer(session);
    } catch (thrown) {
      // A session that never started has none; the call itself says so.
      if (thrown instanceof Fault) return undefined;
      throw thrown;
    }
  }
}

function timeoutFault(tool: Tool): Fault {
  return new Fault('tool_timeout', `Cannot finish ${tool.name}: it took longer than ${tool.timeoutMs} ms`);
}

function isTruncated(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'truncated' in result && result.truncated === true;
}
