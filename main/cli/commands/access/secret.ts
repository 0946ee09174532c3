import { resolve } from 'node:path';
import {
  type ListedHanding,
  secret as area,
  type SecretForm,
  type SecretHanding,
  type Withheld,
} from '../../../../schema/contract/secret.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { table, usageFault } from '../../output/print.ts';
import { readSecret } from '../../input/secret-input.ts';
import { sessionArgument } from '../sandbox/session.ts';
import { flag, value } from '../../option.ts';

const HAND_USAGE =
  'secret hand NAME (--session S | --workspace DIR | --plugin P) (--variable V | --file F | --origin URL [--header H] [--scheme S] [--user U])';

function formOf(context: CommandContext): SecretForm {
  const [variable, file, origin] = ['variable', 'file', 'origin'].map((name) => stringOf(context, name));
  const given = [variable, file, origin].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw usageFault('Cannot hand in a secret: say once how, with --variable, --file or --origin', HAND_USAGE);
  }
  if (variable !== undefined) return { kind: 'variable', variable };
  if (file !== undefined) return { kind: 'file', file };
  const [header, scheme, user] = ['header', 'scheme', 'user'].map((name) => stringOf(context, name));
  return {
    kind: 'header',
    origin: origin ?? '',
    ...(header === undefined ? {} : { header }),
    ...(scheme === undefined ? {} : { scheme }),
    ...(user === undefined ? {} : { user }),
  };
}

function shownForm(as: SecretForm): string {
  switch (as.kind) {
    case 'variable':
      return `$${as.variable}`;
    case 'file':
      return `/run/secrets/${as.file}`;
    case 'header':
      return `${as.header ?? 'Authorization'} for ${as.origin}`;
  }
}

function shownTarget({ session, workspace, plugin }: SecretHanding): string {
  const places =
    session === undefined ? (workspace === undefined ? [] : [`sessions of ${workspace}`]) : [`session ${session}`];
  return [...(plugin === undefined ? [] : [`plugin ${plugin}`]), ...places].join(' in ');
}

const WITHHELD: Readonly<Record<Withheld, string>> = {
  absent: 'the plugin is not installed',
  disabled: 'the plugin is disabled',
  refused: 'the plugin is refused',
  development: 'a build under development stands in for the plugin',
  another: 'the plugin is not by whom it was handed to',
};

function shownHanding(handing: ListedHanding): string {
  const { withheld } = handing;
  return withheld === undefined
    ? shownTarget(handing)
    : `${shownTarget(handing)}, not at present: ${WITHHELD[withheld]}`;
}

const add: Command = {
  words: ['secret', 'add'],
  usage: 'secret add NAME [--replace]',
  about: `${area.members.add.about}; it is read from standard input`,
  options: { replace: flag('Take the place of one of that name') },
  positionals: [1, 1],
  takes: ['text'],
  document: '{ name, addedAt }; the value comes from standard input',
  async run(context) {
    const [name = ''] = context.positionals;
    const value = await readSecret(`The secret "${name}" (not shown): `);
    const client = await context.connect();
    const document = await client.secret.add({ name, value, ...(isSet(context, 'replace') ? { replace: true } : {}) });
    return { document, text: `added ${document.name}\n` };
  },
};

const list: Command = {
  words: ['secret', 'list'],
  usage: 'secret list',
  about: area.members.list.about,
  positionals: [0, 0],
  document: '{ secrets, handings }',
  async run(context) {
    const client = await context.connect();
    const document = await client.secret.list({});
    const { secrets, handings } = document;
    const names = table([
      ['SECRET', 'ADDED'],
      ...secrets.map(({ name, addedAt }) => [name, new Date(addedAt).toISOString()]),
    ]);
    const handed = table([
      ['HANDED', 'SECRET', 'AS', 'TO'],
      ...handings.map((handing) => [handing.id, handing.name, shownForm(handing.as), shownHanding(handing)]),
    ]);
    if (secrets.length === 0) return { document, text: 'no secrets\n' };
    return { document, text: handings.length === 0 ? names : `${names}\n${handed}` };
  },
};

const remove: Command = {
  words: ['secret', 'remove'],
  usage: 'secret remove NAME',
  about: area.members.remove.about,
  positionals: [1, 1],
  takes: ['secret'],
  document: '{ removed }',
  async run(context) {
    const [name = ''] = context.positionals;
    const client = await context.connect();
    const document = await client.secret.remove({ name });
    return { document, text: document.removed ? `removed ${name}\n` : `there is no secret ${name}\n` };
  },
};

const hand: Command = {
  words: ['secret', 'hand'],
  usage: HAND_USAGE,
  about: `${area.members.hand.about}: as a variable, as a file in memory, or put into requests by the proxy`,
  options: {
    session: value('session', 'For this session'),
    workspace: value('folder', 'For every session on this workspace'),
    plugin: value('plugin', 'For what this plugin asks --origin: in every session, or in those named beside it'),
    variable: value('text', 'As this environment variable'),
    file: value('text', 'As a file of this name in /run/secrets'),
    origin: value('text', 'Put into requests to this origin, unseen by the sandbox'),
    header: value('text', 'The header of --origin; Authorization without'),
    scheme: value('text', 'The scheme of --origin; Bearer without'),
    user: value('text', 'The user of Basic for --origin'),
  },
  positionals: [1, 1],
  takes: ['secret'],
  document: '{ id, name, session?, workspace?, plugin?, holder?, as, at }',
  async run(context) {
    const [name = ''] = context.positionals;
    const [session, workspace] = [stringOf(context, 'session'), stringOf(context, 'workspace')];
    const plugin = stringOf(context, 'plugin');
    const as = formOf(context);
    const client = await context.connect();
    const document = await client.secret.hand(
      {
        name,
        as,
        ...(session === undefined ? {} : { session: sessionArgument(session) }),
        ...(workspace === undefined ? {} : { workspace: resolve(workspace) }),
        ...(plugin === undefined ? {} : { plugin }),
      },
      { signal: context.signal },
    );
    return { document, text: `handed ${name} as ${shownForm(as)} to ${shownTarget(document)}: ${document.id}\n` };
  },
};

const withdraw: Command = {
  words: ['secret', 'withdraw'],
  usage: 'secret withdraw ID',
  about: area.members.withdraw.about,
  positionals: [1, 1],
  takes: ['text'],
  document: '{ withdrawn }',
  async run(context) {
    const [id = ''] = context.positionals;
    const client = await context.connect();
    const document = await client.secret.withdraw({ id });
    return { document, text: document.withdrawn ? 'withdrawn\n' : 'nothing was handed in under that id\n' };
  },
};

export const secretCommands: readonly Command[] = [add, list, remove, hand, withdraw];
