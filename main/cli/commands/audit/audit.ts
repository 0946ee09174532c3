import { resolve } from 'node:path';
import type { AuditType } from '../../../../schema/audit-record.ts';
import { type AuditFilters, type AuditReport, audit as area } from '../../../../schema/contract/audit.ts';
import { Fault } from '../../../../schema/fault.ts';
import { type Command, type CommandContext, stringOf } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readNamedFile } from '../../input/named-file.ts';
import { usageFault } from '../../output/print.ts';
import { replay } from './audit-replay.ts';
import { sessionArgument } from '../sandbox/session.ts';
import { value } from '../../option.ts';

const LOG_USAGE =
  'audit log [--type T]… [--session S] [--actor A] [--tool T] [--decision D] [--rule R] [--act A] [--path P] [--text T] [--since TIME] [--until TIME] [--before SEQ] [--limit N]';

const VERIFY_USAGE = 'audit verify [FILE] | audit verify [--checkpoint NOTE]…';

function reportText(report: AuditReport): string {
  if (report.firstBad) return `✗ record ${report.firstBad.seq}: ${report.firstBad.problem}\n`;
  return `✓ ${report.records} records, ${report.checkpoints} checkpoints, head ${report.head?.seq ?? 0} ${report.head?.hash ?? ''}\n`;
}

const verify: Command = {
  words: ['audit', 'verify'],
  purpose: 'read',
  usage: VERIFY_USAGE,
  about: `${area.members.verify.about}; --checkpoint takes one that was kept elsewhere`,
  options: { checkpoint: { ...value('file', 'A checkpoint that was kept elsewhere'), multiple: true } },
  positionals: [0, 1],
  takes: ['file'],
  document:
    '{ ok, records, head: { seq, hash }, checkpoints, firstBad: null or { seq, problem } }, problem one of gap, hash, signature, tail, format; exit code 1 when not ok',
  async run(context) {
    const [file] = context.positionals;
    if (file !== undefined && context.values['checkpoint'] !== undefined)
      throw usageFault('Cannot compare a file with a checkpoint: its manifest holds its own', VERIFY_USAGE);
    const document =
      file === undefined ? await verifyChain(context) : await context.offline.verifyAuditFile(resolve(file));
    return { document, text: reportText(document), exitCode: document.ok ? EXIT.ok : EXIT.failed };
  },
};

async function verifyChain(context: CommandContext): Promise<AuditReport> {
  const held = [context.values['checkpoint'] ?? []].flat().map((path) => readNamedFile(resolve(String(path))));
  const client = await context.connect();
  for await (const event of client.audit.verify({ held }, { signal: context.signal })) {
    if (event.type === 'report') return event.report;
    // For whoever sits before it; a script's standard error stays empty.
    if (context.stderr.isTTY) context.stderr.write(`\rverifying ${event.done} of ${event.total} `);
  }
  throw new Fault('cancelled', 'Cannot finish the verification: it was cancelled');
}

const checkpoint: Command = {
  words: ['audit', 'checkpoint'],
  purpose: 'read',
  usage: 'audit checkpoint',
  about: area.members.checkpoint.about,
  positionals: [0, 0],
  document: '{ note, publicKey }; without --json just the note',
  async run(context) {
    const client = await context.connect();
    const document = await client.audit.checkpoint({}, { signal: context.signal });
    return { document, text: document.note };
  },
};

const exportFile: Command = {
  words: ['audit', 'export'],
  purpose: 'read',
  usage: 'audit export FILE',
  about: area.members.export.about,
  positionals: [1, 1],
  takes: ['file'],
  document: '{ records, head }',
  async run(context) {
    const file = resolve(context.positionals[0] ?? '');
    const client = await context.connect();
    const document = await client.audit.export({ file }, { signal: context.signal });
    return { document, text: `wrote ${document.records} records to ${file} and its manifest beside it\n` };
  },
};

function time(context: CommandContext, name: string): number | undefined {
  const text = stringOf(context, name);
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(ms)) throw usageFault(`Cannot read --${name}: "${text}" is no time`, LOG_USAGE);
  return ms;
}

function whole(context: CommandContext, name: string): number | undefined {
  const text = stringOf(context, name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text))
    throw usageFault(`Cannot read --${name}: "${text}" is no whole number above 0`, LOG_USAGE);
  return Number(text);
}

function filtersOf(context: CommandContext): AuditFilters {
  const types = context.values['type'];
  const session = stringOf(context, 'session');
  const filters = {
    // The contract refuses a type that is not of the closed list.
    types: Array.isArray(types) ? (types as AuditType[]) : undefined,
    session: session === undefined ? undefined : sessionArgument(session),
    actor: stringOf(context, 'actor'),
    tool: stringOf(context, 'tool'),
    decision: stringOf(context, 'decision'),
    rule: stringOf(context, 'rule'),
    act: stringOf(context, 'act'),
    path: stringOf(context, 'path'),
    text: stringOf(context, 'text'),
    sinceMs: time(context, 'since'),
    untilMs: time(context, 'until'),
  };
  // Absent is absent: the keys that were not given are left out.
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as AuditFilters;
}

const log: Command = {
  words: ['audit', 'log'],
  purpose: 'read',
  usage: LOG_USAGE,
  about: area.members.log.about,
  options: {
    type: { ...value('text', 'Only records of this type; more than once'), multiple: true },
    session: value('session', 'Only of this session'),
    actor: value('text', 'Only by this actor'),
    tool: value('tool', 'Only calls of this tool'),
    decision: value(['allow', 'deny', 'require_review'], 'Only decisions of this kind'),
    rule: value('text', 'Only what this rule decided'),
    act: value('text', 'Only of this act'),
    path: value('text', 'Only of this file or folder'),
    text: value('text', 'Only records that hold this text'),
    since: value('text', 'Not before this time: ISO 8601 or milliseconds'),
    until: value('text', 'Not after this time: ISO 8601 or milliseconds'),
    before: value('number', 'The page before this record, the next of the last one'),
    limit: value('number', 'At most so many records'),
  },
  positionals: [0, 0],
  document: '{ records, next }',
  async run(context) {
    const before = whole(context, 'before');
    const limit = whole(context, 'limit');
    const filters = filtersOf(context);
    const client = await context.connect();
    const document = await client.audit.log({
      filters,
      ...(before === undefined ? {} : { before }),
      ...(limit === undefined ? {} : { limit }),
    });
    const text = document.records
      .map((record) =>
        `${record.seq}  ${new Date(record.at).toISOString()}  ${record.type}  ${record.actor}  ${record.tool ?? record.path ?? ''}  ${record.decision ?? ''} ${record.reason ?? ''}`.trimEnd(),
      )
      .map((line) => `${line}\n`)
      .join('');
    return { document, text };
  },
};

export const auditCommands: readonly Command[] = [verify, checkpoint, log, exportFile, replay];
