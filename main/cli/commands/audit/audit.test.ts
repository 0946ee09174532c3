import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditEntry } from '../../../../schema/audit-record.ts';
import { Fault } from '../../../../schema/fault.ts';
import type { Decision } from '../../../../schema/policy.ts';
import { VirtualClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { AuditLog } from '../../../kernel/audit/audit-log.ts';
import { signerFromSeed, signNote } from '../../../kernel/audit/checkpoint-note.ts';
import { auditHandlers } from '../../../kernel/audit/handlers.ts';
import { MemoryAuditStore } from '../../../kernel/audit/memory-audit-store.ts';
import type { RecordJudge } from '../../../kernel/audit/session-replay.ts';
import { type CliHost, main } from '../../main.ts';

const ENTRIES: readonly AuditEntry[] = [
  { type: 'session_created', actor: 'kernel', session: 's1' },
  {
    type: 'call_decided',
    actor: 'operator',
    session: 's1',
    act: 'a1',
    tool: 'fs.write',
    path: 'src/a.ts',
    decision: 'allow',
    rule: 'write-source',
    data: { call: 'tool.call' },
  },
  { type: 'call_finished', actor: 'operator', session: 's1', act: 'a1', tool: 'fs.write', durationMs: 12 },
  {
    type: 'call_decided',
    actor: 'agent:x',
    session: 's2',
    tool: 'fs.read',
    path: '.env',
    decision: 'deny',
    rule: 'no-env',
  },
];

const denied: Decision = {
  decision: 'deny',
  via: 'rules',
  rule: 'frozen',
  reasons: ['frozen'],
  flagged: false,
  warnings: [],
};
const judgeBy = async (text: string): Promise<RecordJudge> => {
  if (text !== 'frozen') throw new Fault('policy_invalid', 'Cannot replay the session: the document is not valid');
  return (record) => (record.type === 'call_decided' ? denied : undefined);
};

let folder: string;
let store: MemoryAuditStore;
let log: AuditLog;
const purposes: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-cli-'));
  store = new MemoryAuditStore();
  const clock = new VirtualClock(1000);
  const signer = signerFromSeed(new Uint8Array(32).fill(1));
  log = await AuditLog.open({ store, signer, clock, logger: silentLogger, newChainId: () => '0'.repeat(32) });
  for (const entry of ENTRIES) {
    clock.advance(500);
    await log.append(entry);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writer() {
  let text = '';
  const stream = {
    write(part: string, done?: () => void) {
      text += part;
      done?.();
      return true;
    },
  };
  // Of a stream the command line uses nothing but `write`.
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

async function cavern(...argv: string[]) {
  const [stdout, stderr] = [writer(), writer()];
  const { signal } = new AbortController();
  const handlers = auditHandlers({ log, judgeBy });
  const context = { signal };
  const plugins = {
    create: never,
    layServer: never,
    writeMcp: never,
    check: never,
    pack: never,
    watch: never,
    sign: never,
    bytesToSign: never,
    attachBundle: never,
    index: never,
  };
  const offline = { checkPolicy: never, testPolicy: never, verifyAuditFile: never, bench: never, plugins };
  const audit = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [name, (input: never) => handler(input, context as never)]),
  );
  const host: CliHost = {
    argv,
    signal,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: {},
    version: '0.0.0',
    offline,
    connect: async (_home, { purpose }) => {
      purposes.push(purpose);
      // The commands under test use this area only.
      return { client: { audit } as never, [Symbol.asyncDispose]: async () => undefined };
    },
    serve: never,
    serveAgent: never,
    program: ['cavern'],
  };
  const exitCode = await main(host);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function never(): never {
  throw new Error('Not for these tests');
}

test('the same question gets the same bytes, and no kernel that is started for it writes to the chain', async () => {
  for (const argv of [['log'], ['log', '--limit', '2'], ['verify'], ['replay', 's1']]) {
    const first = await cavern('audit', ...argv, '--json');
    expect(await cavern('audit', ...argv, '--json')).toEqual(first);
    expect(first.exitCode).toBe(0);
  }
  expect(new Set(purposes)).toEqual(new Set(['read']));
});

test('audit log lists what every filter leaves, the newest first, and says where the next page begins', async () => {
  const seqs = async (...argv: string[]): Promise<unknown> => {
    const { records, next } = JSON.parse((await cavern('audit', 'log', '--json', ...argv)).stdout) as {
      records: { seq: number }[];
      next: number | null;
    };
    return [records.map((record) => record.seq), next];
  };
  expect(await seqs('--limit', '2')).toEqual([[5, 4], 4]);
  expect(await seqs('--limit', '2', '--before', '4')).toEqual([[3, 2], 2]);
  expect(await seqs('--tool', 'fs.write', '--act', 'a1')).toEqual([[4, 3], null]);
  expect(await seqs('--decision', 'deny', '--rule', 'no-env', '--actor', 'agent:x')).toEqual([[5], null]);
  expect(await seqs('--path', 'src')).toEqual([[3], null]);
  expect(await seqs('--type', 'genesis', '--type', 'session_created')).toEqual([[2, 1], null]);
  expect(await seqs('--since', '2000', '--until', '1970-01-01T00:00:02.500Z')).toEqual([[4, 3], null]);
});

test('audit verify ends with 1 and names the first bad record of a chain that was changed', async () => {
  const row = store.rows[2];
  if (row) store.rows[2] = { ...row, body: row.body.replace('allow', 'deny!') };
  const { exitCode, stdout } = await cavern('audit', 'verify', '--json');
  expect({ exitCode, firstBad: (JSON.parse(stdout) as { firstBad: unknown }).firstBad }).toEqual({
    exitCode: 1,
    firstBad: { seq: 3, problem: 'hash' },
  });
});

test('audit replay tells a session in its order, and what another policy would have said', async () => {
  const policy = join(folder, 'other.yaml');
  writeFileSync(policy, 'frozen');
  const { stdout } = await cavern('audit', 'replay', 's1', '--policy', policy, '--json');
  const base = { act: 'a1', actor: 'operator', tool: 'fs.write' };
  expect(JSON.parse(stdout)).toEqual({
    session: 's1',
    records: 3,
    calls: 1,
    changed: 1,
    timeline: [
      { seq: 2, at: 1500, offsetMs: 0, type: 'session_created', actor: 'kernel' },
      {
        ...base,
        seq: 3,
        at: 2000,
        offsetMs: 500,
        type: 'call_decided',
        call: 'tool.call',
        path: 'src/a.ts',
        decision: 'allow',
        rule: 'write-source',
        again: { decision: 'deny', rule: 'frozen', reasons: ['frozen'] },
        changed: true,
      },
      { ...base, seq: 4, at: 2500, offsetMs: 1000, type: 'call_finished', durationMs: 12 },
    ],
  });
  const { stdout: text } = await cavern('audit', 'replay', 's1', '--policy', policy);
  expect(text).toContain('fs.write src/a.ts  allow (write-source)  → deny (frozen)');
  expect(text).toContain('3 records, 1 decided again, 1 otherwise\n');
});

test('a replay with a document that does not load is refused with the reason', async () => {
  const policy = join(folder, 'bad.yaml');
  writeFileSync(policy, 'bad');
  const { exitCode, stderr } = await cavern('audit', 'replay', 's1', '--policy', policy);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Cannot replay the session: the document is not valid');
});

test('a time or a number that cannot be read is refused with the usage', async () => {
  for (const argv of [
    ['--since', 'yesterday?'],
    ['--limit', '0'],
  ]) {
    const { exitCode, stderr } = await cavern('audit', 'log', ...argv);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Usage: cavern audit log');
  }
});

test('a checkpoint that was kept elsewhere finds an end that was cut off, and a foreign one is refused', async () => {
  const { stdout: note } = await cavern('audit', 'checkpoint');
  const kept = join(folder, 'kept.note');
  writeFileSync(kept, note);
  expect((await cavern('audit', 'checkpoint')).stdout).toBe(note);
  expect((await cavern('audit', 'verify', '--checkpoint', kept)).exitCode).toBe(0);
  const foreign = join(folder, 'foreign.note');
  writeFileSync(foreign, signNote('1'.repeat(32), log.state.head, signerFromSeed(new Uint8Array(32).fill(1))));
  const refused = await cavern('audit', 'verify', '--checkpoint', foreign, '--json');
  expect({ exitCode: refused.exitCode === 0, text: refused.stdout + refused.stderr }).toMatchObject({
    exitCode: false,
    text: expect.stringContaining('checkpoint_invalid'),
  });
  // One of this chain from when it was longer.
  const { seq } = log.state.head;
  const longer = { seq: seq + 5, hash: 'ab'.repeat(32) };
  writeFileSync(kept, signNote(log.chain, longer, signerFromSeed(new Uint8Array(32).fill(1))));
  const { exitCode, stdout } = await cavern('audit', 'verify', '--json', '--checkpoint', kept);
  expect({ exitCode, firstBad: (JSON.parse(stdout) as { firstBad: unknown }).firstBad }).toEqual({
    exitCode: 1,
    firstBad: { seq: seq + 1, problem: 'tail' },
  });
});
