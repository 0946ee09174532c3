import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type MergeReport, changes as changesArea, merge as mergeArea } from '../../../../schema/contract/changes.ts';
import type { Change } from '../../../../schema/entities.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { sessionArgument, stateArgument } from '../sandbox/session.ts';
import { flag, value } from '../../option.ts';

const LETTER: Record<Change['kind'], string> = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R' };

export function lineOf(change: Change): string {
  const marks = [
    change.ignored ? 'ignored' : '',
    change.secret ? 'secret' : '',
    change.conflict ? 'conflict' : '',
  ].filter(Boolean);
  const from = change.from === undefined ? '' : `${change.from} → `;
  return `${LETTER[change.kind]}  ${from}${change.path}${marks.length === 0 ? '' : `  (${marks.join(', ')})`}\n`;
}

/** No paths means all of them. */
export function pathsOf(paths: readonly string[]): { paths?: string[] } {
  return paths.length === 0 ? {} : { paths: [...paths] };
}

const list: Command = {
  words: ['changes', 'list'],
  usage: 'changes list SESSION [--snapshot S]',
  about: changesArea.members.list.about,
  options: { snapshot: value('snapshot', 'As this snapshot kept it') },
  positionals: [1, 1],
  takes: ['session'],
  document: '{ changes: [{ path, kind, from?, sizeBytes, sha256, ignored?, secret? }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.changes.list(stateArgument(context.positionals[0], stringOf(context, 'snapshot')));
    return { document, text: document.changes.length === 0 ? 'no changes\n' : document.changes.map(lineOf).join('') };
  },
};

const diff: Command = {
  words: ['changes', 'diff'],
  usage: 'changes diff SESSION [PATH…]',
  about: changesArea.members.export.about,
  positionals: [1, Number.POSITIVE_INFINITY],
  takes: ['session', 'change'],
  document: '{ patch, left }',
  async run(context) {
    const [session, ...paths] = context.positionals;
    const client = await context.connect();
    const document = await client.changes.export({ session: sessionArgument(session), ...pathsOf(paths) });
    return { document, text: document.patch };
  },
};

const exportPatch: Command = {
  words: ['changes', 'export'],
  usage: 'changes export SESSION --file F [--reviewed] [PATH…]',
  about: 'Write the changes to a patch file that git applies',
  options: {
    file: value('file', 'The patch file to write'),
    reviewed: flag('Take what the review accepted, with its hunks, edits and solved conflicts'),
  },
  positionals: [1, Number.POSITIVE_INFINITY],
  takes: ['session', 'change'],
  document: '{ file, left }',
  async run(context) {
    const [session, ...paths] = context.positionals;
    const file = stringOf(context, 'file') ?? `${session}.patch`;
    const client = await context.connect();
    const { patch, left } = await client.changes.export({
      session: sessionArgument(session),
      ...pathsOf(paths),
      ...reviewedOf(context),
    });
    writeFileSync(file, patch);
    return { document: { file, left }, text: `wrote ${file}\n` };
  },
};

export function reportText(report: MergeReport): string {
  return [
    ...report.merged.map((path) => `merged    ${path}\n`),
    ...report.conflicts.map((path) => `conflict  ${path}\n`),
    ...report.refused.map(({ path, reason }) => `refused   ${path}: ${reason}\n`),
    ...report.left.map((path) => `left      ${path}\n`),
  ].join('');
}

export function reviewedOf(context: CommandContext): { reviewed?: true } {
  return isSet(context, 'reviewed') ? { reviewed: true } : {};
}

export function intoOf(context: CommandContext): { into?: string } {
  const into = stringOf(context, 'into');
  return into === undefined ? {} : { into: resolve(into) };
}

const merge: Command = {
  words: ['changes', 'merge'],
  usage: 'changes merge SESSION [--yes] [--dry-run] [--reviewed] [--into DIR] [PATH…]',
  about: mergeArea.members.apply.about,
  options: {
    yes: flag('Answer a request for review with yes; that is recorded'),
    'dry-run': flag('Only show what would happen'),
    reviewed: flag('Take what the review accepted, with its hunks, edits and solved conflicts'),
    into: value('folder', 'Bring the changes into another folder than the workspace'),
  },
  positionals: [1, Number.POSITIVE_INFINITY],
  takes: ['session', 'change'],
  document: '{ merged: [path], conflicts: [path], left: [path], refused: [{ path, reason }] }',
  async run(context) {
    const [session, ...paths] = context.positionals;
    const client = await context.connect();
    const document = await client.merge.apply(
      {
        session: sessionArgument(session),
        ...pathsOf(paths),
        ...reviewedOf(context),
        ...intoOf(context),
        ...(isSet(context, 'dry-run') ? { dryRun: true } : {}),
      },
      { signal: context.signal, review: isSet(context, 'yes') ? 'approve' : 'refuse' },
    );
    const text = reportText(document);
    const exitCode = document.conflicts.length > 0 || document.refused.length > 0 ? EXIT.failed : EXIT.ok;
    return { document, text: text === '' ? 'nothing to merge\n' : text, exitCode };
  },
};

const undo: Command = {
  words: ['changes', 'undo'],
  usage: 'changes undo SESSION [--merge ID] [--yes]',
  about: mergeArea.members.undo.about,
  options: {
    yes: flag('Answer a request for review with yes; that is recorded'),
    merge: value('text', 'This merge in place of the last one'),
  },
  positionals: [1, 1],
  takes: ['session'],
  document: '{ restored, refused: [{ path, reason }] }',
  async run(context) {
    const client = await context.connect();
    const id = stringOf(context, 'merge');
    const document = await client.merge.undo(
      { session: sessionArgument(context.positionals[0]), ...(id === undefined ? {} : { merge: id }) },
      { signal: context.signal, review: isSet(context, 'yes') ? 'approve' : 'refuse' },
    );
    const text = [
      ...document.restored.map((path) => `restored  ${path}\n`),
      ...document.refused.map(({ path, reason }) => `refused   ${path}: ${reason}\n`),
    ].join('');
    return { document, text, exitCode: document.refused.length > 0 ? EXIT.failed : EXIT.ok };
  },
};

const discard: Command = {
  words: ['changes', 'discard'],
  usage: 'changes discard SESSION [PATH…]',
  about: changesArea.members.discard.about,
  positionals: [1, Number.POSITIVE_INFINITY],
  takes: ['session', 'change'],
  document: '{ discarded }',
  async run(context) {
    const [session, ...paths] = context.positionals;
    const client = await context.connect();
    const document = await client.changes.discard({ session: sessionArgument(session), ...pathsOf(paths) });
    return { document, text: document.discarded.map((path) => `discarded ${path}\n`).join('') };
  },
};

export const changesCommands: readonly Command[] = [list, diff, merge, undo, discard, exportPatch];
