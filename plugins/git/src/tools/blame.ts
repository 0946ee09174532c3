import { tool } from '@cavern/plugin-sdk/tool';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type, { type Static } from 'typebox';
import { refField, repositoryField, strict } from '../inputs.ts';
import { checkedRef, Repository } from '../repository.ts';

const LINE_LIMIT = 5_000;
/** What git gives lines that are not committed yet. */
const UNCOMMITTED = /^0+$/;

const BlamedLine = Type.Object({
  line: Type.Integer({ description: 'From 1' }),
  text: Type.String(),
  commit: Type.Union([Type.String(), Type.Null()], { description: 'Null where it is not committed' }),
  originalLine: Type.Integer({ description: 'In that commit' }),
});
const BlamedCommit = Type.Object({
  id: Type.String(),
  author: Type.String(),
  email: Type.String(),
  atMs: Type.Integer(),
  subject: Type.String(),
});

type Lines = Static<typeof BlamedLine>[];

/** Reads `git blame --porcelain`: a header for each line, a commit's own fields with the first of its lines. */
function parseBlame(output: string): { lines: Lines; commits: Static<typeof BlamedCommit>[] } {
  const lines: Lines = [];
  const fields = new Map<string, Map<string, string>>();
  let header: string[] = [];
  for (const row of output.split('\n')) {
    const [id = '', original = '0', line = '0'] = header;
    if (row.startsWith('\t')) {
      const commit = UNCOMMITTED.test(id) ? null : id;
      lines.push({ line: Number(line), text: row.slice(1), commit, originalLine: Number(original) });
    } else if (/^[0-9a-f]{40,64} \d+ \d+/.test(row)) {
      header = row.split(' ');
      if (!fields.has(header[0] ?? '')) fields.set(header[0] ?? '', new Map());
    } else {
      const space = row.indexOf(' ');
      if (space > 0) fields.get(id)?.set(row.slice(0, space), row.slice(space + 1));
    }
  }
  const commits = [...fields].flatMap(([id, of]) =>
    UNCOMMITTED.test(id)
      ? []
      : [
          {
            id,
            author: of.get('author') ?? '',
            email: (of.get('author-mail') ?? '').replace(/^<|>$/g, ''),
            atMs: Number(of.get('author-time') ?? 0) * 1000,
            subject: of.get('summary') ?? '',
          },
        ],
  );
  return { lines, commits };
}

export const blame = tool({
  description: 'Show which commit last changed each line of a file',
  input: Type.Object(
    {
      repository: repositoryField,
      path: WorkspacePath,
      ref: Type.Optional(refField('A commit; the working tree if absent')),
      lines: Type.Optional(
        Type.Object(
          { from: Type.Integer({ minimum: 1 }), to: Type.Integer({ minimum: 1 }) },
          { ...strict, description: 'Both included' },
        ),
      ),
    },
    strict,
  ),
  output: Type.Object({ lines: Type.Array(BlamedLine), commits: Type.Array(BlamedCommit), truncated: Type.Boolean() }),
  outputMode: 'value',
  effects: ['read'],
  timeoutMs: 120_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const { stdout, truncated } = await repository.run(
      [
        'blame',
        '--porcelain',
        '--no-textconv',
        ...(input.lines ? ['-L', `${input.lines.from},${input.lines.to}`] : []),
        ...(input.ref === undefined ? [] : [checkedRef(input.ref)]),
        '--',
        ...repository.inward([input.path]),
      ],
      { action: `show who changed "${input.path}"`, outputLimitBytes: 16 * 1024 * 1024 },
    );
    const { lines, commits } = parseBlame(stdout.toString());
    return { lines: lines.slice(0, LINE_LIMIT), commits, truncated: truncated || lines.length > LINE_LIMIT };
  },
});
