import type { ExecEvent } from '../../../schema/contract/sandbox.ts';
import type { Execution } from '../../../schema/contract/box.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { ExecOrder } from '../sandboxes/execute.ts';

/** Port: the folders that programs work in. */
export interface BoxWorkspaces {
  /** Makes an empty one and gives its absolute path. */
  create(): Promise<string>;
  /** Removes one with all that is in it; one that is not there, or not of these, is left alone. */
  remove(path: string): Promise<void>;
  /** Removes all but these. */
  keepOnly(paths: ReadonlySet<string>): Promise<void>;
}

/** Port: where the last executions are kept between two starts. */
export interface ExecutionStore {
  of(session: SessionId): readonly Execution[];
  put(session: SessionId, executions: readonly Execution[]): void;
  delete(session: SessionId): void;
}

/** Port: runs a command in the sandbox of a session when its turn has come. */
export type RunCommand = (
  order: ExecOrder & { readonly session: SessionId },
  context: CallContext,
) => AsyncIterable<ExecEvent>;
