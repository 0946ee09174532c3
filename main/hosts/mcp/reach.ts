import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import type { Session, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';

export interface ReachOptions {
  readonly client: Client<Areas>;
  /** Folders on which sandboxes may be started, and whose sessions may be used; `any`: the kernel decides alone. */
  readonly workspaces: readonly string[] | 'any';
  /** The only session that may be used. */
  readonly session?: SessionId | undefined;
}

/** Which folders and sessions an agent was given. What is beyond does not exist for it. */
export class Reach {
  readonly #options: ReachOptions;

  constructor(options: ReachOptions) {
    this.#options = options;
  }

  /** The session that every call is about, where the agent was given one. */
  get only(): SessionId | undefined {
    return this.#options.session;
  }

  /** Where a sandbox is started that names no folder. */
  get workspace(): string | undefined {
    const { workspaces } = this.#options;
    return workspaces === 'any' ? undefined : workspaces[0];
  }

  /** The newest first. */
  async sessions(): Promise<Session[]> {
    const { sessions } = await this.#options.client.session.list({});
    const within = await Promise.all(sessions.map((session) => this.#holds(session)));
    return sessions.filter((_, index) => within[index]);
  }

  /** @throws Fault `not_found` for a session that is not there or not within reach: an agent cannot tell which */
  async session(id: SessionId): Promise<Session> {
    const found = await this.#options.client.session.get({ session: id }).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'not_found') return undefined;
      throw thrown;
    });
    if (found !== undefined && (await this.#holds(found.session))) return found.session;
    throw new Fault('not_found', `Cannot use session "${id}": there is none`, {
      fix: 'List them with sandbox_list, or start one with sandbox_start.',
    });
  }

  /** @throws Fault `workspace_invalid` */
  async checkWorkspace(folder: string): Promise<void> {
    const { workspaces } = this.#options;
    if (workspaces === 'any' || (await within(workspaces, folder))) return;
    throw new Fault(
      'workspace_invalid',
      `Cannot start a sandbox on "${folder}": this agent was not given that folder`,
      {
        why: `It was given ${workspaces.map((each) => `"${each}"`).join(', ') || 'none'}.`,
        fix: 'Ask the operator to name the folder after `cavern mcp` in the configuration of your program.',
      },
    );
  }

  async #holds({ id, workspace }: Session): Promise<boolean> {
    const { workspaces, session } = this.#options;
    if (session !== undefined) return id === session;
    return workspaces === 'any' || within(workspaces, workspace);
  }
}

/** Whether a folder is one of the roots or below one, where links lead. A folder that is gone is within none. */
async function within(roots: readonly string[], folder: string): Promise<boolean> {
  const real = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);
  const [target, ...places] = await Promise.all([folder, ...roots].map(real));
  if (target === undefined) return false;
  return places.some((root) => root !== undefined && (target === root || target.startsWith(withSeparator(root))));
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : `${folder}${sep}`;
}
