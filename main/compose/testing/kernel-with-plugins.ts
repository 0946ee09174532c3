import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AuditRecord } from '../../../schema/audit-record.ts';
import { createChannelPair } from '../../../schema/client/channel-pair.ts';
import { createClient } from '../../../schema/client/client.ts';
import { type Areas, areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { silentLogger } from '../../base/logger.ts';
import { composeKernel, type Kernel } from '../../compose.ts';
import { OPERATOR } from '../../hosts/socket/kernel-socket.ts';
import { serveChannel } from '../../kernel/dispatch/serve-channel.ts';
import { openHome } from '../../platform/home/home.ts';
import { buildPlugins } from '../../platform/plugin-files/testing.fixture.ts';
import { builtAgent } from '../../platform/sandbox-agent/agent.fixture.ts';

const repository = resolve(import.meta.dirname, '../../..');

export interface ToolOutcome {
  readonly result?: unknown;
  readonly code?: string;
  /** The tool's own code. */
  readonly own?: unknown;
}

/** A kernel with the plugins that come along and more, whose tools the policy allows, in a folder of its own. */
export class KernelWithPlugins implements AsyncDisposable {
  readonly folder: string;
  readonly client: Client<Areas>;
  readonly #kernel: Kernel;

  private constructor(folder: string, kernel: Kernel) {
    this.folder = folder;
    this.#kernel = kernel;
    const [near, far] = createChannelPair();
    serveChannel({ dispatch: kernel.dispatch, channel: far, caller: OPERATOR });
    this.client = createClient(areas, near);
  }

  /** `write` puts more plugins into the folder of those that come along, `others` into one whose plugins are installed; the tools of `allowed` need no question. */
  static async open(
    write: (plugins: string) => Promise<void>,
    allowed: readonly string[],
    others: (packages: string) => Promise<void> = async () => undefined,
  ): Promise<KernelWithPlugins> {
    const folder = await mkdtemp(join(tmpdir(), 'cavern-kernel-'));
    await chmod(folder, 0o755);
    const plugins = join(folder, 'plugins');
    await buildPlugins(plugins);
    await write(plugins);
    const home = openHome(join(folder, 'home'));
    const rules = allowed.map(
      (tool) => `  - { name: ${tool.replace('.', '-')}, match: { syscall: ${tool} }, action: allow }\n`,
    );
    const policy = await readFile(join(repository, 'profiles/policy.yaml'), 'utf8');
    await writeFile(home.policy, `${policy}\n${rules.join('')}`);
    await writeFile(home.settings, JSON.stringify({ allowUnsignedPlugins: true }));
    const profiles = join(repository, 'profiles');
    const files = {
      root: join(folder, 'program'),
      agent: await builtAgent(),
      plugins,
      profiles,
      renderer: '',
      preload: '',
    };
    const logger = silentLogger;
    const kernel = await composeKernel({ home, files, version: '0.0.0', electron: null, logger, life: 'command' });
    const opened = new KernelWithPlugins(folder, kernel);
    const packages = join(folder, 'packages');
    await mkdir(packages);
    await others(packages);
    for (const name of await readdir(packages)) await opened.#install(join(packages, name));
    return opened;
  }

  /** As the operator would, who agrees to all that it asks for. */
  async #install(source: string): Promise<void> {
    const { digest, capabilities } = await this.client.plugin.inspect({ source });
    await this.client.plugin.install({ source, consent: { digest, capabilities } });
  }

  /** A session on a workspace of its own with one file, `a.txt`. */
  async session(name: string): Promise<SessionId> {
    const workspace = join(this.folder, name);
    await mkdir(workspace);
    await chmod(workspace, 0o755);
    await writeFile(join(workspace, 'a.txt'), `${name}\n`);
    return (await this.client.session.create({ workspace, name })).id;
  }

  /** Calls a tool as the operator, to its result or its fault. */
  async call(session: SessionId, name: string, input: object, signal?: AbortSignal): Promise<ToolOutcome> {
    let result: unknown;
    try {
      const options = signal === undefined ? {} : { signal };
      for await (const event of this.client.tool.call({ session, name, input }, options)) {
        if (event.type === 'result') ({ result } = event);
      }
      // A stream that is cancelled while an event of it waits for its reader ends there, without a fault.
      return result === undefined && signal?.aborted === true ? { code: 'cancelled' } : { result };
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      const data = thrown.data as { code?: unknown } | undefined; // a fault's data is an object where there is any
      return { code: thrown.code, ...(data?.code === undefined ? {} : { own: data.code }) };
    }
  }

  /** The newest first; records are on the disk within half a second. */
  async records(filters: { types: AuditRecord['type'][]; actor?: string; tool?: string }): Promise<AuditRecord[]> {
    return (await this.client.audit.log({ filters, limit: 1000 })).records;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { id } of (await this.client.session.list({})).sessions)
      await this.client.session.remove({ session: id });
    await this.#kernel[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
