import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { areas } from '../../../schema/contract/areas.ts';
import type { Area } from '../../../schema/contract/contract.ts';
import type { PolicyCall } from '../../../schema/policy.ts';
import { builtinRules } from './builtin-rules.ts';
import { decideCall } from './decide-call.ts';
import { loadDocument } from './document.ts';

const loaded = loadDocument(readFileSync(new URL('../../../profiles/policy.yaml', import.meta.url), 'utf8'));

function decide(syscall: string, tags: readonly string[], path?: string): string {
  const call: PolicyCall = {
    syscall,
    ...(path === undefined ? {} : { path }),
    caller: { container_id: tags.includes('operator') ? '' : 'c1', peer_pid: 1, tags: [...tags] },
    session: { mode: 'explore', state: 'idle' },
    at: 1,
  };
  const builtins = builtinRules([{ thing: 'policy-files', path: '.cavern/policy.yaml', against: 'write' }]);
  const decision = decideCall({ builtins, policy: loaded.ok ? loaded.document : undefined }, call);
  if (decision instanceof Promise) throw new TypeError('There is no extension to wait for');
  return decision.decision === 'deny' ? `deny: ${decision.rule ?? decision.reasons.join()}` : decision.decision;
}

describe('the document that Cavern starts with', () => {
  test('loads without a warning', () => {
    expect(loaded).toMatchObject({ ok: true, warnings: [] });
  });

  test('gives the operator every call of the contract, and nobody else one', () => {
    // A tool is judged under its own name; a change of the policy needs a person, whoever asks.
    const calls = Object.values(areas).flatMap(({ name, members }) =>
      Object.keys(members).map((member) => `${name}.${member}`),
    );
    const asked = ['policy.update', 'policy.restore', 'policy.record'];
    const judged = calls.filter((name) => name !== 'tool.call' && !asked.includes(name));
    expect(judged.filter((name) => decide(name, ['operator']) !== 'allow')).toEqual([]);
    expect(judged.filter((name) => !decide(name, ['core_plugin']).startsWith('deny: no_rule_allows'))).toEqual([]);
  });

  test('gives the key of a namespace or a session what the contract opens to it, and an admin key that too', () => {
    const members = Object.values<Area>(areas).flatMap(({ name, members }) =>
      Object.entries(members).map(([member, { keys }]) => ({ name: `${name}.${member}`, keys })),
    );
    const opened = members
      .filter(({ name, keys }) => keys !== undefined && name !== 'tool.call')
      .map(({ name }) => name);
    const allowed = (tag: string) => members.map(({ name }) => name).filter((name) => decide(name, [tag]) === 'allow');
    expect(allowed('scoped_key').sort()).toEqual(opened.sort());
    expect(opened.filter((name) => !allowed('admin_key').includes(name))).toEqual([]);
  });

  test('opens nothing of the operator’s desktop, secrets and settings to an admin key', () => {
    const theirs = /^(window|secret|port|gateway)\.|^app\.(arrange|configure)$|^session\.open|^policy\.(adopt|trust)/;
    const calls = Object.values<Area>(areas).flatMap(({ name, members }) =>
      Object.keys(members).map((member) => `${name}.${member}`),
    );
    expect(calls.filter((name) => theirs.test(name) && decide(name, ['admin_key']) === 'allow')).toEqual([]);
  });

  test.each<[syscall: string, tags: string[], path: string | undefined, decision: string]>([
    ['fs.read', ['third_party'], 'src/a.ts', 'allow'],
    ['search.grep', ['core_plugin'], undefined, 'allow'],
    ['fs.write', ['core_plugin'], 'package.json', 'allow'],
    ['fs.write', ['operator', 'core_plugin'], 'src/a.ts', 'allow'],
    ['fs.write', ['third_party'], 'src/a.ts', 'require_review'],
    ['fs.write', ['operator', 'third_party'], 'src/a.ts', 'require_review'],
    ['fs.write', ['stranger'], 'src/a.ts', 'deny: no_rule_allows'],
    ['fs.write', ['core_plugin'], '.cavern/policy.yaml', 'deny: policy-files'],
    ['fs.read', ['core_plugin'], '../secrets', 'deny: workspace-escape'],
    ['git.commit', ['operator', 'core_plugin'], undefined, 'require_review'],
    ['git.restore', ['core_plugin'], 'src/a.ts', 'require_review'],
    ['test.run', ['core_plugin'], undefined, 'allow'],
    ['acme.format', ['third_party'], 'src/a.ts', 'deny: no_rule_allows'],
    ['network.connect', ['operator', 'core_plugin'], undefined, 'deny: no_rule_allows'],
    ['secret.use', ['sandbox', 'secret:npm'], undefined, 'allow'],
    ['secret.use', ['third_party'], undefined, 'deny: no_rule_allows'],
    ['merge.apply', ['operator'], 'src/a.ts', 'allow'],
    ['merge.apply', ['operator'], 'packages/web/package.json', 'require_review'],
    ['merge.apply', ['operator'], 'build.gradle.kts', 'require_review'],
    ['merge.apply', ['operator'], '.github/workflows/ci.yml', 'require_review'],
    ['merge.apply', ['operator'], 'deploy/Dockerfile.dev', 'require_review'],
    ['merge.apply', ['operator'], '.env.local', 'require_review'],
    ['merge.apply', ['operator'], '.cavern/policy.yaml', 'deny: policy-files'],
    ['merge.apply', ['core_plugin'], 'src/a.ts', 'deny: no_rule_allows'],
    ['sandbox.exec', ['agent'], undefined, 'allow'],
    ['fs.write', ['agent', 'core_plugin'], 'src/a.ts', 'allow'],
    ['fs.write', ['agent', 'third_party'], 'src/a.ts', 'require_review'],
    ['git.commit', ['agent', 'core_plugin'], undefined, 'require_review'],
    ['merge.apply', ['agent'], 'src/a.ts', 'allow'],
    ['merge.apply', ['agent'], 'package.json', 'require_review'],
    ['merge.undo', ['agent'], undefined, 'deny: no_rule_allows'],
    ['session.remove', ['agent'], undefined, 'deny: no_rule_allows'],
    ['app.configure', ['agent'], undefined, 'deny: no_rule_allows'],
    ['secret.hand', ['agent'], undefined, 'deny: no_rule_allows'],
    ['policy.update', ['operator'], undefined, 'require_review'],
    ['policy.update', ['core_plugin'], undefined, 'require_review'],
  ])('answers %s by %j on %s with %s', (syscall, tags, path, decision) => {
    expect(decide(syscall, tags, path)).toBe(decision);
  });
});
