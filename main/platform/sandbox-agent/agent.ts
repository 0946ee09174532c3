import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AGENT_PROTOCOL, type AgentHello, NO_REQUEST } from '../../../schema/agent-protocol.ts';
import { Fault } from '../../../schema/fault.ts';
import type { FrameChannel } from '../../../schema/frame.ts';
import { Terminal } from './agent-terminal.ts';
import { type CommandPlace, runCommand } from './command.ts';
import { controlGroupStats, oomKills } from './control-group.ts';
import { HeldSecrets } from './held-secrets.ts';
import { hideFiles } from './hidden-files.ts';
import { OwnChildren } from './own-children.ts';
import { NodeAhead } from './node-ahead.ts';
import { Parameters } from './parameters.ts';
import { pluginArgv, startPluginNode } from './plugin-node.ts';
import { PluginProcess } from './plugin-process.ts';
import { InnerPorts } from './ports/inner-ports.ts';
import { listeningPorts } from './ports/listening-ports.ts';
import { type AgentCall, type AgentMethod, serveRequests } from './request-server.ts';
import { SHELL_MARKS } from './shell-marks.ts';

const AGENT_VERSION = '0.1.0';
const TERMINAL_LIMIT = 256;
const LOGIN_SHELL = ['/bin/bash', '-l'] as const;

/** What makes two processes of a plugin the same. */
interface PluginStart {
  readonly plugin: string;
  readonly entry: string;
  /** Of an MCP server. */
  readonly program: string | undefined;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function keyOf({ plugin, entry, program, args, env }: PluginStart): string {
  return JSON.stringify([plugin, entry, program, args, env]);
}

/** What runs inside a sandbox: commands, terminals and plugins, for whichever kernel is connected. */
export class Agent {
  readonly own = new OwnChildren();
  readonly #workspace: string;
  /** Speaks MCP to a server and frames to the agent; it lies beside the agent. */
  readonly #mcpBridge = join(dirname(process.argv[1] ?? '.'), 'mcp-bridge.cjs');
  readonly #prepare: () => Promise<void>;
  #ready: Promise<void> | undefined;
  readonly #terminals = new Map<string, Terminal>();
  readonly #plugins = new Map<string, { readonly start: PluginStart; readonly running: PluginProcess }>();
  readonly #ahead = new NodeAhead();
  readonly #ports = new InnerPorts();
  readonly #secrets: HeldSecrets;
  #channel: FrameChannel | undefined;
  #oomKills = oomKills();

  readonly #methods = new Map<string, AgentMethod>([
    ['process.run', (params, call) => runCommand(params, call, this.#place())],
    ['plugin.prepare', () => this.#ahead.prepare(this.#place())],
    ['plugin.request', (params, call) => this.#requestPlugin(new Parameters(params), call)],
    ['plugin.end', (params) => this.#endPlugin(new Parameters(params))],
    ['plugin.endAll', () => this.#endAllPlugins()],
    ['stats', () => controlGroupStats()],
    ['settle', () => this.own.signal('SIGCONT')],
    ['secret.set', (params) => this.#secrets.set(new Parameters(params))],
    ['workspace.hide', (params) => hideFiles(this.#workspace, new Parameters(params))],
    ['port.list', async () => ({ ports: await listeningPorts() })],
    ['port.connect', (params, call) => this.#ports.connect(new Parameters(params), call)],
    ['port.write', (params) => this.#ports.write(new Parameters(params))],
    ['port.end', (params) => this.#ports.end(new Parameters(params))],
    ['terminal.open', (params) => this.#openTerminal(new Parameters(params))],
    ['terminal.attach', (params) => this.#attachTerminal(new Parameters(params))],
    ['terminal.ack', (params) => this.#acknowledge(new Parameters(params))],
    ['terminal.write', (params) => this.#writeTerminal(new Parameters(params))],
    ['terminal.resize', (params) => this.#resizeTerminal(new Parameters(params))],
    ['terminal.close', (params) => this.#closeTerminal(new Parameters(params))],
  ]);

  /** What `prepare` does is done before anything is run here. It is begun once the kernel was greeted, so that both get ready at the same time. */
  constructor(workspace: string, secrets: string, prepare: () => Promise<void>) {
    this.#workspace = workspace;
    this.#secrets = new HeldSecrets(secrets);
    this.#prepare = prepare;
  }

  /** Serves the kernel's connection until it ends. */
  serve(channel: FrameChannel): void {
    this.#channel = channel;
    channel.onClose(() => {
      if (this.#channel === channel) this.#channel = undefined;
      for (const terminal of this.#terminals.values()) terminal.detach(channel);
    });
    const hello: AgentHello = {
      protocol: AGENT_PROTOCOL,
      agent: AGENT_VERSION,
      node: process.version,
      pid: process.pid,
      terminals: [...this.#terminals.values()].map((terminal) => terminal.describe()),
    };
    void this.#announce('hello', hello);
    this.#ready ??= nextTurn().then(this.#prepare);
    serveRequests(channel, this.#methods, this.#ready);
  }

  /** Tells the kernel when the system has killed processes of this sandbox for want of memory. Call when a process has ended. */
  checkMemory(): void {
    const now = oomKills();
    if (now > this.#oomKills) void this.#announce('memory.oom_kill', { count: now - this.#oomKills });
    this.#oomKills = now;
  }

  #announce(method: string, params: unknown): void | Promise<void> {
    return this.#channel?.send({ id: NO_REQUEST, type: 'event', method, params });
  }

  /** What a plugin is started with can change from call to call: one process at a time stays, the others end with their last call. */
  #requestPlugin(params: Parameters, call: AgentCall): Promise<unknown> {
    const start: PluginStart = {
      plugin: params.text('plugin'),
      entry: params.text('entry'),
      program: params.optionalText('program'),
      args: params.optionalList('args'),
      env: params.optionalTexts('env'),
    };
    const key = keyOf(start);
    for (const [other, { start: before, running }] of this.#plugins) {
      if (other === key) running.keep();
      else if (before.plugin === start.plugin && before.entry === start.entry) running.endWhenIdle();
    }
    const running = this.#plugins.get(key)?.running ?? this.#startPlugin(start, params.optionalText('runtime'));
    return running.request(params.text('method'), params.any('params'), call);
  }

  #startPlugin(start: PluginStart, runtime: string | undefined): PluginProcess {
    const { plugin, entry, program, args, env } = start;
    const by = program === undefined ? [] : ['--program', program];
    const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const argv = runtime === 'mcp' ? [this.#mcpBridge, ...by, ...variables, entry, ...args] : pluginArgv(entry);
    const key = keyOf(start);
    const running = new PluginProcess({
      plugin,
      node: this.#ahead.take(argv) ?? startPluginNode(argv, this.#place()),
      log: (line) => this.#announce('plugin.log', line),
      onEnd: () => this.#plugins.delete(key),
    });
    this.#plugins.set(key, { start, running });
    return running;
  }

  /** Resolves when they are gone, and what they had half done. */
  async #endAllPlugins(): Promise<void> {
    await Promise.all([...this.#plugins.values()].map(({ running }) => running.endWithSandbox()));
  }

  /** With whatever it was started with. */
  #endPlugin(params: Parameters): void {
    const [plugin, entry] = [params.text('plugin'), params.text('entry')];
    for (const { start, running } of this.#plugins.values()) {
      if (start.plugin === plugin && start.entry === entry) running.kill('it is not offered any more');
    }
  }

  #place(): CommandPlace {
    return { own: this.own, workspace: this.#workspace, env: this.#secrets.env };
  }

  #openTerminal(params: Parameters): void {
    const id = params.text('terminal');
    if (this.#terminals.has(id)) throw new Fault('invalid_input', `Cannot open the terminal "${id}": it is open`);
    if (this.#terminals.size >= TERMINAL_LIMIT) {
      throw new Fault('limit_reached', `Cannot open the terminal: there are ${TERMINAL_LIMIT}`);
    }
    const isShell = params.any('argv') === undefined;
    const argv = isShell ? LOGIN_SHELL : params.argv('argv');
    const cwd = params.optionalText('cwd') ?? this.#workspace;
    const size = { cols: params.count('cols'), rows: params.count('rows') };
    const marks = isShell ? SHELL_MARKS : {};
    const env = { ...marks, ...this.#secrets.env, ...params.optionalTexts('env') };
    const terminal = new Terminal({ terminal: id, argv, ...size, cwd, env }, this.own);
    this.#terminals.set(id, terminal);
    if (this.#channel !== undefined) terminal.attach(this.#channel, 0);
  }

  #attachTerminal(params: Parameters): { offset: number } {
    const terminal = this.#terminal(params);
    if (this.#channel === undefined) throw new Fault('disconnected', 'Cannot attach: the connection has ended');
    return { offset: terminal.attach(this.#channel, params.count('offset')) };
  }

  #acknowledge(params: Parameters): void {
    if (this.#channel !== undefined) this.#terminal(params).acknowledge(this.#channel, params.count('offset'));
  }

  #writeTerminal(params: Parameters): Promise<void> {
    return this.#terminal(params).write(Buffer.from(params.text('base64'), 'base64'));
  }

  #resizeTerminal(params: Parameters): void {
    this.#terminal(params).resize(params.count('cols'), params.count('rows'));
  }

  #closeTerminal(params: Parameters): void {
    this.#terminals.get(params.text('terminal'))?.close();
    this.#terminals.delete(params.text('terminal'));
  }

  #terminal(params: Parameters): Terminal {
    const terminal = this.#terminals.get(params.text('terminal'));
    if (terminal === undefined) throw new Fault('not_found', 'Cannot reach the terminal: there is none with this id');
    return terminal;
  }
}
