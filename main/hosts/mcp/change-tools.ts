import Type from 'typebox';
import { changes, merge } from '../../../schema/contract/changes.ts';
import { limitedValue } from './output-limit.ts';
import { annotationsOf, type KernelTool } from './kernel-tool.ts';
import { ownTool } from './own-tool.ts';
import type { ToolParts } from './run-tools.ts';

const { reviewed: _reviewed, ...DiffOptions } = changes.members.export.input.properties;
const DiffResult = Type.Object({
  ...changes.members.list.output.properties,
  ...changes.members.export.output.properties,
});
/** Another folder than the workspace is for the operator to name. */
const { into: _into, ...ApplyOptions } = merge.members.apply.input.properties;

/** What a session changed: look at it, and ask for it to be brought into the workspace. */
export function changeTools({ client, place }: ToolParts): KernelTool[] {
  return [
    ownTool({
      name: 'changes_diff',
      title: 'Show the changes',
      about: `${changes.members.list.about}, as a list and as a patch that git applies`,
      annotations: annotationsOf(changes.members.list.effect),
      input: Type.Object(DiffOptions),
      output: DiffResult,
      async run(input, { signal, onReview }) {
        const { session, paths } = input;
        await place.check(session);
        const named = (path: string): boolean => paths === undefined || paths.includes(path);
        const [listed, exported] = await Promise.all([
          client.changes.list({ session }, { signal }),
          client.changes.export(input, { signal, onReview }),
        ]);
        const found = listed.changes.filter(({ path }) => named(path));
        const { value, leftOut } = limitedValue({ changes: found, ...exported });
        return { structured: value, leftOut };
      },
    }),
    ownTool({
      name: 'changes_apply',
      title: 'Ask for the merge',
      about: `${merge.members.apply.about}. A person may have to look first: the call waits for the answer, and says so.`,
      annotations: annotationsOf(merge.members.apply.effect),
      input: Type.Object(ApplyOptions),
      output: merge.members.apply.output,
      async run(input, { signal, onReview }) {
        await place.check(input.session);
        return { structured: await client.merge.apply(input, { signal, onReview }) };
      },
    }),
  ];
}
