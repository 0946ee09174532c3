import type { ReadResourceResult, Resource, ResourceTemplateType } from '@modelcontextprotocol/server';
import { ResourceNotFoundError } from '@modelcontextprotocol/server';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import type { SessionId } from '../../../schema/entities.ts';
import { toFault } from '../../../schema/fault.ts';
import { limitedValue } from './output-limit.ts';
import type { KnownSession } from './place.ts';
import type { ToolParts } from './run-tools.ts';

const RECORD_LIMIT = 200;

interface View {
  readonly title: string;
  readonly about: string;
  readonly mimeType: string;
  readonly read: (client: Client<Areas>, session: SessionId) => Promise<string>;
}

/** What can be read of a session, by the last part of its address. */
const VIEWS: Readonly<Record<string, View>> = {
  changes: {
    title: 'Changes',
    about: 'What the session changed in its workspace, path by path',
    mimeType: 'application/json',
    read: async (client, session) => json((await client.changes.list({ session })).changes),
  },
  patch: {
    title: 'Patch',
    about: 'What the session changed, as a patch that git applies',
    mimeType: 'text/x-diff',
    read: async (client, session) => String(limitedValue((await client.changes.export({ session })).patch).value),
  },
  log: {
    title: 'Log',
    about: 'The last lines that the first process of its sandbox printed',
    mimeType: 'text/plain',
    read: async (client, session) => (await client.sandbox.logs({ session, lines: 1000 })).text,
  },
  audit: {
    title: 'Audit records',
    about: 'What was decided and done in the session, the newest first',
    mimeType: 'application/json',
    read: async (client, session) =>
      json((await client.audit.log({ filters: { session }, limit: RECORD_LIMIT })).records),
  },
};
const UNREACHED: ReadonlySet<string> = new Set(['not_found', 'wrong_scope']);
const ADDRESS = /^cavern:\/\/session\/([a-z0-9][a-z0-9-]{0,31})\/([a-z]+)$/;

function json(value: unknown): string {
  return JSON.stringify(limitedValue(value).value, null, 2);
}

export function addressOf(session: string, view: string): string {
  return `cavern://session/${session}/${view}`;
}

/** The change sets, logs and audit records of the sessions within reach, as resources. */
export class SessionResources {
  readonly #parts: ToolParts;

  constructor(parts: ToolParts) {
    this.#parts = parts;
  }

  async list(): Promise<Resource[]> {
    const sessions = await this.#parts.place.sessions();
    return sessions.flatMap((session) => this.#views().map(([name, view]) => resourceOf(session, name, view)));
  }

  templates(): ResourceTemplateType[] {
    return this.#views().map(([name, { title, about, mimeType }]) => ({
      name,
      title,
      description: about,
      mimeType,
      uriTemplate: addressOf('{session}', name),
    }));
  }

  /** @throws ResourceNotFoundError */
  async read(uri: string): Promise<ReadResourceResult> {
    const { session, view } = await this.#find(uri);
    return { contents: [{ uri, mimeType: view.mimeType, text: await view.read(this.#parts.client, session) }] };
  }

  /** Resolves when changes are told from then on, until the signal aborts. @throws ResourceNotFoundError */
  async watch(
    uri: string,
    { changed, signal }: { readonly changed: () => void; readonly signal: AbortSignal },
  ): Promise<void> {
    const { session } = await this.#find(uri);
    const events = this.#parts.client.changes.watch({ session }, { signal });
    const follow = async (): Promise<void> => {
      for await (const { first } of events) if (!first) changed();
    };
    // It ends with the session; whoever reads the resource then is told so.
    follow().catch(() => undefined);
  }

  #views(): [string, View][] {
    const { records } = this.#parts.place;
    return Object.entries(VIEWS).filter(([name]) => name !== 'audit' || records === 'readable');
  }

  async #find(uri: string): Promise<{ readonly session: SessionId; readonly view: View }> {
    const [, session = '', name = ''] = ADDRESS.exec(uri) ?? [];
    const view = new Map(this.#views()).get(name);
    if (view === undefined) throw new ResourceNotFoundError(uri);
    // The form was matched above.
    const id = session as SessionId;
    try {
      await this.#parts.place.check(id);
    } catch (thrown) {
      if (UNREACHED.has(toFault(thrown).code)) throw new ResourceNotFoundError(uri);
      throw thrown;
    }
    return { session: id, view };
  }
}

function resourceOf({ id, title: of }: KnownSession, name: string, { title, about, mimeType }: View): Resource {
  return {
    uri: addressOf(id, name),
    name: `${id}-${name}`,
    title: `${title} of ${of}`,
    description: about,
    mimeType,
  };
}
