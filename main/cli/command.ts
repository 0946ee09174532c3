import type { Areas } from '../../schema/contract/areas.ts';
import type { AuditReport } from '../../schema/contract/audit.ts';
import type { Client } from '../../schema/contract/contract.ts';
import type { Options, ValueKind } from './option.ts';
import type { Progress } from './output/progress.ts';

/** A kernel to talk to: the one that owns the home, or one that was started for this command. */
export interface KernelConnection extends AsyncDisposable {
  readonly client: Client<Areas>;
}

/** What commands do without a kernel. */
export interface Offline {
  checkPolicy(text: string): PolicyCheck;
  testPolicy(text: string): Promise<PolicyTest>;
  verifyAuditFile(file: string): Promise<AuditReport>;
  readonly plugins: PluginAuthoring;
  /** Runs a bench and writes its document; only from a checkout. */
  bench(args: readonly string[]): Promise<number>;
}

/** What whoever writes plugins needs. Paths are absolute. */
export interface PluginAuthoring {
  /** Gives the files. */
  create(plugin: {
    readonly folder: string;
    readonly id: string;
    readonly publisher: string;
    readonly template: 'node' | 'wasm';
  }): Promise<string[]>;
  /** Puts an MCP server's entry into the folder of a plugin; gives its path there, and what takes it away again. */
  layServer(plugin: { readonly folder: string; readonly server: string }): {
    readonly entry: string;
    /** Of a file that is a program for Linux. */
    readonly program?: 'binary';
    readonly undo: () => void;
  };
  /** Writes what makes the folder of an MCP server a plugin; gives the files. */
  writeMcp(plugin: {
    readonly folder: string;
    readonly draft: string;
    readonly publisher: string;
    readonly license: string;
  }): string[];
  /** What is wrong with it, and where nothing is, what will hardly be what its author meant. */
  check(path: string): Promise<{
    readonly id: string | null;
    readonly problems: readonly PluginProblem[];
    readonly warnings: readonly (PluginProblem & { readonly fix: string })[];
  }>;
  pack(folder: string, to: string, options?: { readonly sourcemap?: 'linked' }): Promise<PackedPlugin>;
  /** Tells of what is saved in a folder until it is disposed. */
  watch(folder: string, onSave: () => void): Disposable;
  sign(
    file: string,
    key: { readonly path: string; readonly missing: 'create' | 'refuse' },
  ): Promise<PackedPlugin & { readonly publisher: string; readonly publicKey: string }>;
  /** Writes the bytes that a signature through Sigstore is over. */
  bytesToSign(file: string, to: string): Promise<void>;
  /** Puts a Sigstore bundle into a package. */
  attachBundle(file: string, bundleFile: string): Promise<PackedPlugin>;
  index(folder: string): Promise<{ readonly plugins: readonly { readonly id: string; readonly version: string }[] }>;
}

export interface PluginProblem {
  readonly code: string;
  readonly message: string;
  readonly path: string;
}

export interface PackedPlugin {
  readonly file: string;
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
}

export interface PolicyCheck {
  readonly ok: boolean;
  readonly errors: readonly { line: number; column: number; message: string }[];
  readonly warnings: readonly { line: number; code: string; message: string }[];
}

export interface PolicyTest {
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly { id: string; ok: boolean; got: unknown; expected: unknown }[];
}

export interface ServeAddress {
  readonly url: string | null;
  readonly socket: string;
  readonly pid: number;
}

/** What an agent that comes through `cavern mcp` is given. */
export interface AgentGrant {
  /** Absolute paths of the folders that it may start sandboxes on. */
  readonly workspaces: readonly string[];
  /** The only session that it may use. */
  readonly session?: string | undefined;
  /** Where a person is asked: also through the agent's own program, or only in the window. */
  readonly questions: 'client' | 'window';
}

export interface ServeOptions {
  /** Absent: HTTP is off; 0: a port that is free. */
  readonly port?: number;
  /** Where the token of a new admin key is written. An absolute path. */
  readonly tokenFile?: string;
  /** Where the kernel's log goes: into the home, or to standard error. */
  readonly log: 'file' | 'journal';
  /** 127.0.0.1 if absent; any other than a loopback one needs `tls`. */
  readonly address?: string;
  /** PEM files by their absolute paths; with `clientAuthorities` only clients that those vouch for may connect. */
  readonly tls?: { readonly certificate: string; readonly privateKey: string; readonly clientAuthorities?: string };
}

export interface CommandContext {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  /** What stands behind `--`. */
  readonly rest: readonly string[];
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is waited for, told to whoever sits at a terminal. */
  readonly progress: Progress;
  readonly offline: Offline;
  /** A client of the kernel of the home that `--home` names, or of another one; it is closed when the command has ended. */
  connect(home?: string): Promise<Client<Areas>>;
  /** Serves until the signal aborts; `ready` is told the address. */
  serve(options: ServeOptions, ready: (address: ServeAddress) => void): Promise<void>;
  /** Serves an agent on standard input and output until it goes. */
  serveAgent(grant: AgentGrant): Promise<void>;
  /** How this program is started again: the executable and its first arguments. */
  readonly program: readonly [string, ...string[]];
}

/** What a command answers: one document for `--json`, text for a person, and the exit code. */
export interface Result {
  readonly document: unknown;
  readonly text: string;
  readonly exitCode?: number;
}

export interface Command {
  /** `['session', 'list']` */
  readonly words: readonly string[];
  readonly usage: string;
  readonly about: string;
  readonly options?: Options;
  /** `read`: it only looks at the record; a kernel that is started for it leaves none of itself. */
  readonly purpose?: 'work' | 'read';
  /** It is for programs, and no help lists it. */
  readonly hidden?: true;
  /** At least and at most this many positional arguments. */
  readonly positionals: readonly [number, number];
  /** What these are; the last one stands for all that follow. Absent: it takes none. */
  readonly takes?: readonly ValueKind[];
  /** What `--json` prints, in words; null: it speaks with a terminal or in a protocol of its own. */
  readonly document: string | null;
  /** Undefined: the command wrote its own output and this is only its exit code. */
  run(context: CommandContext): Promise<Result | number>;
}

export function stringOf(context: CommandContext, name: string): string | undefined {
  const value = context.values[name];
  return typeof value === 'string' ? value : undefined;
}

export function isSet(context: CommandContext, name: string): boolean {
  return context.values[name] === true;
}
