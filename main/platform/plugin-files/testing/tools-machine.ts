import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionId } from '../../../../schema/entities.ts';
import { systemClock } from '../../../base/clock.ts';
import { newId } from '../../../base/id.ts';
import { silentLogger } from '../../../base/logger.ts';
import { directTextWork } from '../../../kernel/changes/diff/direct-text-work.fixture.ts';
import { PluginRegistry } from '../../../kernel/plugins/plugin-registry.ts';
import { INSIDE } from '../../../kernel/sandboxes/container-spec.ts';
import type { Sandboxes } from '../../../kernel/sandboxes/sandboxes.ts';
import { directSchemaWork } from '../../../kernel/tools/direct-schema-work.fixture.ts';
import type { KernelSideTools } from '../../../kernel/tools/ports.ts';
import { Tools } from '../../../kernel/tools/tools.ts';
import { openEngine, type TestEngine } from '../../container-engine/testing/engines.ts';
import { SandboxMachine } from '../../container-engine/testing/sandbox-machine.ts';
import { kernelSideTools } from '../kernel-side-tools.ts';
import { pluginFolders } from '../plugin-folders.ts';
import { buildPlugins } from '../testing.fixture.ts';
import { signal } from '../tool-calls.fixture.ts';

export const operator = { name: 'Ada Lovelace', email: 'ada@example.org' };

/** The tools of the plugins that come along, in real sandboxes. */
export class ToolsMachine implements AsyncDisposable {
  readonly sandboxes: Sandboxes;
  /** Everything goes through the sandbox. */
  readonly inside: Tools;
  /** What can be answered beside the kernel is; `askedInside` counts what could not. */
  readonly beside: Tools;
  askedInside = 0;
  readonly #machine: SandboxMachine;
  readonly #opened: TestEngine;

  private constructor(opened: TestEngine, machine: SandboxMachine) {
    this.#opened = opened;
    this.#machine = machine;
    this.sandboxes = machine.sandboxes();
    const builtinFolder = builtinsOf(machine);
    const folders = pluginFolders();
    const source = new PluginRegistry({ folders, builtinFolder, insideFolder: INSIDE.plugins, logger: silentLogger });
    const uid = process.getuid?.() ?? 1000;
    const user = uid === 0 ? { uid: 1000, gid: 1000 } : { uid, gid: process.getgid?.() ?? 1000 };
    const real = kernelSideTools({ user, ripgrep: join(builtinFolder, 'search/bin/rg') });
    const resolve: KernelSideTools['resolve'] = (layer, paths) => real.resolve(layer, paths);
    const options = {
      source,
      sandboxes: this.sandboxes,
      texts: directTextWork,
      schemas: directSchemaWork,
      operator: async () => operator,
      clock: systemClock,
      logger: silentLogger,
    };
    this.inside = new Tools({ ...options, kernelSide: { resolve, call: async () => undefined } });
    const counting: KernelSideTools['call'] = async (call) => {
      const done = await real.call(call);
      if (done === undefined) this.askedInside += 1;
      return done;
    };
    this.beside = new Tools({ ...options, kernelSide: { resolve, call: counting } });
  }

  /** With plugins of the test's own, which `write` puts beside those that come along. */
  static async open(write: (builtinFolder: string) => Promise<void> = async () => undefined): Promise<ToolsMachine> {
    const opened = await openEngine('docker');
    const machine = await SandboxMachine.open({ connect: async () => opened.engine });
    await buildPlugins(builtinsOf(machine));
    await write(builtinsOf(machine));
    return new ToolsMachine(opened, machine);
  }

  async started(workspace: string): Promise<SessionId> {
    const session = newId<SessionId>();
    await this.sandboxes.start({
      session,
      workspace: await this.sandboxes.checkWorkspace(workspace),
      profile: 'workspace',
      signal,
    });
    return session;
  }

  async workspaceOf(files: Record<string, string | Buffer>): Promise<string> {
    const workspace = join(this.#machine.folder, `wörk "s" ${newId()}`);
    await mkdir(workspace);
    await chmod(workspace, 0o755);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(workspace, path, '..'), { recursive: true });
      await writeFile(join(workspace, path), content);
    }
    return workspace;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandboxes[Symbol.asyncDispose]();
    await this.#machine[Symbol.asyncDispose]();
    await this.#opened[Symbol.asyncDispose]();
  }
}

function builtinsOf(machine: SandboxMachine): string {
  return join(machine.folder, 'plugins');
}
