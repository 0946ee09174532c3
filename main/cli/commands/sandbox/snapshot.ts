import { type Snapshot, snapshot as snapshotArea } from '../../../../schema/contract/snapshot.ts';
import type { SnapshotId } from '../../../../schema/entities.ts';
import { type Command, stringOf } from '../../command.ts';
import { sessionArgument } from './session.ts';
import { value } from '../../option.ts';

const {
  create: createCall,
  list: listCall,
  restore: restoreCall,
  branch: branchCall,
  remove: removeCall,
} = snapshotArea.members;

function lineOf({ id, name, at, sizeBytes, running }: Snapshot): string {
  const size = `${(sizeBytes / 1e6).toFixed(1)} MB`;
  return `${id}  ${new Date(at).toISOString()}  ${size}  ${name}${running ? '  (while it ran)' : ''}\n`;
}

/** The kernel checks that it is one. */
function snapshotArgument(word: string | undefined): SnapshotId {
  return (word ?? '') as SnapshotId; // see above
}

const create: Command = {
  words: ['snapshot', 'create'],
  usage: 'snapshot create SESSION NAME',
  about: createCall.about,
  positionals: [2, 2],
  takes: ['session', 'text'],
  document: 'the snapshot { id, session, name, at, sizeBytes, running }',
  async run(context) {
    const [session, name = ''] = context.positionals;
    const client = await context.connect();
    const document = await client.snapshot.create({ session: sessionArgument(session), name });
    return { document, text: lineOf(document) };
  },
};

const list: Command = {
  words: ['snapshot', 'list'],
  usage: 'snapshot list SESSION',
  about: listCall.about,
  positionals: [1, 1],
  takes: ['session'],
  document: '{ snapshots }',
  async run(context) {
    const client = await context.connect();
    const document = await client.snapshot.list({ session: sessionArgument(context.positionals[0]) });
    return {
      document,
      text: document.snapshots.length === 0 ? 'no snapshots\n' : document.snapshots.map(lineOf).join(''),
    };
  },
};

const restore: Command = {
  words: ['snapshot', 'restore'],
  usage: 'snapshot restore SESSION SNAPSHOT',
  about: restoreCall.about,
  positionals: [2, 2],
  takes: ['session', 'snapshot'],
  document: 'the snapshot',
  async run(context) {
    const [session, snapshot] = context.positionals;
    const client = await context.connect();
    const document = await client.snapshot.restore({
      session: sessionArgument(session),
      snapshot: snapshotArgument(snapshot),
    });
    return { document, text: `restored  ${document.name}\n` };
  },
};

const branch: Command = {
  words: ['snapshot', 'branch'],
  usage: 'snapshot branch SESSION SNAPSHOT [--name N]',
  about: branchCall.about,
  options: { name: value('text', 'The name of the new session') },
  positionals: [2, 2],
  takes: ['session', 'snapshot'],
  document: 'the new session',
  async run(context) {
    const [session, snapshot] = context.positionals;
    const name = stringOf(context, 'name');
    const client = await context.connect();
    const document = await client.snapshot.branch(
      {
        session: sessionArgument(session),
        snapshot: snapshotArgument(snapshot),
        ...(name === undefined ? {} : { name }),
      },
      { signal: context.signal },
    );
    return { document, text: `${document.id}  ${document.name}\n` };
  },
};

const remove: Command = {
  words: ['snapshot', 'rm'],
  usage: 'snapshot rm SESSION SNAPSHOT',
  about: removeCall.about,
  positionals: [2, 2],
  takes: ['session', 'snapshot'],
  document: '{ removed }',
  async run(context) {
    const [session, snapshot] = context.positionals;
    const client = await context.connect();
    const document = await client.snapshot.remove({
      session: sessionArgument(session),
      snapshot: snapshotArgument(snapshot),
    });
    return { document, text: `removed   ${document.removed}\n` };
  },
};

export const snapshotCommands: readonly Command[] = [create, list, restore, branch, remove];
