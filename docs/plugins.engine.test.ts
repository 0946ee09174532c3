import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '..');
const cli = join(repository, 'out', 'cli', 'index.js');
let folder = '';
let guide = '';

async function inShell(line: string): Promise<string> {
  const path = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const { NODE_TEST_CONTEXT: _context, ...rest } = process.env;
  const env = { ...rest, PATH: path, CAVERN_HOME: join(folder, 'home'), NODE: process.execPath, CLI: cli };
  const script = `cavern() { "$NODE" "$CLI" "$@"; }; ${line}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder, env });
  return stdout;
}

/** The lines of the guide’s shell blocks, in their order. */
function stepsOf(page: string): string[] {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.trimEnd().split('\n'));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-guide-'));
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'home'), { mode: 0o711 });
  await mkdir(join(folder, 'team'));
  guide = await readFile(join(repository, 'docs', 'plugins.md'), 'utf8');
  const [, server = ''] = /^`notes\.mjs`\n\n```js\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  await writeFile(join(folder, 'notes.mjs'), server);
  const rules = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, rule = '']) => rule);
  const policy = await readFile(join(repository, 'profiles', 'policy.yaml'), 'utf8');
  await writeFile(join(folder, 'policy.yaml'), `${policy}\n${rules.join('')}`);
});
afterAll(async () => {
  const { sessions } = JSON.parse(await inShell('cavern session list --json')) as { sessions: { id: string }[] };
  for (const { id } of sessions) await inShell(`cavern session rm ${id}`);
  await rm(folder, { recursive: true, force: true });
});

test('the steps of the guide lead from an empty folder to a call of the installed tool, and away again', async () => {
  const steps = stepsOf(guide);
  expect(steps.filter((step) => step.startsWith('cavern plugin '))).toHaveLength(22);
  const printed = new Map<string, string>();
  let key = '';
  let session = '';
  for (const step of steps) {
    if (step.startsWith('cavern plugin index')) await inShell('cp words-0.1.0.tgz team/');
    const said = await inShell(step.replace(' KEY', ` ${key}`).replace('SESSION', session));
    printed.set(step, said);
    key = /MCowBQYDK2VwAyEA\S+/.exec(said)?.[0] ?? key;
    if (step.startsWith('cavern run')) {
      const { sessions } = JSON.parse(await inShell('cavern session list --json')) as { sessions: { id: string }[] };
      session = sessions[0]?.id ?? '';
    }
    if (step.startsWith('cavern plugin remove words')) expect(await readdir(join(folder, 'home/plugins'))).toEqual([]);
  }
  const of = (start: string): string => [...printed].find(([step]) => step.startsWith(start))?.[1] ?? '';
  expect(of('cavern plugin check')).toBe('words: ok\n');
  expect(of('cavern plugin install')).toContain('It may read every file of the workspace.');
  expect(of('cavern plugin check tiny')).toBe('tiny: ok\n');
  expect(JSON.parse(of('cavern tool call tiny.count'))).toEqual({ words: expect.any(Number) as number });
  expect(JSON.parse(of('cavern tool call'))).toEqual({ words: expect.any(Number) as number });
  expect(of('cavern plugin new notes')).toBe('notes.mjs\nplugin.json\nsbom.json\n');
  expect(of('cavern plugin install notes')).toContain('It is started as: node notes.mjs');
  expect(JSON.parse(of('cavern tool call notes.shout'))).toEqual({ content: [{ type: 'text', text: 'HELLO' }] });
  expect(of('cavern plugin offers')).toMatch(/words +0\.1\.0 +available/);
  expect(of('cavern plugin update')).toBe('Everything that is installed from there is up to date.\n');
  expect(await readdir(join(folder, 'home/plugins'))).toHaveLength(1);
}, 300_000);
