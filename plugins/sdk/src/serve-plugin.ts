import { Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { encodeFrame, FrameDecoder, FrameViolation } from '../../../schema/frame-codec.ts';
import type { Frame } from '../../../schema/frame.ts';
import { PLUGIN_API, type PluginAnswer } from '../../../schema/plugin-api.ts';
import type { Plugin } from './define-plugin.ts';
import { KernelCalls } from './kernel-calls.ts';
import { sandboxFetch } from './sandbox-fetch.ts';
import type { PluginLogger } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { RESULT_LIMIT_BYTES, ToolRunner } from './tool-runner.ts';

interface CallParams {
  readonly tool: string;
  readonly input: unknown;
  readonly operator?: { readonly name: string; readonly email: string };
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Undefined for anything else. By hand: a validator takes longer to load than all the rest. */
function readCallParams(value: unknown): CallParams | undefined {
  if (!isRecord(value) || typeof value['tool'] !== 'string' || value['input'] === undefined) return undefined;
  const { tool, input, operator, settings } = value;
  if (settings !== undefined && !isRecord(settings)) return undefined;
  const call = { tool, input, ...(settings === undefined ? {} : { settings }) };
  if (operator === undefined) return call;
  if (!isRecord(operator) || typeof operator['name'] !== 'string' || typeof operator['email'] !== 'string') {
    return undefined;
  }
  return { ...call, operator: { name: operator['name'], email: operator['email'] } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const HELLO = 'hello';
const CRASHED = 'tool_crashed';

export interface ServePluginOptions {
  readonly connection: Socket;
  readonly workspace: string;
  readonly pluginFolder: string;
  readonly logger: PluginLogger;
}

/** Standard error is the plugin's log: one JSON object a line, which the kernel keeps. */
const stderrLogger: PluginLogger = {
  debug: (message, fields) => log('debug', message, fields),
  info: (message, fields) => log('info', message, fields),
  warn: (message, fields) => log('warn', message, fields),
  error: (message, fields) => log('error', message, fields),
};

function log(level: string, message: string, fields: Record<string, unknown> = {}): void {
  process.stderr.write(`${JSON.stringify({ ...fields, level, message })}\n`);
}

function errorOf(thrown: unknown, signal: AbortSignal): NonNullable<Frame['error']> {
  if (signal.aborted) return { code: 'cancelled', message: 'The call was cancelled', retryable: false };
  if (thrown instanceof ToolError) {
    const { code, message, data } = thrown;
    return { code, message, retryable: false, ...(data === undefined ? {} : { data }) };
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: CRASHED, message: `The tool failed unexpectedly: ${text}`, retryable: false };
}

/** One side of the connection between the agent and a plugin's process: requests in, events and responses out. */
class PluginServer {
  readonly #connection: Socket;
  readonly #runner: ToolRunner;
  readonly #logger: PluginLogger;
  readonly #folder: string;
  readonly #calls = new Map<string, AbortController>();
  readonly #kernel = new KernelCalls((frame) => this.#send(frame));

  constructor(plugin: Plugin, options: ServePluginOptions) {
    this.#connection = options.connection;
    this.#logger = options.logger;
    this.#folder = options.pluginFolder;
    this.#runner = new ToolRunner({ plugin, ...options });
    const decoder = new FrameDecoder();
    options.connection.on('data', (chunk) => {
      try {
        for (const frame of decoder.push(chunk)) this.#receive(frame);
      } catch (thrown) {
        if (!(thrown instanceof FrameViolation)) throw thrown;
        this.#logger.error('connection ended: what arrived is not a frame', { code: thrown.code });
        options.connection.destroy();
      }
    });
    options.connection.on('error', (cause) => this.#logger.error('connection failed', { cause: cause.message }));
    options.connection.on('close', () => {
      for (const call of this.#calls.values()) call.abort();
      this.#kernel.close();
    });
    const tools = [...plugin.tools.keys()];
    const params = { api: PLUGIN_API.to, plugin: plugin.id, version: plugin.version, tools };
    void this.#send({ id: HELLO, type: 'event', method: HELLO, params });
  }

  #receive(frame: Frame): void {
    if (frame.type === 'cancel') this.#calls.get(frame.id)?.abort();
    else if (frame.type === 'response' && frame.id === HELLO) this.#refused(frame);
    else if (frame.type === 'response') this.#kernel.settle(frame);
    else if (frame.type === 'request') void this.#answer(frame);
  }

  /** Only a refusal answers the hello; the connection ends with it. */
  #refused({ error }: Frame): void {
    this.#logger.error(error?.message ?? 'refused', { code: error?.code ?? null });
  }

  async #answer(frame: Frame): Promise<void> {
    const { id } = frame;
    const params = frame.method === 'tool.call' ? readCallParams(frame.params) : undefined;
    if (params === undefined || this.#calls.has(id)) {
      const message = `Cannot answer "${frame.method ?? ''}": plugins answer tool.call, once an id`;
      await this.#send({ id, type: 'response', error: { code: 'invalid_request', message, retryable: false } });
      return;
    }
    const controller = new AbortController();
    this.#calls.set(id, controller);
    try {
      await this.#send(await this.#run(id, params, controller.signal));
    } catch (thrown) {
      const error = errorOf(thrown, controller.signal);
      // Whoever calls learns that it failed; where in the code is for whoever wrote it.
      if (error.code === CRASHED && thrown instanceof Error) {
        this.#logger.error(`${params.tool} failed unexpectedly`, { stack: this.#stackOf(thrown) });
      }
      await this.#send({ id, type: 'response', error });
    } finally {
      this.#calls.delete(id);
    }
  }

  /** Its places as the plugin’s author knows them. */
  #stackOf({ stack }: Error): string | undefined {
    return stack?.replaceAll(`${this.#folder}/`, '');
  }

  async #run(id: string, params: CallParams, signal: AbortSignal): Promise<Frame> {
    const event = (method: string, eventParams: unknown): Promise<void> =>
      this.#send({ id, type: 'event', method, params: eventParams });
    const { output, durationMs } = await this.#runner.call({
      ...params,
      signal,
      listener: {
        progress: (message, progress) => void event('tool.progress', { message, ...progress }),
        output: (text) => event('tool.output', { text }),
        call: (method, input) => this.#kernel.call({ of: id, method, input, signal }),
        fetch: sandboxFetch,
      },
    });
    // A tool that came to an end in spite of the cancel was cancelled all the same.
    signal.throwIfAborted();
    const size = Buffer.byteLength(JSON.stringify(output) ?? '');
    if (size > RESULT_LIMIT_BYTES) {
      const message = `Cannot answer ${params.tool}: its result has ${size} bytes, more than ${RESULT_LIMIT_BYTES}`;
      throw new ToolError('output_limit', message, { data: { sizeBytes: size, limitBytes: RESULT_LIMIT_BYTES } });
    }
    const answer: PluginAnswer = { output, durationMs };
    return { id, type: 'response', result: answer };
  }

  /** Resolves when there is room for more. */
  async #send(frame: Frame): Promise<void> {
    if (this.#connection.destroyed) return;
    if (this.#connection.write(encodeFrame(frame))) return;
    await new Promise<void>((done) => {
      const finish = (): void => {
        this.#connection.off('drain', finish).off('close', finish);
        done();
      };
      this.#connection.on('drain', finish).on('close', finish);
    });
  }
}

/**
 * Serves a plugin's tools on descriptor 3; Cavern has validated what they are given, and validates what they give. It does so until the
 * other side closes it: the last line of a plugin's entry.
 * The first frame it sends is the event `hello { api, plugin, version, tools }`; a response to that is its refusal.
 */
export function servePlugin(plugin: Plugin, options: Partial<ServePluginOptions> = {}): void {
  const connection = options.connection ?? new Socket({ fd: 3, readable: true, writable: true });
  const entry = process.argv[1] ?? '.';
  // The server lives as long as its connection, which refers to it.
  void new PluginServer(plugin, {
    connection,
    workspace: options.workspace ?? process.env['CAVERN_WORKSPACE'] ?? '/workspace',
    pluginFolder: options.pluginFolder ?? dirname(resolve(entry)),
    logger: options.logger ?? stderrLogger,
  });
}
