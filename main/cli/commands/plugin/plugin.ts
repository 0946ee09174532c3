import { resolve } from 'node:path';
import { plugin as area, type Publisher } from '../../../../schema/contract/plugin.ts';
import { Fault } from '../../../../schema/fault.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { table, usageFault } from '../../output/print.ts';
import { pluginAuthoringCommands } from './plugin-authoring.ts';
import { developCommand } from './plugin-dev.ts';
import { inspectionText } from './plugin-inspection.ts';
import { logCommand } from './plugin-log.ts';
import { updateCommand } from './plugin-update.ts';
import { teamFolder } from './team-folder.ts';
import { flag, value } from '../../option.ts';

const list: Command = {
  words: ['plugin', 'list'],
  usage: 'plugin list',
  about: area.members.list.about,
  positionals: [0, 0],
  document: '{ plugins: [{ id, version, state, … }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.plugin.list({});
    const rows = document.plugins.map((plugin) => [
      plugin.id,
      plugin.version,
      plugin.state,
      plugin.signer ?? (plugin.origin === 'core' ? 'Cavern' : '-'),
      plugin.reason ?? plugin.description,
    ]);
    return { document, text: table([['PLUGIN', 'VERSION', 'STATE', 'SIGNED BY', ''], ...rows]) };
  },
};

/** A path, or what a team's folder has under a name. */
async function packageOf(context: CommandContext): Promise<{ source: string; pin?: string }> {
  const [name = ''] = context.positionals;
  const team = stringOf(context, 'from');
  const pin = stringOf(context, 'pin');
  if (team === undefined) return { source: resolve(name), ...(pin === undefined ? {} : { pin }) };
  const client = await context.connect();
  const { offers } = await client.plugin.offers({ folder: resolve(team) });
  const offer = offers.find(({ id }) => id === name);
  if (offer === undefined) {
    throw new Fault('not_found', `Cannot install "${name}": the folder does not offer it`, {
      fix: `See what it offers: cavern plugin offers ${team}`,
    });
  }
  return { source: offer.file, pin: offer.pin };
}

const install: Command = {
  words: ['plugin', 'install'],
  usage: 'plugin install PATH [--pin SHA256] | ID --from FOLDER; [--yes]',
  about: area.members.install.about,
  options: {
    pin: value('text', 'The SHA-256 that the package must have'),
    from: value('folder', 'A folder of packages to take it from'),
    yes: flag('Agree to what it may do'),
  },
  positionals: [1, 1],
  takes: ['file'],
  document:
    '{ installed, id, version, digest, state, plugin }; without --yes, where consent is needed, { installed: false, inspection } and exit code 4',
  async run(context) {
    const source = await packageOf(context);
    const client = await context.connect();
    const inspection = await client.plugin.inspect(source);
    const { digest, capabilities, replaces, needsConsent } = inspection;
    if (needsConsent && !isSet(context, 'yes')) {
      const text = `${inspectionText(inspection)}Nothing was installed. To agree: --yes\n`;
      return { document: { installed: false, inspection }, text, exitCode: EXIT.needsReview };
    }
    const { plugin } = await client.plugin.install(
      { ...source, consent: { digest, capabilities, replaces } },
      { signal: context.signal, review: isSet(context, 'yes') ? 'approve' : 'refuse' },
    );
    const { id, version, state } = plugin;
    return {
      document: { installed: true, id, version, digest, state, plugin },
      text: `${inspectionText(inspection)}Installed${state === 'disabled' ? ', and disabled as before' : ''}.\n`,
    };
  },
};

const remove: Command = {
  words: ['plugin', 'remove'],
  usage: 'plugin remove ID',
  about: area.members.remove.about,
  positionals: [1, 1],
  takes: ['plugin'],
  document: '{ removed, secrets: [name] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.plugin.remove({ id: context.positionals[0] ?? '' });
    const takenBack = document.secrets.map((name) => `took back the secret ${name}\n`).join('');
    return { document, text: `removed ${document.removed}\n${takenBack}` };
  },
};

function switchCommand(name: 'enable' | 'disable'): Command {
  return {
    words: ['plugin', name],
    usage: `plugin ${name} ID`,
    about: area.members[name].about,
    positionals: [1, 1],
    takes: ['plugin'],
    document: '{ plugin }',
    async run(context) {
      const client = await context.connect();
      const document = await client.plugin[name]({ id: context.positionals[0] ?? '' });
      return { document, text: `${document.plugin.id}: ${document.plugin.state}\n` };
    },
  };
}

const settings: Command = {
  words: ['plugin', 'settings'],
  usage: 'plugin settings ID [JSON]',
  about: 'Show what is set for a plugin, or set it',
  positionals: [1, 2],
  takes: ['plugin', 'text'],
  document: '{ schema, values }; with new values { values }',
  async run(context) {
    const [id = '', json] = context.positionals;
    const client = await context.connect();
    const document =
      json === undefined
        ? await client.plugin.settings({ id })
        : await client.plugin.configure({ id, values: valuesIn(json) });
    return { document, text: `${JSON.stringify(document.values, null, 2)}\n` };
  },
};

function valuesIn(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw usageFault('Cannot set the settings: they are no JSON object', settings.usage);
}

const offers: Command = {
  words: ['plugin', 'offers'],
  usage: 'plugin offers [FOLDER]',
  about: `${area.members.offers.about}; the folder of the setting teamPlugins if absent`,
  positionals: [0, 1],
  takes: ['folder'],
  document: '{ offers: [{ id, version, file, pin, state, installed }] }',
  async run(context) {
    const client = await context.connect();
    const folder = await teamFolder(client, context.positionals[0], offers.usage);
    const document = await client.plugin.offers({ folder });
    const rows = document.offers.map(({ id, version, state, installed }) => [id, version, state, installed ?? '-']);
    return { document, text: table([['PLUGIN', 'VERSION', 'STATE', 'HERE'], ...rows]) };
  },
};

function proofOf({ publicKey, identity }: Publisher): string {
  return identity === undefined ? (publicKey ?? '') : `${identity.subject} (${identity.issuer})`;
}

const trust: Command = {
  words: ['plugin', 'trust'],
  usage: 'plugin trust [PUBLISHER KEY | PUBLISHER --issuer URL --subject WHO]',
  about: 'Trust what a publisher signs with an Ed25519 key, or as an identity through Sigstore, or list whom you trust',
  options: { issuer: value('text', 'Who vouches for the identity'), subject: value('text', 'The identity') },
  positionals: [0, 2],
  takes: ['text', 'text'],
  document: '{ publisher } or { publishers }',
  async run(context) {
    const client = await context.connect();
    const [name, publicKey] = context.positionals;
    const [issuer, subject] = [stringOf(context, 'issuer'), stringOf(context, 'subject')];
    const identity = issuer === undefined || subject === undefined ? undefined : { issuer, subject };
    if (name === undefined || (publicKey === undefined && identity === undefined)) {
      const document = await client.plugin.publishers({});
      const rows = document.publishers.map((publisher) => [publisher.name, proofOf(publisher)]);
      return { document, text: table([['PUBLISHER', 'KEY OR IDENTITY'], ...rows]) };
    }
    const document = await client.plugin.trust({
      name,
      ...(publicKey === undefined ? {} : { publicKey }),
      ...(identity === undefined ? {} : { identity }),
    });
    return { document, text: `${name} is trusted\n` };
  },
};

const distrust: Command = {
  words: ['plugin', 'distrust'],
  usage: 'plugin distrust PUBLISHER',
  about: area.members.distrust.about,
  positionals: [1, 1],
  takes: ['text'],
  document: '{ refused }',
  async run(context) {
    const client = await context.connect();
    const document = await client.plugin.distrust({ name: context.positionals[0] ?? '' });
    return { document, text: document.refused.map((id) => `${id} is refused now\n`).join('') };
  },
};

export const pluginCommands: readonly Command[] = [
  list,
  ...pluginAuthoringCommands,
  developCommand,
  install,
  updateCommand,
  remove,
  switchCommand('enable'),
  switchCommand('disable'),
  settings,
  logCommand,
  offers,
  trust,
  distrust,
];
