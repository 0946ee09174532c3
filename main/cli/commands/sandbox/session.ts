import { session as area } from '../../../../schema/contract/session.ts';
import type { SessionId, SnapshotId } from '../../../../schema/entities.ts';
import { toFault } from '../../../../schema/fault.ts';
import type { Command, CommandContext } from '../../command.ts';
import { table } from '../../output/print.ts';

/** The contract checks the form of an id; the command line only hands it on. */
export function sessionArgument(text: string | undefined): SessionId {
  return (text ?? '') as SessionId;
}

/** A session as it is, or as a snapshot kept it. */
export function stateArgument(
  session: string | undefined,
  snapshot: string | undefined,
): { session: SessionId; snapshot?: SnapshotId } {
  const of = { session: sessionArgument(session) };
  return snapshot === undefined ? of : { ...of, snapshot: snapshot as SnapshotId }; // as with a session's id
}

const list: Command = {
  words: ['session', 'list'],
  usage: 'session list',
  about: area.members.list.about,
  positionals: [0, 0],
  document: '{ sessions: [{ id, workspace, profile, state, createdAt, … }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.session.list({});
    const rows = document.sessions.map((session) => [
      session.id,
      session.state,
      session.profile,
      new Date(session.createdAt).toISOString(),
      session.workspace,
    ]);
    const text =
      rows.length === 0 ? 'no sessions\n' : table([['SESSION', 'STATE', 'PROFILE', 'CREATED', 'WORKSPACE'], ...rows]);
    return { document, text };
  },
};

function onOne(
  word: string,
  { about, document }: Pick<Command, 'about' | 'document'>,
  act: (context: CommandContext, session: SessionId) => Promise<{ document: unknown; text: string }>,
): Command {
  return {
    words: ['session', word],
    usage: `session ${word} SESSION`,
    about,
    positionals: [1, 1],
    takes: ['session'],
    document,
    run: (context) => act(context, sessionArgument(context.positionals[0])),
  };
}

const stop = onOne('stop', { about: area.members.stop.about, document: 'the session' }, async (context, session) => {
  const client = await context.connect();
  const document = await client.session.stop({ session });
  return { document, text: `stopped ${document.id}\n` };
});

const resume = onOne(
  'resume',
  { about: area.members.resume.about, document: 'the session' },
  async (context, session) => {
    const client = await context.connect();
    const document = await client.session.resume({ session }, { signal: context.signal });
    return { document, text: `running ${document.id}\n` };
  },
);

const rm = onOne('rm', { about: area.members.remove.about, document: '{ removed }' }, async (context, session) => {
  const client = await context.connect();
  const document = await client.session.remove({ session });
  return { document, text: `removed ${document.removed}\n` };
});

const show = onOne('show', { about: area.members.get.about, document: 'the session' }, async (context, session) => {
  const client = await context.connect();
  const document = await client.session.get({ session });
  return { document, text: `${JSON.stringify(document, null, 2)}\n` };
});

const open: Command = {
  words: ['session', 'open'],
  usage: 'session open SESSION [PATH]',
  about:
    'Open a copy of a file or folder as the session sees it, read-only, in your editor; the whole workspace without PATH',
  positionals: [1, 2],
  takes: ['session', 'text'],
  document:
    '{ file }, of a folder { folder, files, leftOut }: the copy that the editor of the setting editor, else $VISUAL, was given',
  async run(context) {
    const [id, path] = context.positionals;
    const client = await context.connect();
    const session = sessionArgument(id);
    const openFolder = async () => {
      const document = await client.session.openFolder({ session, ...(path === undefined ? {} : { path }) });
      const { files, folder, leftOut } = document;
      const without = leftOut === 0 ? '' : `, without ${leftOut} that cannot be copied`;
      return { document, text: `opened a copy of ${files} files${without}: ${folder}\n` };
    };
    if (path === undefined) return openFolder();
    try {
      const document = await client.session.openFile({ session, path });
      return { document, text: `opened a copy: ${document.file}\n` };
    } catch (thrown) {
      if (toFault(thrown).code === 'not_a_file') return openFolder();
      throw thrown;
    }
  },
};

export const sessionCommands: readonly Command[] = [list, show, open, stop, resume, rm];
