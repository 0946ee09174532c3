import { afterEach, describe, expect, test } from 'vitest';
import type { PolicyCall } from '../../../schema/policy.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { builtinRules } from '../../kernel/policy/builtin-rules.ts';
import { loadDocument } from '../../kernel/policy/document.ts';
import { ExtensionRules } from '../../kernel/policy/extension-rules.ts';
import { PolicyEngine } from '../../kernel/policy/policy-engine.ts';
import { workerSandbox } from './worker-sandbox.ts';

const running: ExtensionRules[] = [];

afterEach(async () => {
  for (const rules of running.splice(0)) await rules[Symbol.asyncDispose]();
});

async function setUp(text: string) {
  const loaded = loadDocument(
    'version: 1\nrules: [{ name: any, match: { syscall: [fs.write, fs.read] }, action: allow }]',
  );
  if (!loaded.ok) throw new Error('the document of this test does not load');
  const engine = new PolicyEngine({ builtins: builtinRules([]), document: loaded.document, newTokenId: () => 't' });
  const extensions = new ExtensionRules({
    start: workerSandbox,
    clock: systemClock,
    logger: silentLogger,
    onReplace: (layer) => void engine.extend(layer),
  });
  running.push(extensions);
  await extensions.replace([{ name: 'own.ts', text }]);
  const decide = async (fields: Partial<PolicyCall> = {}) => {
    const { decision, rule, reasons } = await engine.decide({
      syscall: 'fs.write',
      path: 'src/a.ts',
      caller: { container_id: 'c1', peer_pid: 41, tags: ['core_plugin'] },
      session: { mode: 'strict', state: 'idle' },
      at: 1000,
      ...fields,
    });
    return `${decision} ${rule ?? '-'} ${reasons.join()}`.trim();
  };
  return { extensions, decide, engine };
}

const rule = (name: string, body: string, syscalls = "['fs.write']"): string => `
import type { ExtensionCall, ExtensionRule } from '@cavern/plugin-sdk/policy-extension';
interface Unused { readonly a: number }
export const rules: ExtensionRule[] = [{ name: '${name}', syscalls: ${syscalls}, judge(call: ExtensionCall) { ${body} } }];
`;

const UNAVAILABLE = 'deny extension extension_unavailable';

describe('extension rules', () => {
  test('are TypeScript, asked about the calls they name, and a denial of theirs is final', async () => {
    const { decide, extensions } = await setUp(
      rule(
        'no-locks',
        "return call.path?.endsWith('.lock') ? { decision: 'deny', reason: 'locks are generated' } : 'pass'",
      ),
    );
    expect(await decide()).toBe('allow any');
    expect(await decide({ path: 'yarn.lock' })).toBe('deny no-locks locks are generated');
    expect(await decide({ path: 'yarn.lock', syscall: 'fs.read' })).toBe('allow any');
    expect(extensions.state()).toMatchObject({ state: 'ready', rules: ['no-locks'], problem: null, restarts: 0 });
  });

  test('that loop for ever are denied within the limit, and are there again afterwards', async () => {
    const { decide, extensions } = await setUp(rule('loops', "if (call.path === 'loop') while (true); return 'pass'"));
    // Without the limit the test would never end; how long a thread gets on a busy machine is not its matter.
    expect(await decide({ path: 'loop' })).toBe(UNAVAILABLE);
    expect(extensions.state().restarts).toBe(1);
    await expect.poll(() => decide(), { timeout: 10_000 }).toBe('allow any');
  });

  const bad: [threat: string, body: string][] = [
    ['throw', "throw new Error('no')"],
    ['answer nonsense', "return 'perhaps'"],
    ['answer nothing', 'return undefined'],
    ['take all memory', "const all = []; for (;;) all.push('x'.repeat(1e6) + all.length)"],
    ['exhaust the stack', 'const deep = () => deep() + 1; deep()'],
    ['look for a clock', 'return Date.now() > 0 ? "allow" : "allow"'],
    ['look for chance', 'return Math.random() > 0 ? "allow" : "allow"'],
    ['look for the host', 'return process.exit(1)'],
    ['look for files', 'return require("node:fs") && "allow"'],
    ['answer later', "return Promise.resolve('allow')"],
  ];
  test.each(bad)('that %s allow nothing, and the program goes on', async (_threat, body) => {
    const { decide } = await setUp(rule('bad', `if (call.path === 'bad') { ${body} } return 'pass'`));
    expect(await decide({ path: 'bad' })).toBe(UNAVAILABLE);
    await expect.poll(() => decide(), { timeout: 10_000 }).toBe('allow any');
  });

  test('that do not load keep the last ones in force, and say where they are wrong', async () => {
    const { decide, extensions } = await setUp(rule('one', "return { decision: 'deny' }"));
    await extensions.replace([{ name: 'own.ts', text: 'export const rules = [\n{ name: 1x }];' }]);
    expect(extensions.state()).toMatchObject({ state: 'ready', rules: ['one'] });
    expect(extensions.state().problem).toMatch(/Cannot load own\.ts: line 2, column/);
    expect(await decide()).toBe('deny one one');
  });

  test.each([
    ['a file without rules', 'export const other = 1;', /no list "rules"/],
    ['an import of code', "import fs from 'node:fs'; export const rules = [];", /Cannot load own\.ts/],
    ['a loop while loading', 'for (;;);', /interrupted/],
    ['two rules of one name', `${rule('a', 'return "pass"')}rules.push(rules[0]);`, /two are named "a"/],
  ])('that never loaded (%s) deny every call', async (_name, text, problem) => {
    const { decide, extensions } = await setUp(text);
    expect(extensions.state().state).toBe('failed');
    expect(extensions.state().problem).toMatch(problem);
    expect(await decide()).toBe(UNAVAILABLE);
  });

  test('that are taken away leave the document alone', async () => {
    const { decide, extensions } = await setUp(rule('one', "return 'deny'"));
    await extensions.replace([]);
    expect([extensions.state().state, await decide()]).toEqual(['none', 'allow any']);
  });

  test('cannot change what the next rule or the next call sees', async () => {
    const text = `export const rules = [
      { name: 'first', judge(call: any) { call.path = 'changed'; Object.prototype.toJSON = () => ({}); return 'pass'; } },
      { name: 'second', judge(call: any) { return call.path === 'changed' ? 'deny' : 'pass'; } },
    ];`;
    const { decide } = await setUp(text);
    expect(await decide()).not.toContain('second');
  });
});
