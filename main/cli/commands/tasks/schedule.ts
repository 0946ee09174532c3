import { schedule as area, type ScheduleRequest } from '../../../../schema/contract/schedule.ts';
import type { ScheduleId } from '../../../../schema/entities.ts';
import { type Command, type CommandContext, stringOf } from '../../command.ts';
import { table, usageFault } from '../../output/print.ts';
import { sessionArgument } from '../sandbox/session.ts';
import { value } from '../../option.ts';

const ADD =
  'schedule add NAME (--cron EXPR [--zone Z] | --every MS) [--missed skip|once|all] (--session S -- CMD… | --call NAME [JSON])';

function timeText(timeMs: number | null): string {
  return timeMs === null ? '-' : new Date(timeMs).toISOString();
}

/** The contract checks the form of an id; the command line only hands it on. */
function scheduleArgument(context: CommandContext): ScheduleId {
  return (context.positionals[0] ?? '') as ScheduleId;
}

const list: Command = {
  words: ['schedule', 'list'],
  usage: 'schedule list',
  about: area.members.list.about,
  positionals: [0, 0],
  document: '{ schedules: [{ id, name, state, next, … }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.schedule.list({});
    const rows = document.schedules.map(({ id, name, cron, everyMs, timeZone, state, next }) => [
      id,
      state,
      timeText(next),
      cron === undefined ? `every ${everyMs} ms` : `${cron} (${timeZone})`,
      name,
    ]);
    const text = rows.length === 0 ? 'no schedules\n' : table([['SCHEDULE', 'STATE', 'NEXT', 'WHEN', 'NAME'], ...rows]);
    return { document, text };
  },
};

function missedRule(text: string | undefined): Pick<ScheduleRequest, 'missed'> {
  if (text === undefined) return {};
  if (text === 'skip' || text === 'once' || text === 'all') return { missed: { run: text } };
  throw usageFault('Cannot add the schedule: --missed takes skip, once or all', ADD);
}

function jobOf(context: CommandContext, name: string): ScheduleRequest['task'] {
  const session = stringOf(context, 'session');
  const call = stringOf(context, 'call');
  const of = session === undefined ? {} : { session: sessionArgument(session) };
  const task = {
    name:
      name
        .replaceAll(/[^A-Za-z0-9._-]/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 63) || 'scheduled',
    ...of,
  };
  if (call === undefined) return { ...task, command: [...context.rest] };
  try {
    return { ...task, call, input: JSON.parse(context.positionals[1] ?? '{}') as unknown };
  } catch {
    throw usageFault('Cannot add the schedule: the input of its call is not JSON', ADD);
  }
}

const add: Command = {
  words: ['schedule', 'add'],
  usage: ADD,
  about: area.members.add.about,
  options: {
    cron: value('text', 'When, as five fields of cron'),
    zone: value('text', 'The time zone of --cron'),
    every: value('number', 'Every so many milliseconds'),
    missed: value(['skip', 'once', 'all'], 'What becomes of runs while no kernel ran'),
    session: value('session', 'Run in the sandbox of this session'),
    call: value('tool', 'A tool to call, with its input as JSON behind it'),
  },
  positionals: [1, 2],
  takes: ['text', 'text'],
  document: 'the schedule',
  async run(context) {
    const [name = ''] = context.positionals;
    const [cron, timeZone, every] = ['cron', 'zone', 'every'].map((option) => stringOf(context, option));
    if (every !== undefined && !/^[1-9]\d*$/.test(every)) {
      throw usageFault('Cannot add the schedule: --every takes milliseconds', ADD);
    }
    const request: ScheduleRequest = {
      name,
      ...(cron === undefined ? {} : { cron }),
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(every === undefined ? {} : { everyMs: Number(every) }),
      ...missedRule(stringOf(context, 'missed')),
      task: jobOf(context, name),
    };
    const client = await context.connect();
    const document = await client.schedule.add(request, { signal: context.signal });
    return { document, text: `${document.id} next ${timeText(document.next)}\n` };
  },
};

const remove: Command = {
  words: ['schedule', 'remove'],
  usage: 'schedule remove SCHEDULE',
  about: area.members.remove.about,
  positionals: [1, 1],
  takes: ['schedule'],
  document: '{ removed }',
  async run(context) {
    const client = await context.connect();
    const document = await client.schedule.remove({ schedule: scheduleArgument(context) });
    return { document, text: `removed ${document.removed}\n` };
  },
};

const run: Command = {
  words: ['schedule', 'run'],
  usage: 'schedule run SCHEDULE',
  about: area.members.run.about,
  positionals: [1, 1],
  takes: ['schedule'],
  document: 'the run',
  async run(context) {
    const client = await context.connect();
    const document = await client.schedule.run({ schedule: scheduleArgument(context) });
    return { document, text: `submitted ${document.task ?? ''}\n` };
  },
};

const history: Command = {
  words: ['schedule', 'history'],
  usage: 'schedule history SCHEDULE',
  about: area.members.history.about,
  positionals: [1, 1],
  takes: ['schedule'],
  document: '{ runs: [{ dueAt, at, outcome, task, why }] }',
  async run(context) {
    const client = await context.connect();
    const document = await client.schedule.history({ schedule: scheduleArgument(context) });
    const rows = document.runs.map(({ dueAt, outcome, task = '-', why = '' }) => [timeText(dueAt), outcome, task, why]);
    return { document, text: rows.length === 0 ? 'no runs\n' : table([['DUE', 'OUTCOME', 'TASK', 'WHY'], ...rows]) };
  },
};

export const scheduleCommands: readonly Command[] = [list, add, remove, run, history];
