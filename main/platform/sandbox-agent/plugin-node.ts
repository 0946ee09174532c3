import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { CALL_MARK } from '../../../schema/staged-files.ts';
import { innerEnvironment } from './inner-environment.ts';
import type { OwnChildren } from './own-children.ts';
import { newMark } from './process-tree.ts';
import { removeStaged } from './staged-files.ts';

export interface PluginPlace {
  readonly workspace: string;
  readonly own: OwnChildren;
}

/** A Node that runs a plugin, or is about to. */
export interface PluginNode {
  readonly child: ChildProcess;
  /** The other end of its descriptor 3. */
  readonly pipe: Socket;
  /** Carried by it and by all it starts. */
  readonly mark: string;
  /** Resolves when it has ended and what it had staged is taken away, also where it never began. */
  readonly gone: Promise<void>;
}

/** What Node runs a plugin with. Where a map lies beside its entry, its stacks name its sources; where none does, Node’s start is no longer for it. */
export function pluginArgv(entry: string): string[] {
  return existsSync(`${entry}.map`) ? ['--enable-source-maps', entry] : [entry];
}

/** Starts a Node with what a plugin has: nothing to read, a log that is followed, a connection on descriptor 3. What goes wrong is the child's `error`. */
export function startPluginNode(argv: readonly string[], { workspace, own }: PluginPlace): PluginNode {
  const mark = newMark();
  const env = innerEnvironment({ [CALL_MARK]: mark });
  const child = own.start(() =>
    spawn(process.execPath, [...argv], {
      cwd: workspace,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    }),
  );
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => {
      own.delete(child.pid);
      void removeStaged(mark, workspace).then(resolve);
    });
  });
  const pipe = child.stdio[3];
  if (!(pipe instanceof Socket)) throw new Error('Cannot start the plugin: its descriptor 3 is no socket');
  return { child, pipe, mark, gone };
}
