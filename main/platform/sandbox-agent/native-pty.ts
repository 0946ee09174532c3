import { createRequire } from 'node:module';

export interface PtyStart {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly cols: number;
  readonly rows: number;
  /** Called once, in a later turn. */
  readonly onExit: (exitCode: number, signal: number) => void;
}

export interface StartedPty {
  /** The controlling side, not blocking. */
  readonly fd: number;
  readonly pid: number;
  /** The path of the other side. */
  readonly pty: string;
}

/** The part of node-pty that is native, as of 1.1.0, which package.json pins. */
interface NativePty {
  // biome-ignore format: the order of the native function's arguments
  fork(file: string, args: readonly string[], env: readonly string[], cwd: string, cols: number, rows: number, uid: number, gid: number, utf8: boolean, helperPath: string, onExit: (exitCode: number, signal: number) => void): StartedPty;
  resize(fd: number, cols: number, rows: number): void;
}

let loaded: NativePty | undefined;

/**
 * node-pty without its JavaScript, which closes a terminal 200 ms after its process has ended whether its output was read
 * or not. Loaded with the first terminal: a sandbox that opens none starts faster.
 */
function native(): NativePty {
  if (loaded === undefined) {
    // The agent is one CommonJS file with its native modules beside it.
    const require = createRequire(__filename);
    // node-pty publishes no types for its loader.
    const loader = require('node-pty/lib/utils.js') as { loadNativeModule(name: string): { module: NativePty } };
    loaded = loader.loadNativeModule('pty').module;
  }
  return loaded;
}

/** Throws when no process can be started. */
export function startPty(start: PtyStart): StartedPty {
  const env = Object.entries(start.env).map(([name, value]) => `${name}=${value}`);
  const asIs = -1;
  const { file, args, cwd, cols, rows, onExit } = start;
  return native().fork(file, args, env, cwd, cols, rows, asIs, asIs, true, '', onExit);
}

export function resizePty(fd: number, cols: number, rows: number): void {
  native().resize(fd, cols, rows);
}
