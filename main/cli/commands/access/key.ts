import { type IssuedKey, type Key, type KeyId, key as area } from '../../../../schema/contract/key.ts';
import { parseKeyScope } from '../../../../schema/key-scope.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { durationMs } from '../../input/duration.ts';
import { table, usageFault } from '../../output/print.ts';
import { readSecret } from '../../input/secret-input.ts';
import { flag, value } from '../../option.ts';

const ISSUE_USAGE = 'key issue --scope SCOPE [--ttl TIME] [--owner NAME]';
const WEBHOOK_USAGE = 'key webhook [URL [--secret] | --off]';

/** A key's id, or the beginning of its token. A whole token is refused without being repeated. */
function keyArgument(context: CommandContext, usage: string): KeyId {
  const [given = ''] = context.positionals;
  const [, id] = /^(?:cav_)?([a-z0-9]{8})$/.exec(given) ?? [];
  if (id === undefined) throw usageFault('Cannot find the key: name it by its 8 characters, never by its token', usage);
  // Of the form that the contract demands.
  return id as KeyId;
}

function issuedText({ id, token, scope, expiresAt }: IssuedKey): string {
  const lines = [token, `key ${id}, ${scope}, until ${new Date(expiresAt).toISOString()}`];
  return `${lines.join('\n')}\nIt is not shown again: keep it now.\n`;
}

function keyRow({ id, scope, state, owner, expiresAt, lastUsedAt }: Key): string[] {
  const used = lastUsedAt === undefined ? 'never' : new Date(lastUsedAt).toISOString();
  return [id, scope, state, new Date(expiresAt).toISOString(), used, owner];
}

const issue: Command = {
  words: ['key', 'issue'],
  usage: ISSUE_USAGE,
  about: area.members.issue.about,
  options: {
    scope: value('text', 'admin, namespace:<name>, session:<id> or model:<name>'),
    ttl: value('text', 'How long it lives: 30m, 12h, 7d'),
    owner: value('text', 'Whom it is for'),
  },
  positionals: [0, 0],
  document: '{ id, token, prefix, scope, owner, state, issuedAt, expiresAt, rotatesAt? }; the token is shown this once',
  async run(context) {
    const [scope, ttl, owner] = ['scope', 'ttl', 'owner'].map((name) => stringOf(context, name));
    if (scope === undefined) throw usageFault('Cannot issue a key: say with --scope what it opens', ISSUE_USAGE);
    if (parseKeyScope(scope) === undefined) {
      const fix = 'admin, namespace:<name>, session:<id> or model:<name>';
      throw usageFault(`Cannot issue a key: "${scope}" is none of ${fix}`, ISSUE_USAGE);
    }
    const ttlMs = ttl === undefined ? undefined : durationMs(ttl);
    if (ttl !== undefined && ttlMs === undefined) {
      throw usageFault(`Cannot issue a key: --ttl takes a time such as 30m, 12h or 7d, not "${ttl}"`, ISSUE_USAGE);
    }
    const client = await context.connect();
    const document = await client.key.issue({
      scope,
      ...(owner === undefined ? {} : { owner }),
      ...(ttlMs === undefined ? {} : { ttlMs }),
    });
    return { document, text: issuedText(document) };
  },
};

const list: Command = {
  words: ['key', 'list'],
  usage: 'key list [--all]',
  about: `${area.members.list.about}; --all shows those that have ended too`,
  options: { all: flag('Those that have ended too') },
  positionals: [0, 0],
  document:
    '{ keys: [{ id, prefix, scope, owner, state, issuedAt, expiresAt, lastUsedAt?, endedAt?, notice? }], webhook }; docs/keys.md has the rules',
  async run(context) {
    const client = await context.connect();
    const { keys, webhook } = await client.key.list({});
    const shown = isSet(context, 'all') ? keys : keys.filter(({ state }) => state === 'active');
    const text =
      shown.length === 0
        ? 'no keys\n'
        : table([['KEY', 'SCOPE', 'STATE', 'EXPIRES', 'LAST USED', 'OWNER'], ...shown.map(keyRow)]);
    return { document: { keys: shown, webhook }, text };
  },
};

const rotate: Command = {
  words: ['key', 'rotate'],
  usage: 'key rotate ID',
  about: area.members.rotate.about,
  positionals: [1, 1],
  takes: ['key'],
  document: 'as key issue, with previous; the token is shown this once',
  async run(context) {
    const id = keyArgument(context, 'key rotate ID');
    const client = await context.connect();
    const document = await client.key.rotate({ id });
    return { document, text: issuedText(document) };
  },
};

const revoke: Command = {
  words: ['key', 'revoke'],
  usage: 'key revoke ID',
  about: area.members.revoke.about,
  positionals: [1, 1],
  takes: ['key'],
  document: 'the key',
  async run(context) {
    const id = keyArgument(context, 'key revoke ID');
    const client = await context.connect();
    const document = await client.key.revoke({ id });
    return { document, text: `revoked ${id}\n` };
  },
};

const webhook: Command = {
  words: ['key', 'webhook'],
  usage: WEBHOOK_USAGE,
  about: `${area.members.configureWebhook.about}: with --secret read from standard input`,
  options: { secret: flag('Read the secret of the signature from standard input'), off: flag('Send nothing any more') },
  positionals: [0, 1],
  takes: ['text'],
  document: '{ url, hasSecret, waiting, failed, lastProblem? }',
  async run(context) {
    const [url] = context.positionals;
    const isOff = isSet(context, 'off');
    if (isOff && url !== undefined) throw usageFault('Cannot set the webhook: give an address or --off', WEBHOOK_USAGE);
    if (isSet(context, 'secret') && url === undefined) {
      throw usageFault('Cannot set the webhook: its secret comes with its address', WEBHOOK_USAGE);
    }
    const secret = isSet(context, 'secret') ? await readSecret('The webhook’s secret (not shown): ') : undefined;
    const client = await context.connect();
    const document =
      isOff || url !== undefined
        ? await client.key.configureWebhook({ url: url ?? null, ...(secret === undefined ? {} : { secret }) })
        : (await client.key.list({})).webhook;
    const { waiting, failed, hasSecret } = document;
    const state = `${waiting} waiting, ${failed} failed${hasSecret ? '' : ', without a secret: no key can be rotated'}`;
    return { document, text: document.url === null ? 'no webhook\n' : `${document.url}: ${state}\n` };
  },
};

export const keyCommands: readonly Command[] = [issue, list, rotate, revoke, webhook];
