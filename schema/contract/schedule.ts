import Type, { type Static } from 'typebox';
import { DurationMs, ScheduleId, TaskId, TimeMs } from '../entities.ts';
import { area, call } from './contract.ts';
import { Submitter, TaskRequest } from './task.ts';

/** What becomes of times that passed while the machine slept or the program was closed. */
export const MissedRule = Type.Object(
  {
    run: Type.Union([Type.Literal('skip'), Type.Literal('once'), Type.Literal('all')]),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Of `all`; 10 if absent' })),
    maxAgeMs: Type.Optional(DurationMs),
  },
  { additionalProperties: false },
);
export type MissedRule = Static<typeof MissedRule>;

export const ScheduleRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 80 }),
    cron: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Five fields, or six with seconds' })),
    timeZone: Type.Optional(Type.String({ maxLength: 64, description: "Of the tz database; the machine's if absent" })),
    everyMs: Type.Optional(Type.Integer({ minimum: 1000, description: 'On the grid of the wall clock' })),
    missed: Type.Optional(MissedRule),
    task: TaskRequest,
  },
  { additionalProperties: false },
);
export type ScheduleRequest = Static<typeof ScheduleRequest>;

export const Schedule = Type.Object({
  id: ScheduleId,
  name: Type.String(),
  cron: Type.Optional(Type.String()),
  timeZone: Type.String(),
  everyMs: Type.Optional(Type.Integer()),
  missed: MissedRule,
  task: TaskRequest,
  state: Type.Union([Type.Literal('active'), Type.Literal('paused')]),
  createdAt: TimeMs,
  by: Submitter,
  /** Times up to this one are dealt with. */
  doneUntil: TimeMs,
  next: Type.Union([TimeMs, Type.Null()]),
});
export type Schedule = Static<typeof Schedule>;

/** One of its times: what became of it. */
export const ScheduleRun = Type.Object({
  id: Type.String(),
  schedule: ScheduleId,
  dueAt: TimeMs,
  at: TimeMs,
  outcome: Type.Union([Type.Literal('submitted'), Type.Literal('missed'), Type.Literal('refused')]),
  task: Type.Optional(TaskId),
  why: Type.Optional(Type.String()),
});
export type ScheduleRun = Static<typeof ScheduleRun>;

const one = Type.Object({ schedule: ScheduleId });

export const schedule = area('schedule', {
  add: call({
    about: 'Have a task submitted again and again',
    effect: 'write',
    input: ScheduleRequest,
    output: Schedule,
    faults: ['schedule_invalid', 'task_invalid', 'profile_unknown'],
  }),
  edit: call({
    about: 'Change a schedule',
    effect: 'write',
    input: Type.Object({ schedule: ScheduleId, change: ScheduleRequest }),
    output: Schedule,
    faults: ['schedule_invalid', 'task_invalid', 'profile_unknown'],
  }),
  list: call({
    about: 'List the schedules and when each comes next',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ schedules: Type.Array(Schedule) }),
    faults: [],
  }),
  pause: call({ about: 'Pause a schedule', effect: 'write', always: true, input: one, output: Schedule, faults: [] }),
  resume: call({ about: 'Let a paused schedule go on', effect: 'write', input: one, output: Schedule, faults: [] }),
  run: call({
    about: 'Submit the task of a schedule now',
    effect: 'write',
    input: one,
    output: ScheduleRun,
    faults: ['task_invalid', 'profile_unknown'],
  }),
  history: call({
    about: 'Show what became of the times of a schedule, the newest first, those that were missed with why',
    effect: 'read',
    always: true,
    input: one,
    output: Type.Object({ runs: Type.Array(ScheduleRun) }),
    faults: [],
  }),
  remove: call({
    about: 'Remove a schedule',
    effect: 'write',
    irreversible: true,
    always: true,
    input: one,
    output: Type.Object({ removed: ScheduleId }),
    faults: [],
  }),
});
