import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What this takes from scripts/, which is JavaScript. */
interface BuildScripts {
  build(options: { parts: unknown; progress: () => void }): Promise<number>;
  agentParts(): unknown;
}

/** Builds the agent where it is stale and gives its folder: agent.cjs and its native modules. */
export async function builtAgent(): Promise<string> {
  const load = (file: string): Promise<BuildScripts> => import(path.join(root, 'scripts', file));
  const [{ build }, { agentParts }] = await Promise.all([load('build.mjs'), load('build/parts.mjs')]);
  await build({ parts: agentParts(), progress: () => undefined });
  return path.join(root, 'out', 'agent');
}

/** An agent as an ordinary process of this machine: what it does is the same, only nothing holds it. */
export interface LooseAgent extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Where its commands run. */
  readonly workspace: string;
}

export async function startLooseAgent(socketPath: string): Promise<LooseAgent> {
  const folder = await builtAgent();
  const workspace = await mkdtemp(path.join(tmpdir(), 'cavern-agent-'));
  const agent = spawn(process.execPath, [path.join(folder, 'agent.cjs')], {
    env: { PATH: process.env['PATH'], HOME: workspace, CAVERN_SOCKET: socketPath, CAVERN_WORKSPACE: workspace },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return {
    process: agent,
    workspace,
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => agent.once('exit', resolve));
      if (agent.exitCode === null && agent.kill('SIGKILL')) await ended;
      await rm(workspace, { recursive: true, force: true });
    },
  };
}
