import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import Type, { type Static } from 'typebox';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import { session } from '../../../schema/contract/session.ts';
import { Sandbox, Session, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { annotationsOf, type KernelTool } from './kernel-tool.ts';
import { ownTool } from './own-tool.ts';
import type { KnownSession, Place } from './place.ts';

export interface FolderPlaceOptions {
  readonly client: Client<Areas>;
  /** Folders on which sandboxes may be started, and whose sessions may be used. */
  readonly workspaces: readonly string[];
  /** The only session that may be used. */
  readonly session?: SessionId | undefined;
}

const { workspace, ...StartOptions } = session.members.create.input.properties;
const StartInput = Type.Object({
  workspace: Type.Optional(workspace),
  ...StartOptions,
  session: Type.Optional(
    Type.Unsafe<SessionId>({ ...SessionId, description: 'A session to go on with, in place of a new one' }),
  ),
});

/** Sandboxes on folders of this machine that the operator named. */
export class FolderPlace implements Place {
  readonly records = 'readable';
  readonly tools: readonly KernelTool[];
  readonly #options: FolderPlaceOptions;

  constructor(options: FolderPlaceOptions) {
    this.#options = options;
    this.tools = this.#tools();
  }

  get only(): SessionId | undefined {
    return this.#options.session;
  }

  async sessions(): Promise<readonly KnownSession[]> {
    return (await this.#within()).map(({ id, name, workspace }) => ({ id, title: `${name} (${workspace})` }));
  }

  async check(id: SessionId): Promise<void> {
    await this.#session(id);
  }

  watch(signal: AbortSignal): AsyncIterable<{ readonly sessions: readonly Session[] }> {
    return this.#options.client.session.watch({}, { signal });
  }

  async #within(): Promise<Session[]> {
    const { sessions } = await this.#options.client.session.list({});
    const within = await Promise.all(sessions.map((session) => this.#holds(session)));
    return sessions.filter((_, index) => within[index]);
  }

  async #session(id: SessionId): Promise<Session> {
    const found = await this.#options.client.session.get({ session: id }).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'not_found') return undefined;
      throw thrown;
    });
    if (found !== undefined && (await this.#holds(found.session))) return found.session;
    throw new Fault('not_found', `Cannot use session "${id}": there is none`, {
      fix: 'List them with sandbox_list, or start one with sandbox_start.',
    });
  }

  async #holds({ id, workspace }: Session): Promise<boolean> {
    const { workspaces, session } = this.#options;
    return session === undefined ? isWithin(workspaces, workspace) : id === session;
  }

  async #start(input: Static<typeof StartInput>, signal: AbortSignal): Promise<Session> {
    const { client, workspaces, session: only } = this.#options;
    const { session: named = only, workspace = workspaces[0], ...options } = input;
    if (named !== undefined) {
      const known = await this.#session(named);
      return known.state === 'running' ? known : client.session.resume({ session: named }, { signal });
    }
    if (workspace !== undefined && (await isWithin(workspaces, workspace))) {
      return client.session.create({ workspace, ...options }, { signal });
    }
    throw new Fault(
      'workspace_invalid',
      `Cannot start a sandbox on "${workspace ?? ''}": this agent was not given that folder`,
      {
        why: `It was given ${workspaces.map((each) => `"${each}"`).join(', ') || 'none'}.`,
        fix: 'Ask the operator to name the folder after `cavern mcp` in the configuration of your program.',
      },
    );
  }

  #tools(): KernelTool[] {
    const { client } = this.#options;
    const { create, stop, list } = session.members;
    return [
      ownTool({
        name: 'sandbox_start',
        title: 'Start a sandbox',
        about: `${create.about}, or go on with one. Gives the session that every other tool takes. What is written in it changes a copy: the folder itself changes with changes_apply only.`,
        annotations: annotationsOf(create.effect),
        input: StartInput,
        output: Session,
        run: async (input, { signal }) => ({ structured: await this.#start(input, signal) }),
      }),
      ownTool({
        name: 'sandbox_stop',
        title: 'Stop a sandbox',
        about: stop.about,
        annotations: annotationsOf(stop.effect),
        input: stop.input,
        output: Session,
        run: async (input) => {
          await this.check(input.session);
          return { structured: await client.session.stop(input) };
        },
      }),
      ownTool({
        name: 'sandbox_list',
        title: 'List sandboxes',
        about: `${list.about}, and the sandboxes that they run in`,
        annotations: annotationsOf(list.effect),
        input: list.input,
        output: Type.Object({ sessions: Type.Array(Session), sandboxes: Type.Array(Sandbox) }),
        run: async () => {
          const [sessions, { sandboxes }] = await Promise.all([this.#within(), client.sandbox.list({})]);
          const ids = new Set<string>(sessions.map(({ id }) => id));
          return { structured: { sessions, sandboxes: sandboxes.filter(({ session }) => ids.has(session)) } };
        },
      }),
    ];
  }
}

/** Whether a folder is one of the roots or below one, where links lead. A folder that is gone is within none. */
async function isWithin(roots: readonly string[], folder: string): Promise<boolean> {
  const real = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);
  const [target, ...places] = await Promise.all([folder, ...roots].map(real));
  if (target === undefined) return false;
  return places.some((root) => root !== undefined && (target === root || target.startsWith(withSeparator(root))));
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : `${folder}${sep}`;
}
