import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId, Tool } from '../../schema/entities.ts';
import { Fault } from '../../schema/fault.ts';
import type { PluginManifest } from '../../schema/plugin-manifest.ts';
import { systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { loadDocument } from '../kernel/policy/document.ts';
import { PolicyEngine } from '../kernel/policy/policy-engine.ts';
import type { SessionLayer } from '../kernel/sandboxes/session-layer.ts';
import { Tools } from '../kernel/tools/tools.ts';
import { directSchemaWork } from '../kernel/tools/direct-schema-work.fixture.ts';
import { directTextWork } from '../kernel/changes/diff/direct-text-work.fixture.ts';
import { type Home, openHome } from '../platform/home/home.ts';
import { kernelSideTools } from '../platform/plugin-files/kernel-side-tools.ts';
import { composeBuiltins } from './policy.ts';

/**
 * The road of a real call: the tool's schema finds its paths, they are followed on a real disk with real links, and the rules
 * that the kernel is composed of judge them, under a document that allows everything. The operator was careless: the home of
 * Cavern, with an accent in its name, and the program lie inside of the workspace.
 */
const session = 's1' as SessionId; // of that form
const user = { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 };
const manifest = JSON.parse(
  readFileSync(new URL('../../plugins/fs/plugin.json', import.meta.url), 'utf8'),
) as PluginManifest; // the repository's own

let folder = '';
let workspace = '';
let home: Home;
let tools: Tools;
let engine: PolicyEngine;

function openDocument() {
  const names = manifest.tools.map(({ name }) => name).join(', ');
  const loaded = loadDocument(`version: 1\nrules: [ { name: open, match: { syscall: [${names}] }, action: allow } ]\n`);
  return loaded.ok ? loaded.document : undefined;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-builtin-'));
  workspace = join(folder, 'workspace');
  const [upper, mask] = [join(folder, 'upper'), join(folder, 'mask')];
  for (const each of [join(workspace, 'src'), join(workspace, '.cavern'), join(workspace, 'App'), upper, mask])
    mkdirSync(each, { recursive: true });
  home = openHome(join(workspace, 'h\u00e9me'));
  for (const file of ['src/a.ts', '.cavern/policy.yaml', 'App/main.js']) writeFileSync(join(workspace, file), file);
  for (const file of [home.policy, home.database, join(home.keys, 'audit'), join(folder, 'outside')])
    writeFileSync(file, '');
  const files = { root: join(workspace, 'App'), agent: '', plugins: '', profiles: '', renderer: '', preload: '' };
  const options = { home, files, version: '0', electron: null, logger: silentLogger };
  engine = new PolicyEngine({ builtins: composeBuiltins(options), document: openDocument(), newTokenId: () => '' });
  const layer: SessionLayer = { session, workspace, upper, mask, maskedPaths: [], startedAtMs: 0, strategy: 'overlay' };
  tools = new Tools({
    source: {
      tools: async () => [],
      tool: async (name) => {
        const found = manifest.tools.find((one) => one.name === name);
        const tool: Tool | undefined = found && { ...found, plugin: 'fs' };
        return tool && { tool, entry: '', runtime: 'node', tags: ['core_plugin'], capabilities: [] };
      },
      onAnswer: () => undefined,
    },
    sandboxes: {
      connection: () => {
        throw new Fault('session_not_running', 'Cannot reach the session: nothing runs here');
      },
      layer: () => layer,
    },
    kernelSide: kernelSideTools({ user, ripgrep: '' }),
    operator: async () => undefined,
    texts: directTextWork,
    schemas: directSchemaWork,
    clock: systemClock,
    logger: silentLogger,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The rule that refuses a call; `invalid_input` where it does not even become one, null where it is allowed. */
async function refusal(name: string, input: Record<string, unknown>): Promise<string | null> {
  try {
    const subjects = await tools.subjects({ session, name, input });
    const about = {
      caller: { container_id: 'c1', peer_pid: 7, tags: ['core_plugin'] },
      session: { mode: 'explore', state: 'idle' },
      at: 1,
    };
    const calls = subjects.map(({ tags: _tags, ...subject }) => ({ ...subject, ...about }));
    const decision = await engine.decideAll(calls, { workspaceRoots: [workspace] });
    return decision.decision === 'allow' ? null : (decision.rule ?? 'no rule');
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.code;
    throw thrown;
  }
}

const WRITES: readonly ((path: string) => [string, Record<string, unknown>])[] = [
  (path) => ['fs.write', { path, content: 'mine' }],
  (path) => ['fs.patch', { patch: `--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n`, path }],
  (path) => ['fs.remove', { path, recursive: true }],
  (path) => ['fs.move', { from: path, to: 'src/taken' }],
  (path) => ['fs.move', { from: 'src/a.ts', to: path }],
  (path) => ['fs.copy', { from: 'src/a.ts', to: path }],
  (path) => ['fs.mkdir', { path }],
];
const READS: readonly ((path: string) => [string, Record<string, unknown>])[] = [
  (path) => ['fs.read', { path }],
  (path) => ['fs.list', { path }],
  (path) => ['fs.stat', { path }],
  (path) => ['fs.copy', { from: path, to: 'src/taken' }],
];

const fullwidth = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
/** Mathematical bold: it is folded to the letter by NFKC, and takes two code units. */
const bold = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97));
const each = (path: string, change: (segment: string) => string): string => path.split('/').map(change).join('/');
const capital = (segment: string): string => segment.charAt(0).toUpperCase() + segment.slice(1);

/** The spellings that could open the same file on some system, beside the plain one. */
const SPELLINGS: Readonly<Record<string, (path: string) => string>> = {
  plain: (path) => path,
  'upper case': (path) => path.toUpperCase(),
  'mixed case': (path) => each(path, capital),
  decomposed: (path) => path.normalize('NFD'),
  'compatible letters': fullwidth,
  'mathematical letters': bold,
  'a ligature and long s': (path) => path.replace('s', '\u017f').replace('fi', '\ufb01'),
  'the Kelvin sign': (path) => path.replace('k', '\u212a'),
  'an ignored code point': (path) => path.replace(/(?<=\w)(?=\w)/, '\u200c'),
  'a soft hyphen and a mark of direction': (path) => `\u200e${path.replace(/(?<=\w)(?=\w)/, '\u00ad')}`,
  './ before': (path) => `./${path}`,
  'a detour': (path) => `src/../${path}`,
  'a long detour': (path) => `src/./x/../..//./${path}`,
  '// between': (path) => path.replaceAll('/', '//'),
  '/./ between': (path) => path.replaceAll('/', '/./'),
  'a slash at the end': (path) => `${path}/`,
  'a dot at the end': (path) => `${path}.`,
  'dots and spaces at the ends': (path) => each(path, (segment) => `${segment}. .`),
  'a stream': (path) => `${path}::$DATA`,
  backslashes: (path) => path.replaceAll('/', '\\'),
  'mixed separators': (path) => `src\\..\\${path.replace('/', '\\/')}`,
  'the absolute path': (path) => join(workspace, path),
  'the absolute path by a detour': (path) => `${workspace}//src/.././${path}`,
  'a NUL byte behind': (path) => `${path}\0.txt`,
  '/proc/self/root': (path) => `/proc/self/root${workspace}/${path}`,
  '/proc/self/cwd': (path) => `/proc/self/cwd/${path}`,
};

/** What the rules forbid: the file, below which rule, and whether even a look at it is refused. */
const FORBIDDEN: readonly { path: () => string; rule: string; against: 'write' | 'all' }[] = [
  { path: () => '.cavern/policy.yaml', rule: 'policy-files', against: 'write' },
  { path: () => 'App/main.js', rule: 'program-files', against: 'write' },
  { path: () => relative(workspace, home.policy), rule: 'policy-files', against: 'all' },
  { path: () => relative(workspace, join(home.policyHistory, '000001.yaml')), rule: 'policy-files', against: 'all' },
  { path: () => relative(workspace, join(home.policyExtensions, 'mine.ts')), rule: 'policy-files', against: 'all' },
  { path: () => relative(workspace, join(home.keys, 'audit')), rule: 'audit-log', against: 'all' },
  { path: () => relative(workspace, home.database), rule: 'session-database', against: 'all' },
];
/** A spelling may be refused for what it is before it is found out what it means. */
const ALSO = ['workspace-escape', 'invalid_input', 'session-database', 'policy-files'];

describe.runIf(process.platform === 'linux')('the built-in rules, by the road of a real call', () => {
  it('let through what they do not forbid', async () => {
    const asked = [...WRITES, ...READS].map((make) => refusal(...make('src/b.ts')));
    expect(await Promise.all(asked)).toEqual(asked.map(() => null));
    for (const spell of ['./', 'src/../']) expect(await refusal('fs.read', { path: `${spell}src/a.ts` })).toBeNull();
  });

  it.each(Object.entries(SPELLINGS))('forbid all that they forbid by %s', async (_name, spell) => {
    const through: unknown[] = [];
    for (const { path, rule, against } of FORBIDDEN) {
      for (const make of against === 'all' ? [...WRITES, ...READS] : WRITES) {
        const [tool, input] = make(spell(path()));
        const said = await refusal(tool, input);
        if (said === null || ![rule, ...ALSO].includes(said)) through.push([tool, input, said]);
      }
    }
    expect(through).toEqual([]);
  });

  it('forbid it by real links: to the file, to its folder, through others, from inside and outside', async () => {
    const links: [string, string][] = [];
    const link = (target: string, name: string): string => {
      symlinkSync(target, join(workspace, 'src', name));
      links.push([name, target]);
      return `src/${name}`;
    };
    const through: unknown[] = [];
    for (const [index, { path, rule, against }] of FORBIDDEN.entries()) {
      const target = path();
      const [parent, file] = [dirname(target), basename(target)];
      const first = link(`../${target}`, `file${index}`);
      const spellings = [
        first,
        `${first}/`,
        `src/../${first}`,
        `${link(`../${parent}`, `folder${index}`)}/${file}`,
        `${link('..', `top${index}`)}/${target}`,
        link(`file${index}`, `chain${index}`),
        `${link(`.//./top${index}/src/../`, `round${index}`)}/${target}`,
        link(join(workspace, target), `absolute${index}`),
        link(`/proc/self/root${join(workspace, target)}`, `proc${index}`),
        link(`/workspace/${target}`, `inside${index}`),
        `${link('/proc/self/cwd', `cwd${index}`)}/${target}`,
      ];
      for (const spelled of spellings) {
        for (const make of against === 'all' ? [...WRITES, ...READS] : WRITES) {
          const [tool, input] = make(spelled);
          const said = await refusal(tool, input);
          if (said === null || ![rule, ...ALSO].includes(said)) through.push([tool, input, said]);
        }
      }
    }
    expect(through).toEqual([]);
  });

  it('forbid everything outside of the workspace', async () => {
    symlinkSync(join(folder, 'outside'), join(workspace, 'src', 'out'));
    symlinkSync('../../outside', join(workspace, 'src', 'up'));
    symlinkSync('/var/run/docker.sock', join(workspace, 'src', 'engine'));
    symlinkSync('/', join(workspace, 'src', 'root'));
    const paths = [
      '../outside',
      'src/../../outside',
      'src//..//..//outside',
      `${workspace}/../outside`,
      `${workspace}2/x`,
      workspace.toUpperCase(),
      '/etc/passwd',
      '//etc/passwd',
      '/proc/self/root/etc/passwd',
      '/proc/1/root/etc/passwd',
      '/dev/fd/0',
      '..\\outside',
      'src\\..\\..\\outside',
      'src/..\\..\\outside',
      'C:\\Windows',
      'c:/Windows',
      '\\\\host\\share',
      '/var/run/docker.sock',
      '/run/podman/podman.sock',
      'src/out',
      'src/up',
      'src/engine',
      'src/root/etc/passwd',
      'src/root/proc/self/root/etc/passwd',
    ];
    const through: unknown[] = [];
    for (const path of paths) {
      for (const make of [...WRITES, ...READS]) {
        const [tool, input] = make(path);
        const said = await refusal(tool, input);
        if (said !== 'workspace-escape' && said !== 'invalid_input') through.push([tool, input, said]);
      }
    }
    expect(through).toEqual([]);
  });

  it('leave a name alone that only looks encoded: nothing on the way decodes it', async () => {
    const encoded = ['.cavern%2Fpolicy.yaml', '%2e%2e/outside', 'src/%2e%2e%2f%2e%2e%2foutside', '..%c0%afoutside'];
    const subjects = await Promise.all(
      encoded.map((path) => tools.subjects({ session, name: 'fs.read', input: { path } })),
    );
    expect(subjects.map(([first]) => first?.resolvedPath)).toEqual(encoded);
  });
});
