import type { Areas } from '../../../schema/contract/areas.ts';
import type { DiffSide, Hunk } from '../../../schema/contract/changes.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import type { FileReview } from '../../../schema/contract/review.ts';
import type { Change, SessionId } from '../../../schema/entities.ts';
import { printable } from '../output/printable.ts';
import type { Style } from '../output/style.ts';

const CONTEXT_LINES = 3;
/** Of one change; the rest is told by its count. */
const SHOWN_LINES = 400;
const MARK: Record<Change['kind'], string> = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R' };
const HELP = `  y  accept this     a  accept this and the rest of the file
  n  leave this      d  leave this and the rest of the file
  s  next file, undecided     q  stop here     ?  this help
`;

/** Where a review takes place. */
export interface ReviewPlace {
  readonly client: Client<Areas>;
  readonly session: SessionId;
  readonly style: Style;
  readonly write: (text: string) => void;
  /** `null`: whoever answers has left. */
  readonly ask: (question: string) => Promise<string | null>;
}

export interface ReviewOutcome {
  readonly accepted: string[];
  readonly rejected: string[];
  readonly undecided: string[];
}

function linesOf(side: DiffSide): string[] | undefined {
  if (side.kind === 'absent') return [];
  if (side.kind !== 'text') return undefined;
  const lines = side.text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

interface Texts {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

function hunkText({ before, after }: Texts, hunk: Hunk, style: Style): string {
  const unchanged = (start: number, end: number) =>
    before.slice(Math.max(0, start), end).map((line) => `  ${printable(line)}\n`);
  const removed = before.slice(hunk.before.start, hunk.before.start + hunk.before.count);
  const added = after.slice(hunk.after.start, hunk.after.start + hunk.after.count);
  const end = hunk.before.start + hunk.before.count;
  const lines = [
    ...unchanged(hunk.before.start - CONTEXT_LINES, hunk.before.start),
    ...removed.map((line) => `${style.red(`- ${printable(line)}`)}\n`),
    ...added.map((line) => `${style.green(`+ ${printable(line)}`)}\n`),
    ...unchanged(end, end + CONTEXT_LINES),
  ];
  const more = lines.length - SHOWN_LINES;
  const place = style.cyan(
    `@@ -${hunk.before.start + 1},${hunk.before.count} +${hunk.after.start + 1},${hunk.after.count} @@`,
  );
  return `${place}\n${lines.slice(0, SHOWN_LINES).join('')}${more > 0 ? `  … and ${more} more lines\n` : ''}`;
}

function sizeText(side: DiffSide): string {
  return 'sizeBytes' in side
    ? `${side.kind}, ${side.sizeBytes} bytes`
    : side.kind === 'symlink'
      ? `link to ${printable(side.target)}`
      : side.kind;
}

type Answer = 'y' | 'n' | 'a' | 'd' | 's' | 'q';

async function answerOf(place: ReviewPlace, question: string): Promise<Answer> {
  for (;;) {
    const answer = await place.ask(`${place.style.bold(question)} [y,n,a,d,s,q,?] `);
    if (answer === null) return 'q';
    const letter = answer.trim().toLowerCase();
    if (letter === 'y' || letter === 'n' || letter === 'a' || letter === 'd' || letter === 's' || letter === 'q')
      return letter;
    place.write(HELP);
  }
}

/** What was decided about one file; undefined where nothing was, `stop` when the review ends with it. */
interface Decided {
  readonly review?: FileReview;
  readonly stop?: true;
}

async function decideHunks(place: ReviewPlace, change: Change, hunks: readonly Hunk[], texts: Texts): Promise<Decided> {
  const { path, sha256 } = change;
  const accepted: Hunk[] = [];
  let rest: 'accept' | 'leave' | undefined;
  for (const [index, hunk] of hunks.entries()) {
    if (rest === undefined) {
      place.write(hunkText(texts, hunk, place.style));
      const answer = await answerOf(place, `Accept this hunk (${index + 1} of ${hunks.length})?`);
      if (answer === 'q') return { stop: true };
      if (answer === 's') return {};
      if (answer === 'a') rest = 'accept';
      if (answer === 'd') rest = 'leave';
      if (answer === 'y' || answer === 'a') accepted.push(hunk);
    } else if (rest === 'accept') accepted.push(hunk);
  }
  if (accepted.length === hunks.length) return { review: { path, sha256, verdict: 'accepted' } };
  if (accepted.length === 0) return { review: { path, sha256, verdict: 'rejected' } };
  const chosen = accepted.map((hunk) => ({ ...hunk, verdict: 'accepted' as const }));
  return { review: { path, sha256, verdict: 'hunks', hunks: chosen } };
}

async function decideWhole(place: ReviewPlace, { path, sha256 }: Change): Promise<Decided> {
  const answer = await answerOf(place, 'Accept this change?');
  if (answer === 'q') return { stop: true };
  if (answer === 's') return {};
  return { review: { path, sha256, verdict: answer === 'y' || answer === 'a' ? 'accepted' : 'rejected' } };
}

async function decide(place: ReviewPlace, change: Change): Promise<Decided> {
  const { client, session, style, write } = place;
  const { path } = change;
  const { before, after } = await client.changes.diff({ session, path });
  const [old, fresh] = [linesOf(before), linesOf(after)];
  if (old === undefined || fresh === undefined) {
    write(`${sizeText(before)} → ${sizeText(after)}\n`);
    return decideWhole(place, change);
  }
  if (before.kind === 'text' && after.kind === 'text') {
    const { hunks } = await client.changes.hunks({ session, path });
    if (hunks.length > 0) return decideHunks(place, change, hunks, { before: old, after: fresh });
    write(style.dim('only its mode or name is another\n'));
    return decideWhole(place, change);
  }
  const whole = { before: { start: 0, count: old.length }, after: { start: 0, count: fresh.length } };
  write(hunkText({ before: old, after: fresh }, whole, style));
  return decideWhole(place, change);
}

/** Goes through the changes of a session with a person, one by one, and keeps each answer at once. */
export async function reviewInTerminal(place: ReviewPlace): Promise<ReviewOutcome> {
  const { client, session, style, write } = place;
  const { changes } = await client.changes.list({ session });
  const outcome: ReviewOutcome = { accepted: [], rejected: [], undecided: [] };
  let isStopped = false;
  for (const [index, change] of changes.entries()) {
    if (isStopped) {
      outcome.undecided.push(change.path);
      continue;
    }
    const marks = [
      change.ignored && 'ignored',
      change.secret && 'looks like a secret',
      change.conflict && 'conflict',
    ].filter(Boolean);
    const note = marks.length === 0 ? '' : style.yellow(` (${marks.join(', ')})`);
    const name = `${MARK[change.kind]}  ${printable(change.path)}`;
    write(`\n${style.bold(name)}${note} ${style.dim(`${index + 1} of ${changes.length}`)}\n`);
    const { review, stop } = await decide(place, change);
    isStopped = stop === true;
    if (review === undefined) outcome.undecided.push(change.path);
    else {
      await client.review.decide({ session, files: [review] });
      (review.verdict === 'rejected' ? outcome.rejected : outcome.accepted).push(change.path);
    }
  }
  return outcome;
}
