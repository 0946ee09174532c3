import { type Recording, policy as area } from '../../../../schema/contract/policy.ts';
import { type Command, isSet, stringOf } from '../../command.ts';
import { readNamedFile } from '../../input/named-file.ts';
import { table, usageFault } from '../../output/print.ts';
import { sessionArgument } from '../sandbox/session.ts';
import { flag, value } from '../../option.ts';

const show: Command = {
  words: ['policy', 'show'],
  usage: 'policy show',
  about: area.members.documents.about,
  positionals: [0, 0],
  document: 'the documents with their errors',
  async run(context) {
    const client = await context.connect();
    const document = await client.policy.documents({});
    const rows = document.documents.map(({ layer, path, exists, inForce, errors }) => {
      const [error] = errors;
      const broken = error === undefined ? '' : `line ${error.line}, column ${error.column}: ${error.message}`;
      return [layer, exists ? (inForce ? 'in force' : 'replaced') : 'none', path, broken];
    });
    return { document, text: table([['LAYER', 'STATE', 'FILE', 'WRONG WITH IT'], ...rows]) };
  },
};

const rules: Command = {
  words: ['policy', 'rules'],
  usage: 'policy rules [FILE]',
  about: area.members.sentences.about,
  positionals: [0, 1],
  takes: ['file'],
  document: '{ rules: [{ name, line, action, sentence }], closing }',
  async run(context) {
    const [file] = context.positionals;
    const client = await context.connect();
    const document = await client.policy.sentences(file === undefined ? {} : { text: readNamedFile(file) });
    const lines = document.rules.map(({ name, sentence }) => `${name}: ${sentence}\n`);
    return { document, text: `${lines.join('')}${document.closing}\n` };
  },
};

const tokens: Command = {
  words: ['policy', 'token', 'list'],
  usage: 'policy token list',
  about: area.members.tokens.about,
  positionals: [0, 0],
  document: '{ tokens: [{ token, containerId, session?, peerPid, syscall, pathGlobs, maxOps, opsLeft, endsAt }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.policy.tokens({});
    const rows = document.tokens.map(({ token, syscall, pathGlobs, opsLeft, endsAt, session }) => {
      const until = new Date(endsAt).toISOString();
      return [token, syscall, pathGlobs.join(' '), String(opsLeft), until, session ?? ''];
    });
    return { document, text: table([['TOKEN', 'FOR', 'PATHS', 'LEFT', 'UNTIL', 'SESSION'], ...rows]) };
  },
};

const revoke: Command = {
  words: ['policy', 'token', 'revoke'],
  usage: 'policy token revoke TOKEN',
  about: area.members.revokeToken.about,
  positionals: [1, 1],
  takes: ['text'],
  document: '{ revoked }',
  async run(context) {
    const token = context.positionals[0] ?? '';
    const client = await context.connect();
    await client.policy.revokeToken({ token });
    return { document: { revoked: token }, text: `${token} is worth nothing any more\n` };
  },
};

function recordingText({ session, state, calls, proposals }: Recording): string {
  const lines = proposals.map(
    ({ id, calls: count, sentence, note }) => `  ${id}  ${count} calls: ${sentence} ${note ?? ''}`,
  );
  return [`${session}: ${state}, ${calls} calls would have been stopped`, ...lines]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

const RECORD_USAGE = 'policy record SESSION [--minutes N] [--stop] [--show] [--adopt PROPOSAL] [--yes]';

const record: Command = {
  words: ['policy', 'record'],
  usage: RECORD_USAGE,
  about:
    'Let a session through and collect what the policy would have stopped; stop; show; print the policy with a proposal in it',
  options: {
    minutes: value('number', 'End the recording by itself after so many minutes'),
    stop: flag('End the recording'),
    show: flag('Show what was collected'),
    adopt: value('text', 'Print the policy with this proposal in it'),
    yes: flag('Answer a request for review with yes; that is recorded'),
  },
  positionals: [1, 1],
  takes: ['session'],
  document: 'the recording with its proposals; with --show { recordings }, with --adopt { text }',
  async run(context) {
    const session = sessionArgument(context.positionals[0]);
    const client = await context.connect();
    const proposal = stringOf(context, 'adopt');
    if (proposal !== undefined) {
      const document = await client.policy.adopt({ session, proposal });
      return { document, text: document.text };
    }
    if (isSet(context, 'show')) {
      const document = await client.policy.recordings({ session });
      return { document, text: document.recordings.map(recordingText).join('') };
    }
    if (isSet(context, 'stop')) {
      const document = await client.policy.stopRecording({ session });
      return { document, text: recordingText(document) };
    }
    const minutes = stringOf(context, 'minutes');
    if (minutes !== undefined && !/^[1-9]\d{0,2}$/.test(minutes)) {
      throw usageFault(`Cannot record for ${minutes} minutes: that is no whole number above 0`, RECORD_USAGE);
    }
    const wanted = minutes === undefined ? { session } : { session, minutes: Number(minutes) };
    const review = isSet(context, 'yes') ? 'approve' : 'refuse';
    const document = await client.policy.record(wanted, { signal: context.signal, review });
    return { document, text: recordingText(document) };
  },
};

const extensions: Command = {
  words: ['policy', 'extensions'],
  usage: 'policy extensions',
  about: area.members.extensions.about,
  positionals: [0, 0],
  document: '{ state, rules, problem, folder }',
  async run(context) {
    const client = await context.connect();
    const document = await client.policy.extensions({});
    const { state, rules: names, problem, folder } = document;
    return {
      document,
      text: `${state}: ${names.join(', ') || 'no rules'} (${folder})\n${problem === null ? '' : `${problem}\n`}`,
    };
  },
};

/** What the policy is made of now, and what hangs on it. */
export const policyStateCommands: readonly Command[] = [show, rules, tokens, revoke, record, extensions];
