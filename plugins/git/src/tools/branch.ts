import { tool } from '@cavern/plugin-sdk/tool';
import { ToolError } from '@cavern/plugin-sdk/tool-error';
import Type, { type Static } from 'typebox';
import { refField, repositoryField, strict } from '../inputs.ts';
import { splitAtNul } from '../records.ts';
import { checkedRef, LISTING_LIMIT_BYTES, Repository } from '../repository.ts';

const BRANCH_LIMIT = 5_000;

const Branch = Type.Object({
  name: Type.String(),
  commit: Type.String(),
  subject: Type.String(),
  current: Type.Boolean(),
  upstream: Type.Optional(Type.String()),
});

const Input = Type.Object(
  {
    repository: repositoryField,
    action: Type.Union(
      [
        Type.Literal('list'),
        Type.Literal('create'),
        Type.Literal('switch'),
        Type.Literal('rename'),
        Type.Literal('delete'),
      ],
      { default: 'list' },
    ),
    name: Type.Optional(refField('The branch; needed but for list')),
    start: Type.Optional(refField('Where a new branch starts; HEAD if absent')),
    to: Type.Optional(refField('The new name, for rename')),
    force: Type.Boolean({ default: false, description: 'Delete a branch that is not merged' }),
  },
  strict,
);

function needed(value: string | undefined, field: string): string {
  if (value === undefined) throw new ToolError('invalid_input', `Cannot change branches: "${field}" is missing`);
  return checkedRef(value);
}

function commandOf(input: Static<typeof Input>): string[] | undefined {
  switch (input.action) {
    case 'list':
      return undefined;
    case 'create':
      return ['branch', needed(input.name, 'name'), ...(input.start === undefined ? [] : [checkedRef(input.start)])];
    case 'switch':
      return ['switch', '--no-guess', '--quiet', needed(input.name, 'name')];
    case 'rename':
      return ['branch', '--move', needed(input.name, 'name'), needed(input.to, 'to')];
    case 'delete':
      return ['branch', '--delete', ...(input.force ? ['--force'] : []), needed(input.name, 'name')];
  }
}

export const branch = tool({
  description: 'List, create, switch to, rename or delete branches',
  input: Input,
  output: Type.Object({
    branches: Type.Array(Branch),
    total: Type.Integer(),
    truncated: Type.Boolean({ description: 'Not all branches fit' }),
  }),
  outputMode: 'value',
  effects: ['read', 'write'],
  timeoutMs: 120_000,
  async run(input, context) {
    const repository = await Repository.open(context, input.repository);
    const command = commandOf(input);
    if (command) await repository.run(command, { action: `${input.action} the branch "${input.name ?? ''}"` });
    const format = '%(refname:short)%1f%(objectname)%1f%(HEAD)%1f%(upstream:short)%1f%(contents:subject)%00';
    const { stdout } = await repository.run(['for-each-ref', `--format=${format}`, 'refs/heads'], {
      action: 'list branches',
      outputLimitBytes: LISTING_LIMIT_BYTES,
    });
    const branches = splitAtNul(stdout)
      .map((record) => record.replace(/^\n/, ''))
      .filter((record) => record !== '')
      .map((record) => {
        const [name = '', commit = '', head = '', upstream = '', subject = ''] = record.split('\x1f');
        return { name, commit, subject, current: head === '*', ...(upstream === '' ? {} : { upstream }) };
      });
    const shown = branches.slice(0, BRANCH_LIMIT);
    return { branches: shown, total: branches.length, truncated: shown.length < branches.length };
  },
});
