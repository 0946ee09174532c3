import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ToolContext, tool } from '@cavern/plugin-sdk/tool';
import { systemCode, ToolError } from '@cavern/plugin-sdk/tool-error';
import { WorkspacePath } from '@cavern/plugin-sdk/workspace-path';
import Type, { type Static } from 'typebox';
import { changing, type Target, targetOf } from './changing.ts';
import { stagedBeside } from './staged-beside.ts';
import { TreeWork } from './tree-work.ts';

const TransferInput = Type.Object(
  {
    from: WorkspacePath,
    to: WorkspacePath,
    overwrite: Type.Boolean({ default: false, description: 'Replace a file that is there; never a folder' }),
  },
  { additionalProperties: false },
);
const TransferOutput = Type.Object({ from: Type.String(), to: Type.String() });

interface Ends {
  readonly from: Target;
  readonly to: Target;
}

/** Throws `not_found`, `exists`, `invalid_target`. */
function endsOf(context: ToolContext, input: Static<typeof TransferInput>, verb: string): Ends {
  const from = targetOf(context, input.from, 'keep');
  const to = targetOf(context, input.to, 'keep');
  const subject = `Cannot ${verb} "${input.from}" to "${input.to}"`;
  if (from.node === undefined) throw new ToolError('not_found', `${subject}: the first does not exist`);
  if (to.path === from.path || to.path.startsWith(`${from.path}/`)) {
    throw new ToolError('invalid_target', `${subject}: the second is the first or lies in it`);
  }
  if (to.node !== undefined && (!input.overwrite || to.node.type === 'directory' || from.node.type === 'directory')) {
    throw new ToolError('exists', `${subject}: the second exists already`);
  }
  return { from, to };
}

type Transfer = (ends: Ends, work: TreeWork) => Promise<void>;

/** What is there already stays until the copy is whole. */
async function copyInto({ from, to }: Ends, work: TreeWork, times: 'kept' | 'new'): Promise<void> {
  if (to.node === undefined) return work.copy(from.absolute, to.absolute, { times });
  using staged = stagedBeside(to.absolute);
  await work.copy(from.absolute, staged.path, { times });
  await rename(staged.path, to.absolute);
}

async function copyTree(ends: Ends, work: TreeWork): Promise<void> {
  await copyInto(ends, work, 'new');
}

async function moveTree(ends: Ends, work: TreeWork): Promise<void> {
  try {
    await rename(ends.from.absolute, ends.to.absolute);
  } catch (thrown) {
    // An overlay does not rename a folder that lies in the layer below.
    if (systemCode(thrown) !== 'EXDEV') throw thrown;
    await copyInto(ends, work, 'kept');
    // It is there: from here on a cancel comes too late, or parts of it would be in both places.
    await rm(ends.from.absolute, { recursive: true });
  }
}

function transferTool(verb: 'move' | 'copy', transfer: Transfer) {
  return tool({
    description: `${verb === 'move' ? 'Move or rename' : 'Copy'} a file, a symlink or a folder with all it holds; folders on the way are made`,
    input: TransferInput,
    output: TransferOutput,
    outputMode: 'value',
    effects: ['write'],
    timeoutMs: 600_000,
    async run(input, context) {
      const ends = endsOf(context, input, verb);
      await changing(`${verb} "${input.from}" to "${input.to}"`, async () => {
        await mkdir(dirname(ends.to.absolute), { recursive: true });
        await transfer(ends, new TreeWork(context, verb));
      });
      return { from: ends.from.path, to: ends.to.path };
    },
  });
}

export const move = transferTool('move', moveTree);
export const copy = transferTool('copy', copyTree);
