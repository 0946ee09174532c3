import Type, { type Static } from 'typebox';
import { TimeMs } from '../entities.ts';
import { area, call, stream } from './contract.ts';

export const LogLevel = Type.Union([
  Type.Literal('debug'),
  Type.Literal('info'),
  Type.Literal('warn'),
  Type.Literal('error'),
]);
export type LogLevel = Static<typeof LogLevel>;

/** A line of the log. Secrets were taken out before it was written. */
export const LogLine = Type.Object({
  at: TimeMs,
  level: LogLevel,
  part: Type.String({ description: 'Which part of the kernel wrote it; empty where it does not say' }),
  message: Type.String(),
  details: Type.String({ description: 'Everything else in the line, as JSON; empty where there is nothing' }),
});
export type LogLine = Static<typeof LogLine>;

/** Which lines are wanted. */
export const LogFilter = Type.Object({
  level: Type.Optional(Type.Intersect([LogLevel], { description: 'This one and graver ones' })),
  part: Type.Optional(Type.String({ maxLength: 100 })),
  text: Type.Optional(Type.String({ maxLength: 500, description: 'Somewhere in the line, in any case' })),
});
export type LogFilter = Static<typeof LogFilter>;

export const CrashSummary = Type.Object({
  file: Type.String(),
  at: TimeMs,
  part: Type.Union([Type.Literal('kernel'), Type.Literal('page'), Type.Literal('helper')]),
  text: Type.String({ description: 'The report' }),
});
export type CrashSummary = Static<typeof CrashSummary>;

/** One file of a diagnostics bundle. */
export const BundleEntry = Type.Object({
  name: Type.String(),
  about: Type.String({ description: 'What it is, in one sentence' }),
  bytes: Type.Integer(),
  text: Type.String({ description: 'Its content, cut where it is long' }),
});
export type BundleEntry = Static<typeof BundleEntry>;

export const diagnostics = area('diagnostics', {
  logs: call({
    about: 'Read the kernel’s log backwards, the oldest line of the answer first',
    effect: 'read',
    always: true,
    input: Type.Object({
      filter: Type.Optional(LogFilter),
      before: Type.Optional(
        Type.String({ maxLength: 100, description: 'From an earlier answer; absent: from the end' }),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
    output: Type.Object({
      lines: Type.Array(LogLine),
      before: Type.Union([Type.String(), Type.Null()], { description: 'Where to go on; null where the log begins' }),
    }),
    faults: [],
  }),
  followLogs: stream({
    about: 'Follow what the kernel writes to its log from now on',
    effect: 'read',
    always: true,
    input: Type.Object({ filter: Type.Optional(LogFilter) }),
    event: Type.Object({ lines: Type.Array(LogLine) }),
    faults: [],
  }),
  crashes: call({
    about: 'List the crash reports of this home, the newest first',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({ crashes: Type.Array(CrashSummary) }),
    faults: [],
  }),
  contents: call({
    about: 'Show what a diagnostics bundle would hold, without writing one',
    effect: 'read',
    always: true,
    input: Type.Object({}),
    output: Type.Object({
      name: Type.String({ description: 'The usual name of the file' }),
      entries: Type.Array(BundleEntry),
      leftOut: Type.Array(Type.String(), { description: 'What is never in one' }),
    }),
    faults: [],
  }),
  save: call({
    about: 'Write a diagnostics bundle: versions, settings, checks, logs and crash reports, without secrets',
    effect: 'write',
    input: Type.Object({
      file: Type.String({ minLength: 1, maxLength: 4096, description: 'An absolute path; a file there is replaced' }),
    }),
    output: Type.Object({
      file: Type.String(),
      bytes: Type.Integer(),
      entries: Type.Array(Type.Object({ name: Type.String(), bytes: Type.Integer() })),
    }),
    faults: ['export_failed'],
  }),
  report: call({
    about: 'Write a crash report of an error that nobody caught in a page of the window',
    effect: 'write',
    record: 'parent',
    input: Type.Object({
      message: Type.String({ minLength: 1, maxLength: 2000 }),
      stack: Type.Optional(Type.String({ maxLength: 20_000 })),
    }),
    output: Type.Object({}),
    faults: [],
  }),
});
