import Type, { type TProperties } from 'typebox';
import type { Areas } from '../../../schema/contract/areas.ts';
import { Box, box } from '../../../schema/contract/box.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { KeyScope } from '../../../schema/key-scope.ts';
import { annotationsOf, type KernelTool } from './kernel-tool.ts';
import { ownTool } from './own-tool.ts';
import type { KnownSession, Place } from './place.ts';

export interface KeyPlaceOptions {
  /** As the key: the kernel holds each call against its scope. */
  readonly client: Client<Areas>;
  readonly scope: KeyScope;
}

const { namespace, name, ...StartOptions } = box.members.create.input.properties;
const StartInput = Type.Object({
  namespace: Type.Optional(namespace),
  name: Type.Optional(name),
  ...StartOptions,
  session: Type.Optional(
    Type.Unsafe<SessionId>({ ...SessionId, description: 'A session to go on with, in place of a new one' }),
  ),
});

/** Sandboxes in namespaces, for whoever comes with an API key. What the key does not open, the kernel refuses. */
export function keyPlace({ client, scope }: KeyPlaceOptions): Place {
  // Parsed with the key's scope, which has this form.
  const only = scope.kind === 'session' ? (scope.session as SessionId) : undefined;
  const namespace = scope.kind === 'namespace' ? scope.namespace : undefined;
  return {
    only,
    records: 'closed',
    tools: [startTool(client, { only, namespace }), stopTool(client), listTool(client, { only, namespace })],
    check: async (session) => void (await client.box.get({ session })),
    async sessions() {
      if (only !== undefined) return [known(await client.box.get({ session: only }))];
      return namespace === undefined ? [] : (await client.box.list({ namespace })).sandboxes.map(known);
    },
  };
}

interface Own {
  readonly only: SessionId | undefined;
  /** What is meant where none is named. */
  readonly namespace: string | undefined;
}

function known({ id, namespace, name }: Box): KnownSession {
  return { id, title: `${name} in ${namespace}` };
}

/** A member that need not be named: the key says which one is meant. */
function optionalNamespace({ namespace }: Own, properties: { readonly namespace: TProperties[string] }): TProperties {
  return { namespace: namespace === undefined ? properties.namespace : Type.Optional(properties.namespace) };
}

function startTool(client: Client<Areas>, own: Own): KernelTool {
  return ownTool({
    name: 'sandbox_start',
    title: 'Start a sandbox',
    about: `${box.members.create.about}, or go on with one. Gives its id, the session that every other tool takes.`,
    annotations: annotationsOf(box.members.create.effect),
    input: StartInput,
    output: Box,
    async run({ session = own.only, namespace = own.namespace, name, ...options }, { signal, onReview }) {
      if (session !== undefined) {
        const found = await client.box.get({ session });
        const structured = found.state === 'running' ? found : await client.box.start({ session }, { signal });
        return { structured };
      }
      if (namespace === undefined || name === undefined) {
        throw new Fault('invalid_input', 'Cannot start a sandbox: its namespace or its name is missing', {
          fix: 'Name it with `namespace` and `name`, or go on with one by `session`.',
        });
      }
      return { structured: await client.box.create({ namespace, name, ...options }, { signal, onReview }) };
    },
  });
}

function stopTool(client: Client<Areas>): KernelTool {
  const { about, effect, input } = box.members.stop;
  return ownTool({
    name: 'sandbox_stop',
    title: 'Stop a sandbox',
    about,
    annotations: annotationsOf(effect),
    input,
    output: Box,
    run: async (given) => ({ structured: await client.box.stop(given) }),
  });
}

function listTool(client: Client<Areas>, own: Own): KernelTool {
  const { about, effect, input, output } = box.members.list;
  return ownTool({
    name: 'sandbox_list',
    title: 'List sandboxes',
    about,
    annotations: annotationsOf(effect),
    input: Type.Object(own.only === undefined ? optionalNamespace(own, input.properties) : {}),
    output,
    async run(given) {
      if (own.only !== undefined) return { structured: { sandboxes: [await client.box.get({ session: own.only })] } };
      // Checked against the schema above.
      const { namespace = own.namespace ?? '' } = given as { namespace?: string };
      return { structured: await client.box.list({ namespace }) };
    },
  });
}
