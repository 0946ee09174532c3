import { Settings } from '../../../schema/contract/app.ts';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import type { SessionId } from '../../../schema/entities.ts';
import type { ValueKind } from '../option.ts';
import type { Known, Offer } from './offers.ts';

type Source = (client: Client<Areas>, session: SessionId | undefined) => Promise<Offer[]>;

const SOURCES: Partial<Record<Extract<ValueKind, string>, Source>> = {
  session: async (client) =>
    (await client.session.list({})).sessions.map(({ id, state, workspace }) => ({
      value: id,
      about: `${state} ${workspace}`,
    })),
  change: async (client, session) =>
    session === undefined
      ? []
      : (await client.changes.list({ session })).changes.map(({ path, kind }) => ({ value: path, about: kind })),
  snapshot: async (client, session) =>
    session === undefined
      ? []
      : (await client.snapshot.list({ session })).snapshots.map(({ id, name }) => ({ value: id, about: name })),
  terminal: async (client, session) =>
    (await client.terminal.list(session === undefined ? {} : { session })).terminals.map(({ id }) => ({
      value: id,
      about: '',
    })),
  task: async (client) =>
    (await client.task.list({})).tasks.map(({ id, name, state }) => ({ value: id, about: `${state} ${name}` })),
  schedule: async (client) =>
    (await client.schedule.list({})).schedules.map(({ id, name }) => ({ value: id, about: name })),
  tool: async (client) =>
    (await client.tool.list({})).tools.map(({ name, description }) => ({ value: name, about: description })),
  plugin: async (client) =>
    (await client.plugin.list({})).plugins.map(({ id, state }) => ({ value: id, about: state })),
  profile: async (client) =>
    (await client.sandbox.profiles({})).profiles.map(({ name, about }) => ({ value: name, about })),
  image: async (client) =>
    (await client.image.list({})).images.map(({ name, state }) => ({ value: name, about: state })),
  key: async (client) =>
    (await client.key.list({})).keys
      .filter(({ state }) => state === 'active')
      .map(({ id, scope, owner }) => ({ value: id, about: `${scope} ${owner}` })),
  secret: async (client) => (await client.secret.list({})).secrets.map(({ name }) => ({ value: name, about: '' })),
  setting: async () =>
    Object.entries(Settings.properties).map(([value, schema]) => ({
      value,
      about: 'description' in schema ? String(schema.description) : '',
    })),
};

/** Words that a kernel knows. Completion is a help: where it cannot be had there is none. */
export function knownTo(connect: () => Promise<Client<Areas>>): Known {
  return async (kind, session) => {
    const source = typeof kind === 'string' ? SOURCES[kind] : undefined;
    if (source === undefined) return [];
    try {
      // The kernel refuses what is no session's id.
      return await source(await connect(), session as SessionId | undefined);
    } catch {
      return [];
    }
  };
}
