import Type, { type Static } from 'typebox';
import { splitAtNul } from './records.ts';

const Person = Type.Object({ name: Type.String(), email: Type.String(), atMs: Type.Integer() });

export const Commit = Type.Object({
  id: Type.String(),
  parents: Type.Array(Type.String()),
  author: Person,
  committer: Person,
  refs: Type.Array(Type.String(), { description: 'Branches and tags that are here' }),
  subject: Type.String(),
  body: Type.String(),
});
export type Commit = Static<typeof Commit>;

const UNIT = '\x1f';
/** The format that `parseCommits` reads; to be used with `-z`. */
export const COMMIT_FORMAT = `--format=${['%H', '%P', '%an', '%ae', '%at', '%cn', '%ce', '%ct', '%D', '%s', '%b'].join('%x1f')}`;

export function parseCommits(output: Buffer): Commit[] {
  return splitAtNul(output).map((record) => {
    const [
      id = '',
      parents = '',
      an = '',
      ae = '',
      at = '',
      cn = '',
      ce = '',
      ct = '',
      refs = '',
      subject = '',
      ...body
    ] = record.replace(/^\n/, '').split(UNIT);
    return {
      id,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name: an, email: ae, atMs: Number(at) * 1000 },
      committer: { name: cn, email: ce, atMs: Number(ct) * 1000 },
      refs: refs === '' ? [] : refs.split(', '),
      subject,
      body: body.join(UNIT).trimEnd(),
    };
  });
}
