import { describe, expect, test } from 'vitest';
import type { PolicyCall } from '../../../schema/policy.ts';
import { builtinRules } from './builtin-rules.ts';
import { decideCall } from './decide-call.ts';
import { loadDocument } from './document.ts';
import type { ProtectedLocation } from './protected-locations.ts';

const WORKSPACE = '/home/me/project';
const LOCATIONS: readonly ProtectedLocation[] = [
  { thing: 'policy-files', path: '.cavern/policy.yaml', against: 'write' },
  { thing: 'policy-files', path: `${WORKSPACE}/state/policy`, against: 'write' },
  { thing: 'program-files', path: `${WORKSPACE}/out/App`, against: 'write' },
  { thing: 'audit-log', path: `${WORKSPACE}/state/audit.db`, against: 'all' },
  { thing: 'session-database', path: `${WORKSPACE}/state/sessions.db`, against: 'all' },
  { thing: 'engine-socket', path: `${WORKSPACE}/run/docker.sock`, against: 'all' },
  { thing: 'engine-socket', path: '/var/run/docker.sock', against: 'all' },
];
const builtins = builtinRules(LOCATIONS);
const syscalls = [
  'fs.write',
  'fs.read',
  'fs.remove',
  'fs.list',
  'merge.apply',
  'acme.format',
  'git.add',
  'policy.update',
  'sandbox.stop',
];
const open = loadDocument(
  `version: 1\nrules: [ { name: open, match: { syscall: [${syscalls.join(', ')}] }, action: allow } ]\n`,
);
if (!open.ok) throw new Error('The open document loads');

const ROOTS = ['/workspace', WORKSPACE];
const operator = { container_id: '', peer_pid: 0, tags: ['operator'] };

function ruleFor(
  call: Pick<PolicyCall, 'syscall'> & Partial<PolicyCall>,
  workspaceRoots: readonly string[] = ROOTS,
): string | null {
  const judged = { caller: operator, session: { mode: 'strict', state: 'idle' }, at: 1, ...call };
  const decision = decideCall({ builtins, policy: open.ok ? open.document : undefined }, judged, { workspaceRoots });
  if (decision instanceof Promise) throw new TypeError('There is no extension to wait for');
  return decision.decision === 'allow' ? null : decision.rule;
}

describe('the built-in rules', () => {
  test('are at most ten, with the escape from the workspace', () => {
    expect(builtins.length + 1).toBeLessThanOrEqual(10);
  });

  test('leave a workspace in the home that is one like any other to itself, and keep its neighbours and the home out of it', () => {
    const home = '/home/me/.cavern';
    const rules = builtinRules([
      { thing: 'session-database', path: home, against: 'all', except: `${home}/workspaces` },
    ]);
    const refused = (path: string, root: string): string | null => {
      const call = { syscall: 'fs.read', path, caller: operator, session: { mode: 'strict', state: 'idle' }, at: 1 };
      const roots = { workspaceRoots: ['/workspace', root] };
      const decision = decideCall({ builtins: rules, policy: open.ok ? open.document : undefined }, call, roots);
      if (decision instanceof Promise) throw new TypeError('There is no extension to wait for');
      return decision.decision === 'allow' ? null : decision.rule;
    };
    const own = `${home}/workspaces/a`;
    expect(refused('src/a.ts', own)).toBeNull();
    expect(refused('../b/x', own)).toBe('workspace-escape');
    expect(refused('../../cavern.db', own)).toBe('workspace-escape');
    expect(refused('a/x', `${home}/workspaces`)).toBe('session-database');
    expect(refused('x', `${home}/workspaces-of-mine`)).toBe('session-database');
    expect(refused('x', `${home}/sessions`)).toBe('session-database');
  });

  test.each([
    '.cavern/policy.yaml',
    './.cavern//policy.yaml',
    'src/../.cavern/policy.yaml',
    '.CAVERN/Policy.YAML',
    '.cavern/policy.yaml.',
    '.cavern./policy.yaml ',
    '.cavern\\policy.yaml',
    '.cavern/policy.yaml::$DATA',
    '.cav\u200cern/policy.yaml',
    '.ca\uff56ern/policy.yaml',
    '.cavern/\u{1d429}olicy.yaml',
    '/workspace/.cavern/policy.yaml',
    `${WORKSPACE}/.cavern/policy.yaml`,
    '.cavern/policy.yaml/x',
  ])('keep %j from being written, whoever asks', (path) => {
    expect(
      ['fs.write', 'fs.remove', 'merge.apply', 'acme.format', 'git.add'].map((syscall) => ruleFor({ syscall, path })),
    ).toEqual(Array.from({ length: 5 }, () => 'policy-files'));
    expect(ruleFor({ syscall: 'fs.read', path })).toBeNull();
  });

  test('judge where a symlink leads', () => {
    expect(ruleFor({ syscall: 'fs.write', path: 'harmless.txt', resolvedPath: '.cavern/policy.yaml' })).toBe(
      'policy-files',
    );
    expect(ruleFor({ syscall: 'fs.read', path: 'harmless.txt', resolvedPath: '/etc/passwd' })).toBe('workspace-escape');
  });

  test('protect each thing where it lies inside of a workspace', () => {
    const rules = [
      'out/app/main.js',
      'state/audit.db',
      'STATE/AUDIT.DB',
      'state/sessions.db',
      'run/docker.sock',
      'state/policy/a.yaml',
    ];
    expect(rules.map((path) => ruleFor({ syscall: 'fs.write', path }))).toEqual([
      'program-files',
      'audit-log',
      'audit-log',
      'session-database',
      'engine-socket',
      'policy-files',
    ]);
    expect(
      ['out/app/main.js', 'state/audit.db', 'state/sessions.db', 'run/docker.sock'].map((path) =>
        ruleFor({ syscall: 'fs.read', path }),
      ),
    ).toEqual([null, 'audit-log', 'session-database', 'engine-socket']);
  });

  test('keep a folder from being swept away with what it protects', () => {
    expect(['.cavern', 'state', ''].map((path) => ruleFor({ syscall: 'fs.remove', path }))).toEqual([
      'policy-files',
      'policy-files',
      'policy-files',
    ]);
    expect(['.cavern', 'state', ''].map((path) => ruleFor({ syscall: 'fs.list', path }))).toEqual([null, null, null]);
  });

  test('cover everything in a workspace that lies inside of a protected folder', () => {
    expect(ruleFor({ syscall: 'fs.write', path: 'x' }, [`${WORKSPACE}/out/app/resources`])).toBe('program-files');
    expect(ruleFor({ syscall: 'fs.read', path: 'x' }, [`${WORKSPACE}/out/app/resources`])).toBeNull();
  });

  test.each([
    '../x',
    '/proc/self/root/home/me/.ssh/id_rsa',
    '/proc/1/cwd/x',
    '..\\..\\x',
    'C:\\x',
    'a/../../x',
    '/home/me/project2/x',
    '/HOME/me/project/x',
    'x\0',
  ])('name %j an escape', (path) => {
    expect(ruleFor({ syscall: 'fs.read', path })).toBe('workspace-escape');
  });

  test('leave other names alone', () => {
    const names = [
      '.cavernous/policy.yaml',
      '.cavern/policy.yaml2',
      'policy.yaml',
      'src/.cavern/policy.yaml',
      'outside/app',
      'state/audit.db2',
      '...',
    ];
    expect(names.map((path) => ruleFor({ syscall: 'fs.write', path }))).toEqual(names.map(() => null));
  });

  test('ask a person about a change of the policy', () => {
    expect(ruleFor({ syscall: 'policy.update' })).toBe('policy-update');
  });
});

describe('without a valid document', () => {
  const decide = (syscall: string, caller: PolicyCall['caller'], path?: string): unknown =>
    decideCall(
      { builtins, policy: undefined },
      { syscall, caller, session: { mode: 'strict', state: 'idle' }, at: 1, ...(path === undefined ? {} : { path }) },
    );

  test('the operator can look, stop and mend, and nobody else anything', () => {
    const sandboxed = { container_id: 'c1', peer_pid: 1, tags: ['operator'] };
    const plugin = { container_id: '', peer_pid: 1, tags: ['core_plugin'] };
    const allowed = {
      decision: 'allow',
      via: 'rules',
      rule: 'operator_closed_list',
      reasons: [],
      flagged: false,
      warnings: [],
    };
    const denied = {
      decision: 'deny',
      via: 'rules',
      rule: null,
      reasons: ['no_policy_loaded'],
      flagged: false,
      warnings: [],
    };
    expect(
      ['sandbox.stop', 'session.list', 'changes.discard', 'policy.update'].map((syscall) => decide(syscall, operator)),
    ).toEqual([allowed, allowed, allowed, allowed]);
    expect([decide('fs.read', operator), decide('session.create', operator), decide('merge.apply', operator)]).toEqual([
      denied,
      denied,
      denied,
    ]);
    expect([decide('sandbox.stop', sandboxed), decide('sandbox.stop', plugin)]).toEqual([denied, denied]);
    expect(decide('fs.read', operator, '../x')).toMatchObject({ rule: 'workspace-escape' });
  });
});
