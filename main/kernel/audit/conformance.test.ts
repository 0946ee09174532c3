import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AuditEntry, AuditRecord } from '../../../schema/audit-record.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { AuditLog } from './audit-log.ts';
import { signerFromSeed, verifyNote } from './checkpoint-note.ts';
import { ExportVerifier } from './export-verifier.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';

const OURS = new URL('conformance/', import.meta.url);
const SHARED = new URL('../../../../shared/conformance/audit/', import.meta.url);

const read = (name: string): string => readFileSync(new URL(name, OURS), 'utf8');
const seed = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const chain = read('chain.jsonl');
const manifest = read('chain.jsonl.manifest.json');
const records = chain
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as AuditRecord);

/** Verifies a file's bytes the way a reader of it does: a line must be UTF-8 and end with a line end. */
function verify(bytes: Uint8Array | string, manifestText: string) {
  const verifier = new ExportVerifier({ manifest: manifestText });
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const rest = lines.pop() ?? '';
  for (const line of lines) verifier.next(decode(line));
  if (rest !== '') verifier.next(undefined);
  return verifier.finish();
}

function decode(latin1: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}

/** `npm run test:long` tries every other value of each byte, the ordinary run one of them. */
const long = process.env['CAVERN_LONG'] === '1';
const allFlips = Array.from({ length: 255 }, (_, index) => index + 1);

const withLines = (edit: (lines: string[]) => string[]): string => `${edit(chain.trimEnd().split('\n')).join('\n')}\n`;

if (existsSync(SHARED)) {
  test('the copied conformance files are the shared ones', () => {
    for (const name of readdirSync(SHARED)) {
      expect(read(name), name).toBe(readFileSync(new URL(name, SHARED), 'utf8'));
    }
  });
}

test('the log writes the same bytes for the same acts, chain id, clock and key', async () => {
  const clock = new VirtualClock(records[0]?.at);
  const store = new MemoryAuditStore();
  const signer = signerFromSeed(seed);
  const options = { store, signer, clock, logger: silentLogger, newChainId: () => '00112233445566778899aabbccddeeff' };
  const log = await AuditLog.open(options);
  for (const { seq, at, prev: _prev, hash: _hash, ...entry } of records.slice(1)) {
    clock.advance(at - clock.now());
    if (seq % 2 === 0) log.record(entry);
    else await log.append(entry satisfies AuditEntry);
  }
  await log.export('chain.jsonl');
  expect(store.files.get('chain.jsonl')).toBe(chain);
  expect(store.files.get('chain.jsonl.manifest.json')).toBe(manifest);
  expect(await log.exportCheckpoint()).toBe(read('checkpoint.note'));
});

test('the export verifies, and its note is signed by its key', () => {
  const last = records.at(-1);
  expect(verify(chain, manifest)).toEqual({
    ok: true,
    records: 7,
    head: { seq: 7, hash: last?.hash },
    checkpoints: 1,
    firstBad: null,
  });
  expect(verifyNote(read('checkpoint.note'), signerFromSeed(seed).publicKey)).toEqual({
    chain: '00112233445566778899aabbccddeeff',
    seq: 7,
    hash: last?.hash,
  });
});

test('every change of a single byte of the records is found, in the record that holds it', { timeout: 600_000 }, () => {
  const bytes = Buffer.from(chain);
  let line = 1;
  for (let index = 0; index < bytes.length; index += 1) {
    for (const flip of long ? allFlips : [1 << (index % 8)]) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ flip;
      const report = verify(changed, manifest);
      expect(report.firstBad?.seq, `byte ${index} ^ ${flip}`).toBe(line);
    }
    if (bytes[index] === 0x0a) line += 1;
  }
});

test('every change of a single byte of the manifest is found', () => {
  const bytes = Buffer.from(manifest);
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(verify(chain, changed.toString('utf8')).ok, `byte ${index}`).toBe(false);
  }
});

test('a record that is dropped, doubled, swapped, edited or inserted is named by the number where the chain departs', () => {
  for (let index = 0; index < 7; index += 1) {
    const seq = index + 1;
    const dropped = verify(
      withLines((lines) => lines.toSpliced(index, 1)),
      manifest,
    );
    expect(dropped.firstBad).toEqual({ seq, problem: seq === 7 ? 'tail' : 'gap' });
    const doubled = verify(
      withLines((lines) => lines.toSpliced(index, 0, lines[index] ?? '')),
      manifest,
    );
    expect(doubled.firstBad).toEqual({ seq: seq + 1, problem: seq === 7 ? 'tail' : 'gap' });
    const edited = verify(
      withLines((lines) => lines.with(index, (lines[index] ?? '').replace('"at":1', '"at":2'))),
      manifest,
    );
    expect(edited.firstBad).toEqual({ seq, problem: 'hash' });
    if (index === 0) continue;
    const swapped = verify(
      withLines((lines) => lines.with(index, lines[index - 1] ?? '').with(index - 1, lines[index] ?? '')),
      manifest,
    );
    expect(swapped.firstBad).toEqual({ seq: index, problem: 'gap' });
  }
});

test('a chain that a foreign key rewrote and signed is refused where the operator expects the right key', async () => {
  const store = new MemoryAuditStore();
  const signer = signerFromSeed(new Uint8Array(32).fill(9));
  const clock = new VirtualClock(1);
  const log = await AuditLog.open({ store, signer, clock, logger: silentLogger, newChainId: () => 'f'.repeat(32) });
  await log.append({ type: 'kernel_start', actor: 'kernel' });
  await log.export('f');
  const verifier = new ExportVerifier({
    manifest: store.files.get('f.manifest.json') ?? '',
    publicKey: signerFromSeed(seed).publicKey,
  });
  for (const line of (store.files.get('f') ?? '').trimEnd().split('\n')) verifier.next(line);
  expect(verifier.finish().firstBad).toEqual({ seq: 2, problem: 'signature' });
});
