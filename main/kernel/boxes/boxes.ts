import type { Box } from '../../../schema/contract/box.ts';
import type { SandboxLimits, Session, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { narrowedProfile } from '../sandboxes/cave.ts';
import type { Profile } from '../sandboxes/profiles.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { BoxLogs } from './box-logs.ts';
import type { BoxWorkspaces } from './ports.ts';

export interface BoxesOptions {
  readonly sessions: Pick<Sessions, 'create' | 'list' | 'get' | 'resume' | 'stop' | 'remove'>;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly workspaces: BoxWorkspaces;
  readonly logs: BoxLogs;
}

export interface CreateBox {
  readonly namespace: string;
  readonly name: string;
  readonly profile?: string | undefined;
  readonly image?: string | undefined;
  readonly limits?: SandboxLimits | undefined;
}

const DEFAULT_PROFILE = 'workspace';
const LIMITS = ['cpus', 'memoryBytes', 'diskBytes', 'timeLimitMs', 'idleLimitMs'] as const;

/** Sandboxes as programs use them: sessions in namespaces, each on an empty workspace of its own, by the names that they are given. */
export class Boxes {
  readonly #options: BoxesOptions;
  /** Names of sandboxes that are being made: no two at once get the same. */
  readonly #reserved = new Set<string>();

  constructor(options: BoxesOptions) {
    this.#options = options;
  }

  /**
   * Starts one. What could not be started leaves nothing behind, its name included.
   * @throws Fault `name_taken`, `profile_unknown`, `invalid_input` (a limit above the profile's), and those of a session's start
   */
  async create(wanted: CreateBox, signal: AbortSignal): Promise<Box> {
    const { namespace, name, limits } = wanted;
    const profile = this.#profileFor(wanted);
    checkLimits(limits ?? {}, profile);
    const reserved = `${namespace}/${name}`;
    if (this.#reserved.has(reserved) || this.#ofNamespace(namespace).some((session) => session.name === name)) {
      throw new Fault('name_taken', `Cannot create sandbox "${name}": namespace "${namespace}" has one of that name`, {
        fix: 'Choose another name, or remove the other sandbox.',
      });
    }
    this.#reserved.add(reserved);
    try {
      return this.#boxOf(await this.#start({ namespace, name, profile: profile.name, limits }, signal));
    } finally {
      this.#reserved.delete(reserved);
    }
  }

  /** The newest first. */
  list(namespace: string): Box[] {
    return this.#ofNamespace(namespace).map((session) => this.#boxOf(session));
  }

  get(id: SessionId): Box {
    return this.#boxOf(this.session(id));
  }

  async start(id: SessionId, signal: AbortSignal): Promise<Box> {
    this.session(id);
    const started = this.#boxOf(await this.#options.sessions.resume(id, signal));
    this.#options.logs.tellState(id, 'running');
    return started;
  }

  async stop(id: SessionId): Promise<Box> {
    this.session(id);
    const stopped = this.#boxOf(await this.#options.sessions.stop(id));
    this.#options.logs.tellState(id, 'stopped');
    return stopped;
  }

  async remove(id: SessionId): Promise<void> {
    const { workspace } = this.session(id);
    await this.#options.sessions.remove(id);
    await this.#options.workspaces.remove(workspace);
  }

  /** The session behind a sandbox. @throws Fault `not_found`, also for a session that no program started */
  session(id: SessionId): Session & { readonly namespace: string } {
    const session = this.#options.sessions.list().find((each) => each.id === id);
    if (isBox(session)) return session;
    throw new Fault('not_found', `Cannot find sandbox "${id}": there is none of that id`, {
      fix: 'List those of a namespace.',
    });
  }

  async #start(
    options: { namespace: string; name: string; profile: string; limits: SandboxLimits | undefined },
    signal: AbortSignal,
  ): Promise<Session> {
    const { sessions, workspaces, logs } = this.#options;
    const workspace = await workspaces.create();
    try {
      const session = await sessions.create({ ...options, workspace, signal });
      logs.tellState(session.id, 'running');
      return session;
    } catch (thrown) {
      for (const session of sessions.list()) if (session.workspace === workspace) await sessions.remove(session.id);
      await workspaces.remove(workspace);
      throw thrown;
    }
  }

  #ofNamespace(namespace: string): Session[] {
    return this.#options.sessions.list().filter((session) => session.namespace === namespace);
  }

  #profileFor({ profile, image }: CreateBox): Profile {
    const { profiles } = this.#options;
    const named = profiles.get(profile ?? DEFAULT_PROFILE);
    const found = image === undefined ? named : profileOfImage({ profile, image }, named, profiles);
    if (found) return found;
    const missing = profile !== undefined && named === undefined ? `profile "${profile}"` : `image "${image}"`;
    throw new Fault('profile_unknown', `Cannot create the sandbox: there is no ${missing} that may be used`, {
      why: 'A sandbox has one of the profiles, or an image that one of them uses.',
      fix: `Use one of ${[...profiles.keys()].sort().join(', ')}.`,
    });
  }

  #boxOf(session: Session): Box {
    const { id, namespace = '', name, profile, state, limits, createdAt, changedAt, failure } = session;
    const known = this.#options.profiles.get(profile);
    const given = known && narrowedProfile(known, limits);
    return {
      id,
      namespace,
      name,
      profile,
      image: given?.image ?? '',
      state,
      limits: {
        cpus: given?.cpus ?? 0,
        memoryBytes: given?.memoryBytes ?? 0,
        diskBytes: given?.diskBytes ?? 0,
        pids: given?.pids ?? 0,
      },
      createdAt,
      changedAt,
      ...(failure ? { failure } : {}),
    };
  }
}

function isBox(session: Session | undefined): session is Session & { readonly namespace: string } {
  return session?.namespace !== undefined;
}

/** With a profile and an image, the profile must use that image. */
function profileOfImage(
  { profile, image }: { readonly profile: string | undefined; readonly image: string },
  named: Profile | undefined,
  profiles: ReadonlyMap<string, Profile>,
): Profile | undefined {
  const choice = profile === undefined ? [named, ...profiles.values()] : [named];
  return choice.find((each) => each?.image === image);
}

/** A program may have less than its profile gives, never more. */
function checkLimits(limits: SandboxLimits, profile: Profile): void {
  const errors = LIMITS.flatMap((name) => {
    const [wanted, given] = [limits[name], profile[name]];
    if (wanted === undefined || given === undefined || wanted <= given) return [];
    return [{ pointer: `/limits/${name}`, message: `profile "${profile.name}" gives ${given} at most` }];
  });
  if (errors.length === 0) return;
  throw new Fault('invalid_input', 'Cannot create the sandbox: a limit is more than its profile gives', {
    data: { errors },
  });
}
