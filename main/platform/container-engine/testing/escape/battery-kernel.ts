import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '../../../../../schema/client/client.ts';
import { areas, type Areas } from '../../../../../schema/contract/areas.ts';
import type { Client } from '../../../../../schema/contract/contract.ts';
import type { SessionId } from '../../../../../schema/entities.ts';
import { silentLogger } from '../../../../base/logger.ts';
import { composeKernel, type Kernel } from '../../../../compose.ts';
import { connectKernelSocket } from '../../../../hosts/socket/kernel-socket.ts';
import { openHome } from '../../../home/home.ts';
import { programFiles } from '../../../../program-files.ts';
import { builtAgent } from '../../../sandbox-agent/agent.fixture.ts';
import { AttemptRecords, marked } from './attempt-records.ts';

const PROFILES = fileURLToPath(new URL('../../../../../profiles', import.meta.url));
const PROBE = fileURLToPath(new URL('./probe.c', import.meta.url));

/** What no sandbox may ever see or change: it lies beside the workspace. */
export const SECRET = 'what-lies-outside-of-the-workspace';

export interface BatteryOptions {
  readonly engineSocket: string;
  /** In place of the agent that comes along. */
  readonly agentFolder?: string;
  readonly hosts?: readonly string[];
  readonly lookup?: (name: string) => Promise<readonly string[]>;
  /** Replaces lines of profiles: `memory: 4GiB` by what is given for `memory`. */
  readonly limits?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly timeoutMs?: number;
  /** Awaited before more of it is read. */
  readonly onOutput?: (() => void | Promise<void>) | undefined;
}

export interface Ran {
  readonly stdout: string;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
}

/** A whole kernel with a home, a workspace and a folder beside it, as the command line talks to it. */
export class BatteryKernel implements AsyncDisposable {
  readonly client: Client<Areas>;
  readonly folder: string;
  readonly workspace: string;
  readonly outside: string;
  /** Of all that was tried with this kernel. */
  readonly records: AttemptRecords;
  readonly #kernel: Kernel;

  private constructor(folder: string, kernel: Kernel, client: Client<Areas>) {
    this.folder = folder;
    this.workspace = join(folder, 'workspace');
    this.outside = join(folder, 'outside');
    this.#kernel = kernel;
    this.client = client;
    this.records = new AttemptRecords(client);
  }

  static async open(options: BatteryOptions): Promise<BatteryKernel> {
    const agent = options.agentFolder ?? (await builtAgent());
    const folder = await mkdtemp(join(tmpdir(), 'cavern-escape-'));
    await chmod(folder, 0o755);
    await makeFolders(folder);
    const profiles = await profilesIn(folder, options.limits ?? {});
    const home = openHome(join(folder, 'home'));
    await writeFile(home.settings, JSON.stringify({ engineSocket: options.engineSocket, sandboxPoolMiB: 0 }));
    await writeFile(home.policy, await policyWith(options.hosts ?? []));
    const files = { ...programFiles(join(folder, 'program')), agent, profiles };
    const kernel = await composeKernel({
      home,
      files,
      version: 'battery',
      electron: null,
      logger: silentLogger,
      ...(options.lookup ? { lookup: options.lookup } : {}),
    });
    return new BatteryKernel(folder, kernel, createClient(areas, await connectKernelSocket(home.run)));
  }

  async start(profile: string): Promise<SessionId> {
    const { workspace } = this;
    return (await this.client.session.create({ workspace, profile }, { signal: AbortSignal.timeout(60_000) })).id;
  }

  /** Runs a script inside; `$OUTSIDE` is where the folder beside the workspace lies on the host. */
  async run(session: SessionId, script: string, { timeoutMs = 30_000, onOutput }: Running = {}): Promise<Ran> {
    const ran = { stdout: '', exitCode: -1, outOfMemory: false };
    const argv = ['bash', '-c', script];
    const env = { OUTSIDE: this.outside };
    for await (const event of this.client.sandbox.exec({ session, argv, env, timeoutMs })) {
      if (event.type === 'exit') Object.assign(ran, { exitCode: event.exitCode, outOfMemory: event.outOfMemory });
      else ran.stdout += Buffer.from(event.base64, 'base64').toString('utf8');
      await onOutput?.();
    }
    return ran;
  }

  /** Runs a script that tries to get out. That it was decided and how it ended has to be in the chain. */
  attempt(session: SessionId, name: string, script: string, running?: Running): Promise<Ran> {
    this.records.note(session, name);
    return this.run(session, marked(name, script), running);
  }

  /** The reasons of everything that was refused, but not by a rule about a call of the operator's. */
  async refusals(): Promise<readonly string[]> {
    const { records } = await this.client.audit.log({ filters: { decision: 'deny', actor: 'kernel' }, limit: 1_000 });
    return records.map(({ reason = '' }) => reason);
  }

  /** What lies beside the workspace, as it is now. */
  async beside(): Promise<Record<string, string>> {
    const names = (await readdir(this.outside)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(this.outside, name), 'utf8')));
    return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { sessions } = await this.client.session.list({});
    for (const { id } of sessions) await this.client.session.remove({ session: id });
    await this.#kernel[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A repository with secrets, and what lies beside it. */
async function makeFolders(folder: string): Promise<void> {
  const workspace = join(folder, 'workspace');
  for (const name of ['workspace/src', 'workspace/conf', 'outside', 'program/plugins'])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'outside/secret.txt'), SECRET);
  await writeFile(join(workspace, 'src/a.txt'), 'one\n');
  await writeFile(join(workspace, '.env'), 'TOKEN=hidden-token\n');
  await writeFile(join(workspace, 'conf/.env.local'), 'TOKEN=hidden-token\n');
  execFileSync('cc', ['-O1', '-static', '-o', join(workspace, 'probe'), PROBE]);
  const git = (...words: string[]): unknown => execFileSync('git', ['-C', workspace, ...words], { stdio: 'ignore' });
  git('init', '-q');
  git('add', 'src');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'first');
  await chown(folder, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
}

async function profilesIn(folder: string, limits: Readonly<Record<string, string>>): Promise<string> {
  const target = join(folder, 'program', 'profiles');
  await mkdir(join(target, 'seccomp'), { recursive: true });
  for (const part of ['.', 'seccomp']) {
    for (const name of (await readdir(join(PROFILES, part))).filter((each) => each.endsWith('.yaml'))) {
      let text = await readFile(join(PROFILES, part, name), 'utf8');
      for (const [key, value] of Object.entries(limits))
        text = text.replace(new RegExp(`^${key}: .*$`, 'm'), `${key}: ${value}`);
      await writeFile(join(target, part, name), text);
    }
  }
  return target;
}

/** The policy that comes along, with hosts for sandboxes. */
async function policyWith(hosts: readonly string[]): Promise<string> {
  const text = await readFile(join(PROFILES, 'policy.yaml'), 'utf8');
  const rule = '  - { name: hosts, match: { syscall: network.connect, caller_tag: [sandbox] }, action: allow }\n';
  return `${text}\n${rule}network: { groups: { hosts: ${JSON.stringify(hosts)} } }\n`;
}
