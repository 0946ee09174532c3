import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Plugin } from './define-plugin.ts';
import type { WasmPlugin } from './define-wasm-plugin.ts';
import { ToolError } from './tool-error.ts';

/** Of what a tool did not mean to throw. */
const CRASHED = 'tool_crashed';
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

export interface SandboxHarnessOptions {
  readonly plugin: Plugin | WasmPlugin;
  /** The plugin's folder, which is built and offered as `cavern plugin dev` does it. */
  readonly folder: string;
  /** What the sandbox is a view of; it does not change. */
  readonly workspace: string;
  /** The command line of Cavern; `cavern` unless given. */
  readonly cavern?: readonly string[];
  readonly profile?: string;
}

interface Ran {
  readonly document: unknown;
  readonly stderr: string;
}

/** What `cavern … --json` printed, whether it failed or not. */
interface Printed {
  readonly error?: { readonly code: string; readonly message: string; readonly data?: { readonly code?: string } };
}

/** Runs a plugin's tools as its users will: in a real sandbox of a home of its own, whose policy allows them. For a plugin's own tests. */
export class SandboxHarness implements AsyncDisposable {
  readonly #options: SandboxHarnessOptions;
  readonly #home = mkdtempSync(join(tmpdir(), 'cavern-harness-'));
  #development: ChildProcess | undefined;
  #session = '';

  private constructor(options: SandboxHarnessOptions) {
    this.#options = options;
  }

  /** Resolves once the tools can be called. Throws where the plugin does not build, or no sandbox can be had. */
  static async open(options: SandboxHarnessOptions): Promise<SandboxHarness> {
    const harness = new SandboxHarness(options);
    try {
      await harness.#start();
      return harness;
    } catch (thrown) {
      await harness[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Calls a tool by its short name. Throws its ToolError, or one with Cavern's code; of what the tool did not mean to throw, the stack is its cause. */
  async call(name: string, input: unknown = {}): Promise<{ readonly result: unknown; readonly output: string }> {
    const tool = `${this.#options.plugin.id}.${name}`;
    const words = ['tool', 'call', tool, JSON.stringify(input), '--session', this.#session];
    const { document, stderr } = await this.#run(...words).catch((thrown: unknown) => this.#explained(thrown));
    const { result }: { result?: unknown } = Object(document);
    return { result, output: stderr };
  }

  /** The code that a call is refused with; throws when it is not. */
  async refusal(name: string, input: unknown): Promise<string> {
    try {
      await this.call(name, input);
    } catch (thrown) {
      if (thrown instanceof ToolError) return thrown.code;
      throw thrown;
    }
    throw new Error(`${name} was not refused`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#session !== '') await this.#run('session', 'rm', this.#session);
    } finally {
      const development = this.#development;
      if (development !== undefined && development.exitCode === null) {
        const ended = once(development, 'exit');
        development.kill('SIGINT');
        await ended;
      }
      rmSync(this.#home, { recursive: true, force: true });
    }
  }

  /** Whoever calls a tool is not told where in its code it failed; the log is, by its sources. */
  async #explained(thrown: unknown): Promise<never> {
    if (!(thrown instanceof ToolError) || thrown.code !== CRASHED) throw thrown;
    const { lines = [] }: { lines?: { text: string }[] } = Object(
      (await this.#run('plugin', 'log', this.#options.plugin.id)).document,
    );
    throw new ToolError(CRASHED, thrown.message, { cause: lines.flatMap(({ text }) => stackIn(text)).at(-1) });
  }

  async #start(): Promise<void> {
    const { plugin, workspace, profile } = this.#options;
    const home = join(this.#home, 'home');
    mkdirSync(home);
    // The sandbox's user has to get through to what is put into the sandbox.
    for (const folder of [this.#home, home]) chmodSync(folder, 0o711);
    const { documents }: { documents: { layer: string; text: string }[] } = Object(
      (await this.#run('policy', 'show')).document,
    );
    const policy = documents.find(({ layer }) => layer === 'default')?.text ?? '';
    const rules = [...plugin.tools.keys()].map(
      (tool) => `  - { name: ${tool.replace('.', '-')}, match: { syscall: ${tool} }, action: allow }\n`,
    );
    writeFileSync(join(home, 'policy.yaml'), `${policy}\n${rules.join('')}`);
    await this.#develop();
    await this.#run('run', '--keep', ...(profile === undefined ? [] : ['--profile', profile]), workspace, '--', 'true');
    const { sessions }: { sessions: { id: string }[] } = Object((await this.#run('session', 'list')).document);
    this.#session = sessions[0]?.id ?? '';
  }

  /** Until the plugin is offered. */
  async #develop(): Promise<void> {
    const { file, args } = this.#command('plugin', 'dev', this.#options.folder, '--yes');
    const child = spawn(file, args, { env: this.#env(), stdio: ['pipe', 'pipe', 'ignore'] });
    this.#development = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const { state, error }: { state?: string; error?: { message: string; why?: string } } = JSON.parse(line);
      // What it says later is for nobody; it must not wait for somebody to read it.
      if (state === 'offered') return void child.stdout.resume();
      if (state === 'failed') throw new Error(`${error?.message ?? ''} ${error?.why ?? ''}`);
    }
    throw new Error('Cannot try the plugin: cavern plugin dev has ended');
  }

  #command(...words: string[]): { file: string; args: string[] } {
    const [file = 'cavern', ...before] = this.#options.cavern ?? ['cavern'];
    const at = words.indexOf('--');
    const json = at === -1 ? [...words, '--json'] : [...words.slice(0, at), '--json', ...words.slice(at)];
    return { file, args: [...before, ...json] };
  }

  #env(): NodeJS.ProcessEnv {
    return { ...process.env, CAVERN_HOME: join(this.#home, 'home') };
  }

  #run(...words: string[]): Promise<Ran> {
    const { file, args } = this.#command(...words);
    return new Promise((resolve, reject) => {
      execFile(file, args, { env: this.#env(), maxBuffer: OUTPUT_LIMIT_BYTES }, (failure, stdout, stderr) => {
        if (failure === null) return resolve({ document: JSON.parse(stdout), stderr });
        reject(toolErrorIn(stdout) ?? failure);
      });
    });
  }
}

function stackIn(line: string): string[] {
  try {
    const { stack }: { stack?: unknown } = Object(JSON.parse(line));
    return typeof stack === 'string' ? [stack] : [];
  } catch {
    return [];
  }
}

function toolErrorIn(stdout: string): ToolError | undefined {
  try {
    const { error }: Printed = JSON.parse(stdout);
    return error && new ToolError(error.data?.code ?? error.code, error.message);
  } catch {
    return undefined;
  }
}
