import type { Readable } from 'node:stream';
import { ANSWER_LIMIT_BYTES } from '../../../schema/agent-protocol.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Frame } from '../../../schema/frame.ts';
import { isServedApi, type PluginApi, unservedApi } from '../../../schema/plugin-api.ts';
import { Budget } from '../../base/budget.ts';
import { SocketChannel } from '../framed-socket/socket-channel.ts';
import { followLog } from './log-lines.ts';
import { PluginAsking } from './plugin-asking.ts';
import type { PluginNode } from './plugin-node.ts';
import { killTree } from './process-tree.ts';
import { type RelayedAnswer, relayedAnswer } from './relayed-answer.ts';
import type { AgentCall } from './request-server.ts';

const HELLO_LIMIT_MS = 10_000;
/** A plugin that was refused may say so in its log, for so long. */
const REFUSED_LIMIT_MS = 2000;
/** A process that ends closes its connection first; one that has only done the latter can answer nothing any more. */
const EXIT_LIMIT_MS = 1000;
/** A plugin that does not answer a cancelled request for so long is stuck and is killed. */
const CANCEL_LIMIT_MS = 5000;
/** Questions to the kernel, those that are refused at once included: whoever asks without end waits, and burns no time of its neighbours. */
const ASK_LIMITS = { burst: 1000, perSecond: 300 };
/** Of what it prints, both streams together, in bytes: beyond it the plugin is not read, and stands still when its pipe is full. */
const LOG_LIMITS = { burst: 512 * 1024, perSecond: 128 * 1024 };
/** What is kept of the standard error, to say why a plugin ended: Node writes the reason above a dozen lines of its own. */
const LAST_LINES = 16;
const LAST_LINE_LIMIT = 500;

export interface PluginProcessOptions {
  readonly plugin: string;
  /** That runs it, or is about to. */
  readonly node: PluginNode;
  /** Takes a line that the plugin printed. */
  readonly log: (line: { plugin: string; stream: 'stdout' | 'stderr'; text: string }) => void | Promise<void>;
  readonly onEnd: () => void;
}

interface Relayed {
  readonly call: AgentCall;
  readonly answer: RelayedAnswer;
  readonly resolve: (result: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

/** One plugin's process: frames on descriptor 3, requests relayed in both directions. It ends when it breaks the protocol. */
export class PluginProcess {
  readonly #options: PluginProcessOptions;
  readonly #node: PluginNode;
  readonly #channel: SocketChannel;
  readonly #relayed = new Map<string, Relayed>();
  readonly #asking: PluginAsking;
  readonly #lastLines: string[] = [];
  readonly #askBudget = new Budget(ASK_LIMITS, Date.now());
  readonly #logBudget = new Budget(LOG_LIMITS, Date.now());
  /** With the API version that it named. */
  readonly #ready: Promise<PluginApi>;
  #settleReady: { resolve: (api: PluginApi) => void; reject: (cause: Fault) => void } | undefined;
  #nextId = 1;
  #holds = 0;
  /** Requests that are not answered yet, those included that wait for the plugin's hello. */
  #unanswered = 0;
  #isToEnd = false;
  #ended = false;

  constructor(options: PluginProcessOptions) {
    this.#options = options;
    this.#ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.#ready.catch(() => undefined); // Each request waits for it and gets the failure.
    this.#node = options.node;
    const { child, pipe } = this.#node;
    child.once('error', (cause) => this.#end(this.#failure(String(cause))));
    child.once('exit', (code, signal) => this.#end(this.#failure(`it exited with ${signal ?? `code ${code}`}`)));
    this.#follow('stdout', child.stdout);
    this.#follow('stderr', child.stderr);
    this.#channel = new SocketChannel(pipe, {
      answerLimitBytes: ANSWER_LIMIT_BYTES,
      onViolation: (violation) => this.kill(`it sent no frame: ${violation.code}`),
    });
    this.#asking = new PluginAsking(this.#channel);
    this.#channel.onFrame((frame) => this.#receive(frame));
    this.#channel.onClose(() => this.#afterClose());
    const timer = setTimeout(() => this.kill('it did not say hello in time'), HELLO_LIMIT_MS);
    void this.#ready.finally(() => clearTimeout(timer)).catch(() => undefined); // As above.
  }

  /** Relays one request; the plugin's events go out as the call's. Throws the plugin's error, `plugin_failed`, or `cancelled`. */
  async request(method: string, params: unknown, call: AgentCall): Promise<unknown> {
    this.#unanswered += 1;
    try {
      return await this.#request(method, params, call);
    } finally {
      this.#unanswered -= 1;
      this.#endIfIdle();
    }
  }

  /** Ends it when the last of its calls is answered: it is started with something else from now on. */
  endWhenIdle(): void {
    this.#isToEnd = true;
    this.#endIfIdle();
  }

  /** Takes `endWhenIdle` back. */
  keep(): void {
    this.#isToEnd = false;
  }

  #endIfIdle(): void {
    if (this.#isToEnd && this.#unanswered === 0) this.kill('it is started with something else now');
  }

  async #request(method: string, params: unknown, call: AgentCall): Promise<unknown> {
    const api = await this.#ready;
    if (call.signal.aborted) throw call.signal.reason;
    if (this.#ended) throw this.#failure('it has ended');
    const id = String(this.#nextId++);
    const cancel = (): void => this.#cancel(id);
    call.signal.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#relayed.set(id, { call, answer: relayedAnswer(api), resolve, reject });
        void this.#channel.send({ id, type: 'request', method, params });
      });
    } finally {
      this.#relayed.delete(id);
      call.signal.removeEventListener('abort', cancel);
    }
  }

  /** Ends it with its sandbox, which is what those are told that wait for its answer. Resolves when it is gone with all that it had half done. */
  async endWithSandbox(): Promise<void> {
    this.#killTree();
    this.#end(new Fault('disconnected', `Cannot run the plugin "${this.#options.plugin}": its sandbox ends`));
    await this.#node.gone;
  }

  /** Ends the process and all it started. */
  kill(reason: string): void {
    this.#killTree();
    this.#end(this.#failure(reason));
  }

  #killTree(): void {
    const { child, mark } = this.#node;
    if (child.pid !== undefined) void killTree(child.pid, mark);
  }

  #receive(frame: Frame): void {
    if (this.#settleReady !== undefined) return this.#receiveHello(frame);
    if (frame.type === 'request') {
      this.#holdFor(this.#askBudget.spend(1, Date.now()));
      return void this.#asking.start(frame, (of) => this.#relayed.get(of)?.call);
    }
    if (frame.type === 'cancel') return this.#asking.cancel(frame.id);
    const relayed = this.#relayed.get(frame.id);
    if (relayed === undefined) return; // Late, doubled or made up.
    if (frame.type === 'event') return this.#relay(relayed, frame);
    if (frame.type !== 'response') return this.kill('it sent a frame that is neither event nor response');
    if (frame.error === undefined) relayed.resolve(relayed.answer.whole(frame.result));
    else relayed.reject(Fault.fromShape(frame.error));
  }

  #receiveHello(frame: Frame): void {
    const api =
      typeof frame.params === 'object' && frame.params !== null && 'api' in frame.params ? frame.params.api : undefined;
    if (frame.type !== 'event' || frame.method !== 'hello') return this.kill('it did not say hello first');
    if (!isServedApi(api)) return this.#refuse(api);
    this.#settleReady?.resolve(api);
    this.#settleReady = undefined;
  }

  /** The plugin and whoever called it are told which version it speaks and which are served. */
  #refuse(api: unknown): void {
    const { message, data } = unservedApi(api);
    const refusal = new Fault('unsupported_api', `Cannot serve the plugin "${this.#options.plugin}": ${message}`, {
      data,
    });
    void this.#channel.send({ id: 'hello', type: 'response', error: refusal.toShape() });
    this.#end(refusal);
    const timer = setTimeout(() => this.#killTree(), REFUSED_LIMIT_MS);
    this.#node.child.once('exit', () => clearTimeout(timer));
  }

  /** While an event waits for the kernel's credit the plugin is not read: its writes fill up and it waits too. */
  #relay({ call, answer }: Relayed, frame: Frame): void {
    const { method = '', params } = frame;
    if (!answer.passes(method, params)) return;
    const goOn = this.#hold();
    // What was a frame of its own may be too long as one of the kernel's: numbers are not written as they came.
    void call.emit(method, params).then(goOn, (cause: unknown) => {
      goOn();
      this.kill(`an event of it cannot be passed on: ${cause instanceof Error ? cause.message : String(cause)}`);
    });
  }

  #afterClose(): void {
    if (this.#ended) return;
    const timer = setTimeout(() => this.kill('it closed its connection'), EXIT_LIMIT_MS);
    timer.unref();
    this.#node.child.once('exit', () => clearTimeout(timer));
  }

  #holdFor(ms: number): void {
    if (ms > 0) setTimeout(this.#hold(), ms).unref();
  }

  /** The plugin is not read until what this gives is called. */
  #hold(): () => void {
    this.#holds += 1;
    this.#channel.pause();
    return () => {
      this.#holds -= 1;
      if (this.#holds === 0) this.#channel.resume();
    };
  }

  #cancel(id: string): void {
    const relayed = this.#relayed.get(id);
    if (relayed === undefined) return;
    void this.#channel.send({ id, type: 'cancel' });
    const timer = setTimeout(() => {
      if (this.#relayed.get(id) === relayed) this.kill('it did not answer a cancelled request in time');
    }, CANCEL_LIMIT_MS);
    timer.unref();
  }

  #end(failure: Fault): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#settleReady?.reject(failure);
    this.#settleReady = undefined;
    for (const relayed of this.#relayed.values()) relayed.reject(failure);
    this.#relayed.clear();
    this.#channel.close();
    this.#options.onEnd();
  }

  #failure(reason: string): Fault {
    const why = [reason, ...this.#lastLines].join('\n');
    return new Fault('plugin_failed', `Cannot run the plugin "${this.#options.plugin}": ${reason}`, {
      why,
      retryable: true,
    });
  }

  #follow(stream: 'stdout' | 'stderr', from: Readable | null): void {
    if (from === null) return;
    const take = (text: string): void | Promise<void> => {
      if (stream === 'stderr' && this.#lastLines.push(text.slice(0, LAST_LINE_LIMIT)) > LAST_LINES) {
        this.#lastLines.shift();
      }
      return this.#options.log({ plugin: this.#options.plugin, stream, text });
    };
    // A stream that breaks off has no more lines.
    void followLog(from, { budget: this.#logBudget, take }).catch(() => undefined);
  }
}
