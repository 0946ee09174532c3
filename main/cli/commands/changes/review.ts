import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Areas } from '../../../../schema/contract/areas.ts';
import { changes as changesArea, merge as mergeArea } from '../../../../schema/contract/changes.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import { type Comment, type FileReview, review as reviewArea } from '../../../../schema/contract/review.ts';
import type { SessionId, TerminalId } from '../../../../schema/entities.ts';
import { Fault } from '../../../../schema/fault.ts';
import { type Command, type CommandContext, isSet, stringOf } from '../../command.ts';
import { usageFault } from '../../output/print.ts';
import { intoOf, lineOf, pathsOf, reportText, reviewedOf } from './changes.ts';
import { sessionArgument, stateArgument } from '../sandbox/session.ts';
import { flag, value } from '../../option.ts';

type Verdict = 'accepted' | 'rejected' | 'undecided';

/** The hunks of one file by their numbers, as `changes hunks` prints them. */
async function chosenHunks(
  client: Client<Areas>,
  file: { readonly session: SessionId; readonly path: string },
  numbers: readonly number[],
): Promise<NonNullable<FileReview['hunks']>> {
  const { hunks } = await client.changes.hunks(file);
  return numbers.map((number) => {
    const hunk = hunks[number - 1];
    if (hunk) return { ...hunk, verdict: 'accepted' as const };
    throw new Fault('not_found', `Cannot find hunk ${number} of "${file.path}": it has ${hunks.length}`);
  });
}

function decision(word: string, verdict: Verdict): Command {
  const withHunks = verdict === 'accepted';
  const usage = `changes ${word} SESSION PATH…${withHunks ? ' [--hunks 1,3]' : ''}`;
  return {
    words: ['changes', word],
    usage,
    about: {
      accepted: 'Accept changes of files, or some hunks of one, for a merge with --reviewed',
      rejected: 'Reject changes of files: a merge with --reviewed leaves them',
      undecided: 'Take back what was decided about files',
    }[verdict],
    options: withHunks ? { hunks: value('text', 'Numbers of hunks with commas, as changes hunks prints them') } : {},
    positionals: [2, Number.POSITIVE_INFINITY],
    takes: ['session', 'change'],
    document: '{ kept }',
    async run(context) {
      const [id, ...paths] = context.positionals;
      const session = sessionArgument(id);
      const client = await context.connect();
      const { changes } = await client.changes.list({ session });
      const numbers = numbersOf(stringOf(context, 'hunks'), usage);
      const files: FileReview[] = [];
      for (const path of paths) {
        const change = changes.find((each) => each.path === path);
        if (!change) throw new Fault('not_found', `Cannot decide about "${path}": the session did not change it`);
        const { sha256 } = change;
        if (numbers === undefined) files.push({ path, verdict, sha256 });
        else {
          const hunks = await chosenHunks(client, { session, path }, numbers);
          files.push({ path, verdict: 'hunks', sha256, hunks });
        }
      }
      const document = await client.review.decide({ session, files });
      return { document, text: files.map(({ path }) => `${verdict.padEnd(9)} ${path}\n`).join('') };
    },
  };
}

function numbersOf(text: string | undefined, usage: string): number[] | undefined {
  if (text === undefined) return undefined;
  const numbers = text.split(',').map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers.sort((a, b) => a - b);
  throw usageFault(`Cannot read --hunks "${text}": numbers with commas are meant`, usage);
}

const hunks: Command = {
  words: ['changes', 'hunks'],
  usage: 'changes hunks SESSION PATH',
  about: changesArea.members.hunks.about,
  positionals: [2, 2],
  takes: ['session', 'change'],
  document:
    '{ hunks: [{ before: { start, count }, after: { start, count } }], beforeLines, afterLines, exact } (lines from 0)',
  async run(context) {
    const [id, path = ''] = context.positionals;
    const client = await context.connect();
    const document = await client.changes.hunks({ session: sessionArgument(id), path });
    const range = ({ start, count }: { start: number; count: number }): string => `${start + 1},${count}`;
    const text = document.hunks.map(({ before, after }, index) => `${index + 1}  -${range(before)} +${range(after)}\n`);
    return { document, text: text.join('') };
  },
};

const resolveConflict: Command = {
  words: ['changes', 'resolve'],
  usage: 'changes resolve SESSION PATH (--file F | --take session|workspace)',
  about: 'Solve a conflict with the content of a file, the session’s version or your own, for a merge with --reviewed',
  options: {
    file: value('file', 'The content that solves it'),
    take: value(['session', 'workspace'], 'Whose version solves it'),
  },
  positionals: [2, 2],
  takes: ['session', 'change'],
  document: '{ kept }',
  async run(context) {
    const [id, path = ''] = context.positionals;
    const session = sessionArgument(id);
    const [file, take] = [stringOf(context, 'file'), stringOf(context, 'take')];
    const isPlain = file !== undefined || take === 'session' || take === 'workspace';
    if (!isPlain) throw usageFault('Cannot solve the conflict: say how', resolveConflict.usage);
    const client = await context.connect();
    const { sessionSha256: sha256, workspaceSha256 } = await client.merge.conflict({ session, path });
    const solution: FileReview =
      file === undefined
        ? { path, sha256, workspaceSha256, verdict: take === 'session' ? 'accepted' : 'rejected' }
        : { path, sha256, workspaceSha256, verdict: 'edited', text: readFileSync(resolve(file), 'utf8') };
    const document = await client.review.decide({ session, files: [solution] });
    return { document, text: `solved    ${path}\n` };
  },
};

const judge: Command = {
  words: ['changes', 'judge'],
  usage: 'changes judge SESSION [--reviewed] [--into DIR] [PATH…]',
  about: mergeArea.members.judge.about,
  options: {
    reviewed: flag('Take what the review accepted, with its hunks, edits and solved conflicts'),
    into: value('folder', 'Bring the changes into another folder than the workspace'),
  },
  positionals: [1, Number.POSITIVE_INFINITY],
  takes: ['session', 'change'],
  document:
    '{ report: { merged, conflicts, left, refused }, decision, automatic: { passes, criteria: [{ name, ok, detail }] } }',
  async run(context) {
    const [id, ...paths] = context.positionals;
    const client = await context.connect();
    const what = { session: sessionArgument(id), ...pathsOf(paths), ...reviewedOf(context), ...intoOf(context) };
    const document = await client.merge.judge(what);
    const { decision: verdict, automatic } = document;
    const text = [
      reportText(document.report),
      `policy    ${verdict.decision}${verdict.reasons.length === 0 ? '' : `: ${verdict.reasons.join('; ')}`}\n`,
      ...automatic.criteria.map(({ name, ok, detail }) => `${ok ? 'yes' : 'no '}       ${name}: ${detail}\n`),
    ].join('');
    return { document, text };
  },
};

const history: Command = {
  words: ['changes', 'history'],
  usage: 'changes history [SESSION]',
  about: mergeArea.members.history.about,
  positionals: [0, 1],
  takes: ['session'],
  document: '{ merges: [{ id, kind, session, at, folder, paths, of?, undone }] }',
  async run(context) {
    const [id] = context.positionals;
    const client = await context.connect();
    const document = await client.merge.history(id === undefined ? {} : { session: sessionArgument(id) });
    const text = document.merges.map(({ id: merge, kind, at, paths, undone }) => {
      const when = new Date(at).toISOString();
      return `${merge}  ${kind.padEnd(5)}  ${when}  ${paths.length} paths${undone ? '  (undone)' : ''}\n`;
    });
    return { document, text: text.join('') };
  },
};

const commit: Command = {
  words: ['changes', 'commit'],
  usage: 'changes commit SESSION --message M [--branch B [--worktree DIR]] [--author "N <E>"] [--reviewed] [PATH…]',
  about: changesArea.members.commit.about,
  options: {
    message: { ...value('text', 'The message of the commit'), short: 'm' },
    branch: value('text', 'Make or move this branch'),
    worktree: value('folder', 'Check the branch out into a new folder'),
    author: value('text', '"Name <address>"; who the repository names without'),
    reviewed: flag('Take what the review accepted, with its hunks, edits and solved conflicts'),
  },
  positionals: [1, Number.POSITIVE_INFINITY],
  takes: ['session', 'change'],
  document: '{ commit, ref, folder?, committed, left }',
  async run(context) {
    const [id, ...paths] = context.positionals;
    const [message, branch] = [stringOf(context, 'message'), stringOf(context, 'branch')];
    const folder = stringOf(context, 'worktree');
    if (message === undefined) throw usageFault('Cannot make a commit: its message is missing', commit.usage);
    const client = await context.connect();
    const document = await client.changes.commit({
      session: sessionArgument(id),
      ...pathsOf(paths),
      ...reviewedOf(context),
      as: folder !== undefined ? 'worktree' : branch !== undefined ? 'branch' : 'commit',
      ...(branch === undefined ? {} : { branch }),
      ...(folder === undefined ? {} : { folder: resolve(folder) }),
      message,
      ...authorOf(context),
    });
    const left = document.left.map((path) => `left      ${path}\n`);
    return { document, text: [`${document.commit}  ${document.ref}\n`, ...left].join('') };
  },
};

function authorOf(context: CommandContext): { author?: { name: string; email: string } } {
  const given = stringOf(context, 'author');
  if (given === undefined) return {};
  const [, name, email] = /^(.+?)\s*<([^<>]+)>$/.exec(given) ?? [];
  if (name !== undefined && email !== undefined) return { author: { name, email } };
  throw usageFault(`Cannot read --author "${given}": "Name <address>" is meant`, commit.usage);
}

const commits: Command = {
  words: ['changes', 'commits'],
  usage: 'changes commits SESSION [--yes]',
  about: mergeArea.members.commits.about,
  options: { yes: flag('Answer a request for review with yes; that is recorded') },
  positionals: [1, 1],
  takes: ['session'],
  document: '{ refs: [{ ref, commit, subject }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.merge.commits(
      { session: sessionArgument(context.positionals[0]) },
      { signal: context.signal, review: isSet(context, 'yes') ? 'approve' : 'refuse' },
    );
    const text = document.refs.map(({ ref, commit: sha, subject }) => `${sha.slice(0, 12)}  ${ref}  ${subject}\n`);
    return { document, text: text.length === 0 ? 'no commits\n' : text.join('') };
  },
};

const compare: Command = {
  words: ['changes', 'compare'],
  usage: 'changes compare SESSION[@SNAPSHOT] SESSION[@SNAPSHOT]',
  about: changesArea.members.compare.about,
  positionals: [2, 2],
  takes: ['session', 'session'],
  document: '{ changes: [{ path, kind, … }] }',
  async run(context) {
    const [first, second] = context.positionals.map((word) => {
      const [id, snapshot] = word.split('@');
      return stateArgument(id, snapshot);
    });
    if (first === undefined || second === undefined) throw usageFault('Cannot compare', compare.usage);
    const client = await context.connect();
    const document = await client.changes.compare({ ...first, with: second });
    return {
      document,
      text: document.changes.length === 0 ? 'no difference\n' : document.changes.map(lineOf).join(''),
    };
  },
};

function commentText({ id, path, line, text, sentAt }: Comment): string {
  return `${id}  ${path}:${line}${sentAt === undefined ? '' : '  (sent)'}  ${text.split('\n')[0] ?? ''}\n`;
}

const comment: Command = {
  words: ['changes', 'comment'],
  usage: 'changes comment SESSION PATH:LINE TEXT',
  about: 'Write a comment on a line of a change',
  positionals: [3, 3],
  takes: ['session', 'change', 'text'],
  document: 'the comment',
  async run(context) {
    const [id, place = '', text = ''] = context.positionals;
    const [, path, line] = /^(.+):(\d+)$/.exec(place) ?? [];
    if (path === undefined) throw usageFault(`Cannot read "${place}": PATH:LINE is meant`, comment.usage);
    const client = await context.connect();
    const about = { session: sessionArgument(id), path, side: 'after' as const, line: Number(line), text };
    const document = await client.review.comment(about);
    return { document, text: commentText(document) };
  },
};

const comments: Command = {
  words: ['changes', 'comments'],
  usage: 'changes comments SESSION',
  about: reviewArea.members.get.about,
  positionals: [1, 1],
  takes: ['session'],
  document: '{ files, comments }',
  async run(context) {
    const client = await context.connect();
    const document = await client.review.get({ session: sessionArgument(context.positionals[0]) });
    const decided = document.files.map(({ path, verdict }) => `${verdict.padEnd(9)} ${path}\n`);
    return { document, text: [...decided, ...document.comments.map(commentText)].join('') };
  },
};

const send: Command = {
  words: ['changes', 'send'],
  usage: 'changes send SESSION [--terminal T]',
  about: reviewArea.members.send.about,
  options: { terminal: value('terminal', 'Write them into this terminal') },
  positionals: [1, 1],
  takes: ['session'],
  document: '{ sent, text }',
  async run(context) {
    const client = await context.connect();
    const terminal = stringOf(context, 'terminal');
    const document = await client.review.send({
      session: sessionArgument(context.positionals[0]),
      // The kernel checks that it is one.
      ...(terminal === undefined ? {} : { terminal: terminal as TerminalId }),
    });
    return { document, text: document.text === '' ? 'nothing to send\n' : `${document.text}\n` };
  },
};

export const reviewCommands: readonly Command[] = [
  hunks,
  decision('accept', 'accepted'),
  decision('reject', 'rejected'),
  decision('undecide', 'undecided'),
  resolveConflict,
  judge,
  history,
  commit,
  commits,
  compare,
  comment,
  comments,
  send,
];
