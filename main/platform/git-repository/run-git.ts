import { spawn } from 'node:child_process';
import { Fault } from '../../../schema/fault.ts';
import { errorCode } from '../workspace-files/folders/anchored-folders.ts';

/** Nothing of what a repository names as a program is run, and nothing is asked. */
const QUIET = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'gc.auto=0',
  'maintenance.auto=false',
  'commit.gpgSign=false',
  'protocol.allow=never',
  'protocol.file.allow=always',
  'uploadpack.packObjectsHook=',
  'safe.directory=*',
].flatMap((setting) => ['-c', setting]);

export interface GitRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
  /** Writes what git reads. */
  readonly input?: (stdin: NodeJS.WritableStream) => Promise<void>;
}

const LIMIT_CHARACTERS = 64 * 1024 * 1024;
const SAID_CHARACTERS = 500;

/** What git prints. Throws `git_failed` with what it complains of. */
export async function runGit({ args, cwd, signal, input }: GitRun): Promise<string> {
  const child = spawn('git', [...QUIET, ...args], {
    cwd,
    env: gitEnvironment(),
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  let [output, complaint] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.length > LIMIT_CHARACTERS) child.kill();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < SAID_CHARACTERS) complaint += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  ended.catch(() => undefined);
  try {
    if (input && child.stdin) {
      // It may have ended before it read everything; its complaint says why.
      child.stdin.on('error', () => undefined);
      await input(child.stdin);
      child.stdin.end();
    }
  } catch (error) {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
    throw error;
  }
  const code = await ended.catch((cause: unknown) => {
    signal?.throwIfAborted();
    const isMissing = errorCode(cause) === 'ENOENT';
    throw new Fault('git_failed', `Cannot run git: ${isMissing ? 'it is not installed' : 'it did not start'}`, {
      cause,
    });
  });
  if (code === 0) return output;
  const said = complaint.trim().slice(0, SAID_CHARACTERS);
  const message = `Cannot run git ${args[0] ?? ''}: it ended with exit code ${code ?? 'none'}`;
  throw new Fault('git_failed', message, said === '' ? {} : { why: said });
}

function gitEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR'];
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}
