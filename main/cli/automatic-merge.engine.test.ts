import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const cli = join(resolve(import.meta.dirname, '../..'), 'out', 'cli', 'index.js');
/** Only guards against hanging. */
const LIMIT_MS = 120_000;
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let folder = '';
let session = '';
const workspace = () => join(folder, 'work');

interface Printed {
  readonly stdout: string;
  readonly code: number;
}

async function cavern(...args: string[]): Promise<Printed> {
  const env = { ...process.env, CAVERN_HOME: join(folder, 'home') };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { cwd: workspace(), env });
    return { stdout, code: 0 };
  } catch (thrown) {
    const failed = thrown as { stdout?: string; code?: number }; // what execFile rejects with
    return { stdout: failed.stdout ?? String(thrown), code: failed.code ?? -1 };
  }
}

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse((await cavern(...args, '--json')).stdout) as T; // each caller names its command's document
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const endsMs = Date.now() + LIMIT_MS; !(await isSo()); await delay(100)) {
    if (Date.now() > endsMs) throw new Error(`It did not come to this: ${what}`);
  }
}

const call = async (name: string, input: object): Promise<void> => {
  const { stdout, code } = await cavern(
    'tool',
    'call',
    name,
    JSON.stringify(input),
    '--session',
    session,
    '--yes',
    '--json',
  );
  expect(code, stdout).toBe(0);
};
const write = (path: string, content: string) => call('fs.write', { path, content });
const runTests = () => call('test.run', { framework: 'node' });
const changed = async () => (await json<{ changes: unknown[] }>('changes', 'list', session)).changes.length;

interface JudgedRecord {
  readonly type: string;
  readonly actor: string;
  readonly decision?: string;
  readonly data?: {
    readonly call?: string;
    readonly judgedSha256?: string;
    readonly automatic?: { judgedSha256: string };
  };
}

async function mergeRecords(): Promise<JudgedRecord[]> {
  const { records } = await json<{ records: JudgedRecord[] }>('audit', 'log', '--session', session);
  return records.filter(({ data }) => data?.call === 'merge.apply');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-automatic-'));
  await mkdir(workspace());
  await writeFile(join(workspace(), 'package.json'), '{"scripts":{"test":"node --test"}}\n');
  await writeFile(join(workspace(), 'sum.js'), 'exports.sum = (a, b) => a - b;\n');
  const test = `require('node:test').test('sum', () => require('node:assert').equal(require('./sum.js').sum(1, 2), 3));\n`;
  await writeFile(join(workspace(), 'sum.test.js'), test);
  const settings = await json<{ automaticMerge: object }>('config', 'list');
  const automaticMerge = { ...settings.automaticMerge, enabled: true };
  expect((await cavern('config', 'set', 'automaticMerge', JSON.stringify(automaticMerge))).code).toBe(0);
  await cavern('run', '--keep', '--', 'true');
  session = (await json<{ sessions: { id: string }[] }>('session', 'list')).sessions[0]?.id ?? '';
});
afterAll(async () => {
  await cavern('session', 'rm', session);
  await rm(folder, { recursive: true, force: true });
});

test('what passed its tests and meets the criteria is merged without a person, recorded, and can be undone', async () => {
  await write('sum.js', 'exports.sum = (a, b) => a + b + 1;\n');
  await runTests();
  expect(await changed()).toBe(1);
  await write('sum.js', 'exports.sum = (a, b) => a + b;\n');
  expect(await changed()).toBe(1);
  await runTests();
  await until('the change is merged', async () => (await changed()) === 0);
  expect(await readFile(join(workspace(), 'sum.js'), 'utf8')).toBe('exports.sum = (a, b) => a + b;\n');
  await until('the merge is recorded', async () => (await mergeRecords()).length === 2);
  const [intended, finished] = (await mergeRecords()).toSorted((a) => (a.type === 'merge_intended' ? -1 : 1));
  expect([intended?.actor, intended?.decision, finished?.type]).toEqual(['kernel', 'allow', 'merge_finished']);
  expect(finished?.data?.judgedSha256).toBe(intended?.data?.automatic?.judgedSha256);
  expect((await cavern('changes', 'undo', session, '--yes')).code).toBe(0);
  expect(await readFile(join(workspace(), 'sum.js'), 'utf8')).toBe('exports.sum = (a, b) => a - b;\n');
  expect(await changed()).toBe(1);
});

test('what touches a sensitive path waits for review, whatever its tests say', async () => {
  await write('package.json', '{"name":"other","scripts":{"test":"node --test"}}\n');
  const before = (await mergeRecords()).length;
  await runTests();
  await until('the refusal is recorded', async () => (await mergeRecords()).length > before);
  const refused = (await mergeRecords()).find(({ decision }) => decision === 'require_review');
  // The policy wants a look at manifests before the criteria are asked.
  expect([refused?.actor, refused?.type]).toEqual(['kernel', 'call_decided']);
  expect(await readFile(join(workspace(), 'package.json'), 'utf8')).not.toContain('other');
  expect(await readFile(join(workspace(), 'sum.js'), 'utf8')).toContain('a - b');
  expect(await changed()).toBe(2);
});
