import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Many commands one after the other; on a busy machine that adds up. It only guards against hanging.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const repository = resolve(import.meta.dirname, '..');
const cli = join(repository, 'out', 'cli', 'index.js');
/** What stands for a session's id on the pages: the first one is the example's, the second the reader's. */
const SESSION_NAMES = /k3v9xw2m5a|\bSESSION\b/g;

interface Example {
  readonly command: string;
  /** The lines that the page shows below it. */
  readonly shown: readonly string[];
}

/** Commands of code blocks: `$ cavern …` with its output in a console block, `npm run -s cavern -- …` in a shell block, `run: cavern …` in a workflow. */
function examplesOf(page: string): Example[] {
  const examples: { command: string; shown: string[] }[] = [];
  for (const [, kind, block = ''] of page.matchAll(/```(console|sh|yaml)\n([\s\S]*?)```/g)) {
    for (const line of block.trimEnd().split('\n')) {
      const command = /^(?:\$ cavern|npm run -s cavern --|\s+run: cavern) (.*?)(?:\s+#.*)?$/.exec(line)?.[1];
      if (command !== undefined) examples.push({ command, shown: [] });
      else if (kind === 'console') examples.at(-1)?.shown.push(line);
    }
  }
  return examples;
}

let folder = '';
/** Most pages are tried on one kernel: a command that starts its own takes three times as long. */
let endServing = async (): Promise<void> => undefined;
const environment = () => ({
  ...process.env,
  CAVERN_HOME: join(folder, 'home'),
  // As in a step of a workflow, and with units of its own.
  GITHUB_STEP_SUMMARY: join(folder, 'step-summary.md'),
  XDG_CONFIG_HOME: join(folder, 'config'),
});

async function runInShell(line: string): Promise<string> {
  const script = `cavern() { "$NODE" "$CLI" "$@"; }; cavern ${line}`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], {
    cwd: join(folder, 'sample'),
    env: { ...environment(), NODE: process.execPath, CLI: cli },
  });
  return stdout + stderr;
}

async function serve(): Promise<() => Promise<void>> {
  const kernel = spawn(process.execPath, [cli, 'serve'], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
  await once(createInterface(kernel.stdout), 'line');
  return async () => {
    const ended = once(kernel, 'exit');
    kernel.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    endServing = async () => undefined;
  };
}

async function newestSession(): Promise<string> {
  const { sessions } = JSON.parse(await runInShell('session list --json')) as {
    sessions: { id: string; createdAt: number }[];
  };
  return sessions.toSorted((a, b) => b.createdAt - a.createdAt)[0]?.id ?? '';
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-docs-'));
  await mkdir(join(folder, 'sample'));
  await writeFile(join(folder, 'sample', 'README.md'), 'hello\n');
  await writeFile(join(folder, 'sample', 'token.txt'), 'a-token-of-nobody\n');
  await writeFile(join(folder, 'sample', 'package.json'), '{"scripts":{"test":"node --test"}}\n');
  await writeFile(join(folder, 'sample', 'sum.test.js'), "require('node:test').test('sum', () => {});\n");
  // The document that the page tries out on what was decided before.
  await copyFile(join(repository, 'profiles', 'policy.yaml'), join(folder, 'sample', 'stricter.yaml'));
  endServing = await serve();
});
afterAll(async () => {
  const { sessions } = JSON.parse(await runInShell('session list --json')) as { sessions: { id: string }[] };
  for (const { id } of sessions) await runInShell(`session rm ${id}`);
  await endServing();
  await rm(folder, { recursive: true, force: true });
});

test.each(['docs/cli.md', 'docs/sandboxes.md', 'docs/keys.md', 'README.md'])(
  'every command that %s shows works and prints what it shows',
  async (page) => {
    // Here each command starts a kernel of its own, as it does where nothing else runs.
    if (page === 'README.md') await endServing();
    await rm(join(folder, 'sample', 'greeting.txt'), { force: true });
    const examples = examplesOf(await readFile(join(repository, page), 'utf8')).filter(
      ({ command }) => !command.startsWith('bench'),
    );
    expect(examples.length).toBeGreaterThan(2);
    let session = '';
    for (const { command, shown } of examples) {
      const printed = await runInShell(command.replaceAll(SESSION_NAMES, session));
      if (command.startsWith('run ')) session = await newestSession();
      for (const line of shown) expect(printed, command).toContain(line.replaceAll(SESSION_NAMES, session));
    }
  },
);

test('what docs/cli.md says to put into files is taken from there', async () => {
  const page = await readFile(join(repository, 'docs/cli.md'), 'utf8');
  const [, project = ''] = /```yaml\n(timeout: [\s\S]*?)```/.exec(page) ?? [];
  await mkdir(join(folder, 'sample', '.cavern'));
  await writeFile(join(folder, 'sample', '.cavern', 'config.yaml'), project);
  const [, line = ''] = /Put `(source .*?)` into `~\/\.bashrc`/.exec(page) ?? [];
  const printed = await runInShell(`config list && ${line} && complete -p cavern`);
  expect(printed).toContain('--timeout = "600000"  (project)');
  expect(printed).toContain('--keep = false  (project)');
  expect(printed).toMatch(/^complete .* cavern$/m);
});

test('the reports of the pages are whole', async () => {
  const report = await readFile(join(folder, 'sample', 'report.xml'), 'utf8');
  expect(report).toMatch(/<testsuites name="cavern" tests="1" failures="0" [\s\S]*<testcase name="sum" /);
  expect(await readFile(join(folder, 'sample', 'summary.md'), 'utf8')).toContain('## ✅ cavern run');
  expect(await readFile(join(folder, 'step-summary.md'), 'utf8')).toContain('| tests | 1 passed, 0 failed');
});
