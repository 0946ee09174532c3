import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '..');
const cli = join(repository, 'out', 'cli', 'index.js');
const TOKEN = 'a-token-of-no-known-kind';
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

/** In the place of the guide's tracker there is one on this machine, which has a name of its own. */
const tracker = createServer(({ headers }, response) => {
  if (headers.authorization === `Bearer ${TOKEN}`) response.end('["It rains in"]');
  else response.writeHead(401).end('Who are you?');
});
let [at, addresses]: [string, readonly string[]] = ['', []];

async function openTracker(): Promise<void> {
  const name = hostname().toLowerCase();
  const found = await lookup(name, { all: true });
  await new Promise<void>((open) => tracker.listen(0, open));
  const { port } = tracker.address() as AddressInfo; // It listens on a port.
  at = `${name}:${port}`;
  addresses = found.map(({ address, family }) => (family === 6 ? `[${address}]:${port}` : `${address}:${port}`));
}

function ofTracker(text: string): string {
  return text
    .replace('[api.example.com]', JSON.stringify([at, ...addresses]))
    .replace(/https?:\/\/api\.example\.com/g, `http://${at}`);
}

/** What the guide has the reader write into the manifest of the plugin with a token. */
async function completeManifest(): Promise<void> {
  const [, members = ''] = /^```json\n("profile": "agent",\n[^]*?)^```$/m.exec(guide) ?? [];
  const path = join(folder, 'issues', 'plugin.json');
  const manifest: object = Object(JSON.parse(await readFile(path, 'utf8')));
  const added: object = Object(JSON.parse(`{${ofTracker(members)}}`));
  await writeFile(path, JSON.stringify({ ...manifest, ...added }));
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
  for (const name of ['notes.mjs', 'issues.mjs']) {
    const [, server = ''] = new RegExp(`^\`${name}\`[^\n]*\n\n\`\`\`js\n([^]*?)^\`\`\`$`, 'm').exec(guide) ?? [];
    await writeFile(join(folder, name), server);
  }
  await writeFile(join(folder, 'token.txt'), TOKEN);
  await openTracker();
  const rules = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, rule = '']) => rule);
  const policy = await readFile(join(repository, 'profiles', 'policy.yaml'), 'utf8');
  await writeFile(join(folder, 'policy.yaml'), `${policy}\n${ofTracker(rules.join(''))}`);
});
afterAll(async () => {
  tracker.closeAllConnections();
  tracker.close();
  const { sessions } = JSON.parse(await inShell('cavern session list --json')) as { sessions: { id: string }[] };
  for (const { id } of sessions) await inShell(`cavern session rm ${id}`);
  await rm(folder, { recursive: true, force: true });
});

test('the steps of the guide lead from an empty folder to a call of the installed tool, and away again', async () => {
  const steps = stepsOf(guide);
  expect(steps.filter((step) => step.startsWith('cavern plugin '))).toHaveLength(27);
  const printed = new Map<string, string>();
  let key = '';
  let session = '';
  const known = new Set<string>();
  for (const step of steps) {
    if (step.startsWith('cavern plugin index')) await inShell('cp words-0.1.0.tgz team/');
    if (step.startsWith('cavern plugin pack issues')) await completeManifest();
    const said = await inShell(ofTracker(step).replace(' KEY', ` ${key}`).replace('SESSION', session));
    printed.set(step, said);
    key = /MCowBQYDK2VwAyEA\S+/.exec(said)?.[0] ?? key;
    if (step.startsWith('cavern run')) {
      const { sessions } = JSON.parse(await inShell('cavern session list --json')) as { sessions: { id: string }[] };
      session = sessions.find(({ id }) => !known.has(id))?.id ?? '';
      known.add(session);
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
  expect(of('cavern secret list')).toMatch(/tracker-token +Authorization for http\S+ +plugin issues\n/);
  expect(JSON.parse(of('cavern tool call issues.titles'))).toMatchObject({ content: [{ text: '["It rains in"]' }] });
  expect(await inShell('cavern secret list')).not.toContain('plugin issues');
  expect(of('cavern plugin offers')).toMatch(/words +0\.1\.0 +available/);
  expect(of('cavern plugin update')).toBe('Everything that is installed from there is up to date.\n');
  expect(await readdir(join(folder, 'home/plugins'))).toHaveLength(1);
}, 300_000);
