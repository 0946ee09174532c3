import fc from 'fast-check';
import picomatch from 'picomatch/posix.js';
import { describe, expect, test } from 'vitest';
import type { Decision, PolicyCall, PolicyDocument, PolicyException, PolicyRule } from '../../../schema/policy.ts';
import { compilePolicy } from './compiled-policy.ts';
import { decideCall } from './decide-call.ts';
import { type LoadedDocument, loadDocument, printDocument } from './document.ts';
import { explainCall } from './explain-call.ts';
import { propertyRuns } from './property-runs.ts';

const STRICTNESS = { allow: 0, require_review: 1, deny: 2 } as const;

const syscalls = fc.constantFrom('fs.read', 'fs.write', 'merge.apply');
const tags = fc.constantFrom('core_plugin', 'third_party', 'operator');
const globs = fc.constantFrom(
  '**',
  'src/**',
  '*.json',
  '**/*.ts',
  'src/a.ts',
  'src/{a,b}.ts',
  'tests/**',
  '**/secret',
  '!src/**',
  '[a-s]*/**',
);
const few = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.uniqueArray(values, { maxLength: 3 });

const condition = fc.record(
  {
    path_glob: few(globs),
    caller_tag: few(tags),
    session_mode: few(fc.constantFrom('strict', 'explore')),
    session_state: few(fc.constantFrom('idle', 'code_writing')),
  },
  { requiredKeys: [] },
);
const match = fc.tuple(fc.oneof(syscalls, few(syscalls)), condition).map(([syscall, rest]) => ({ syscall, ...rest }));
const exception = condition.filter((fields) => Object.keys(fields).length > 0);
const constraints = fc.record(
  { require_template: fc.constantFrom('code-executor', 'agent'), max_file_size: fc.constantFrom(10, '1KiB', '1.5kB') },
  { requiredKeys: [] },
);
const rule = fc
  .record(
    {
      match,
      except: fc.array(exception, { maxLength: 2 }),
      action: fc.constantFrom('allow', 'deny', 'require_review', 'pass', 'flag'),
      priority: fc.integer({ min: -2, max: 2 }),
      reason: fc.constantFrom('because', 'so it is'),
      constraints,
    },
    { requiredKeys: ['match', 'action'] },
  )
  .map((body) => body as Omit<PolicyRule, 'name'>); // the arbitraries widen the literals of `action`

const named = (rules: readonly Omit<PolicyRule, 'name'>[]): PolicyRule[] =>
  rules.map((body, index) => ({ ...body, name: `r${index}` }));
const rules = fc.array(rule, { maxLength: 8 }).map(named);
const documents: fc.Arbitrary<PolicyDocument> = fc
  .record(
    {
      rules,
      combining: fc.constantFrom<'deny-overrides' | 'priority'>('deny-overrides', 'priority'),
      tool_allowlist: fc.constantFrom<string[]>(['fs.read'], ['FS.WRITE', 'git.diff']),
    },
    { requiredKeys: ['rules'] },
  )
  .map((body) => ({ version: 1, ...body }));

const paths = fc.constantFrom(
  'src/a.ts',
  'src/b.ts',
  'package.json',
  'tests/x/secret',
  'src/../package.json',
  '../out',
  '',
  'docs//x.md',
);
const calls: fc.Arbitrary<PolicyCall> = fc.record(
  {
    syscall: fc.oneof(syscalls, fc.constant('fs.teleport')),
    path: paths,
    resolvedPath: paths,
    tool: fc.constantFrom('fs.read', 'fs.write'),
    template: fc.constantFrom('code-executor', 'agent'),
    size: fc.constantFrom(0, 10, 1024, 1501),
    caller: fc.record({ container_id: fc.constantFrom('', 'c1'), peer_pid: fc.constant(41), tags: few(tags) }),
    session: fc.record({ mode: fc.constantFrom('strict', 'explore'), state: fc.constantFrom('idle', 'code_writing') }),
    at: fc.constant(1000),
  },
  { requiredKeys: ['syscall', 'caller', 'session', 'at'] },
);

function decide(document: PolicyDocument, call: PolicyCall): Decision {
  const decision = decideCall({ builtins: [], policy: compilePolicy(document) }, call);
  if (decision instanceof Promise) throw new TypeError('A decision without extensions is made at once');
  return decision;
}

/** The specification once more, as plainly as it can be written: no index, no order of evaluation, one path. */
function verdictByTheBook(
  document: PolicyDocument,
  call: PolicyCall,
  path: string | undefined,
): keyof typeof STRICTNESS {
  const includes = (list: readonly string[] | undefined, values: readonly string[]): boolean =>
    list === undefined || list.some((value) => values.includes(value));
  const applies = (fields: Omit<PolicyException, 'syscall'> & { syscall?: string | string[] }): boolean =>
    includes(fields.syscall === undefined ? undefined : [fields.syscall].flat(), [call.syscall]) &&
    (fields.path_glob === undefined ||
      (path !== undefined &&
        fields.path_glob.some((glob) =>
          path === '' ? /^\*\*$|^!/.test(glob) : picomatch(glob, { dot: true })(path),
        ))) &&
    includes(fields.caller_tag, call.caller.tags) &&
    includes(fields.session_mode, [call.session.mode]) &&
    includes(fields.session_state, [call.session.state]);
  const listed = document.tool_allowlist?.map((tool) => tool.toLowerCase());
  if (listed !== undefined && call.tool !== undefined && !listed.includes(call.tool.toLowerCase())) return 'deny';
  let speaking = document.rules.filter(
    (one) => applies(one.match) && !(one.except ?? []).some(applies) && one.action !== 'pass',
  );
  if (document.combining === 'priority') {
    const highest = Math.max(...speaking.map((one) => one.priority ?? 0));
    speaking = speaking.filter((one) => (one.priority ?? 0) === highest);
  }
  const limits: Readonly<Record<string, number>> = { '1KiB': 1024, '1.5kB': 1500, '10': 10 };
  const verdicts = speaking.map((one) => {
    if (one.action === 'deny' || one.action === 'require_review') return one.action;
    const { require_template: template, max_file_size: size } = one.constraints ?? {};
    const fits = size === undefined || (call.size !== undefined && call.size <= (limits[String(size)] ?? 0));
    return (template === undefined || template === call.template) && fits ? 'allow' : 'deny';
  });
  if (verdicts.includes('deny')) return 'deny';
  if (verdicts.includes('require_review')) return 'require_review';
  return verdicts.includes('allow') ? 'allow' : 'deny';
}

function decisionByTheBook(document: PolicyDocument, call: PolicyCall): string {
  const judged = [call.path, call.resolvedPath].filter((path) => path !== undefined);
  const normal: (string | undefined)[] = [];
  for (const path of judged) {
    const segments: string[] = [];
    for (const segment of path.split('/')) {
      if (segment === '..' && segments.length === 0) return 'deny';
      if (segment === '..') segments.pop();
      else if (segment !== '' && segment !== '.') segments.push(segment);
    }
    normal.push(segments.join('/'));
  }
  const verdicts = (normal.length === 0 ? [undefined] : normal).map((path) => verdictByTheBook(document, call, path));
  return verdicts.reduce(
    (worst, verdict) => (STRICTNESS[verdict] > STRICTNESS[worst] ? verdict : worst),
    'allow' as const,
  ); // the lattice's bottom
}

describe('a decision', () => {
  test('is the one of the specification read word by word, for any document and call', () => {
    fc.assert(
      fc.property(documents, calls, (document, call) => {
        expect(decide(document, call).decision).toBe(decisionByTheBook(document, call));
      }),
      propertyRuns(10_000),
    );
  });

  test('does not depend on the order of rules', () => {
    fc.assert(
      fc.property(documents, calls, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (document, call, keys) => {
        const shuffled = document.rules
          .map((one, index) => ({ one, key: keys[index] ?? 0 }))
          .sort((a, b) => a.key - b.key);
        const other = decide({ ...document, rules: shuffled.map(({ one }) => one) }, call);
        expect({ ...other, rule: null, reasons: [] }).toEqual({ ...decide(document, call), rule: null, reasons: [] });
        expect(other.reasons.length > 0).toBe(other.decision !== 'allow');
      }),
      propertyRuns(1000),
    );
  });

  test('that denies is never lost by adding rules, under deny-overrides', () => {
    fc.assert(
      fc.property(rules, rules, calls, (some, more, call) => {
        const before = decide({ version: 1, rules: some }, call);
        fc.pre(before.decision === 'deny' && before.rule !== null);
        expect(decide({ version: 1, rules: named([...more, ...some]) }, call).decision).toBe('deny');
      }),
      propertyRuns(1000),
    );
  });

  test('is never made stricter by an exception on a rule that denies or asks, where another allows and none has constraints', () => {
    fc.assert(
      fc.property(
        rules,
        match,
        exception,
        calls,
        fc.constantFrom<'deny' | 'require_review'>('deny', 'require_review'),
        (some, speaking, excepted, call, action) => {
          const free = some.map(({ constraints: _constraints, ...body }) => body);
          const open: PolicyRule = { name: 'open', match: { syscall: call.syscall }, action: 'allow' };
          const withRule = (except: PolicyException[]): PolicyDocument => ({
            version: 1,
            rules: [open, ...free, { name: 'strict', match: speaking, except, action }],
          });
          const before = decide(withRule([]), call).decision;
          expect(STRICTNESS[decide(withRule([excepted]), call).decision]).toBeLessThanOrEqual(STRICTNESS[before]);
        },
      ),
      propertyRuns(1000),
    );
  });

  test('is the same for a document that was printed and read again', () => {
    fc.assert(
      fc.property(documents, calls, (document, call) => {
        const loaded = loadDocument(printDocument(document));
        if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
        expect(loaded.document.document).toEqual(document);
        const again = decideCall({ builtins: [], policy: loaded.document }, call);
        expect(again).toEqual({ ...decide(document, call), warnings: loaded.warnings.map(({ code }) => code) });
      }),
      propertyRuns(500),
    );
  });

  test('is the one that its explanation gives, and the rule that decided is among those considered', async () => {
    await fc.assert(
      fc.asyncProperty(documents, calls, async (document, call) => {
        const { considered, ...explained } = await explainCall({ builtins: [], policy: compilePolicy(document) }, call);
        expect(explained).toEqual(decide(document, call));
        const deciding = considered.find(
          ({ rule: name, verdict }) => name === explained.rule && verdict === explained.decision,
        );
        expect(explained.rule === null || deciding !== undefined).toBe(true);
      }),
      propertyRuns(1000),
    );
  });
});

/** In time of the processor, which other programs on the machine do not lengthen. */
function timedLoad(text: string): { loaded: LoadedDocument; ms: number } {
  const before = process.cpuUsage();
  const loaded = loadDocument(text);
  const { user, system } = process.cpuUsage(before);
  return { loaded, ms: (user + system) / 1000 };
}

describe('a hostile document', () => {
  test('is read or refused with a place, within 100 ms', () => {
    const fragments = fc.oneof(
      documents.map(printDocument),
      fc.constantFrom(
        'version: 1\n',
        'rules:\n',
        '  - ',
        'name: a\n',
        '&a ',
        '*a',
        '[',
        '{',
        '}',
        ']',
        '? ',
        '!!js',
        '"',
        '|\n',
        '---\n',
        '\t',
        'match: { syscall: x }',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(
        fc.array(fragments, { maxLength: 8 }).map((parts) => parts.join('')),
        (text) => {
          const { loaded, ms } = timedLoad(text);
          // Once more where the compiler or the garbage collector may have been what took the time.
          expect(ms < 100 || timedLoad(text).ms < 100).toBe(true);
          if (!loaded.ok) expect(loaded.errors.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
          expect(loaded.ok || loaded.errors.length > 0).toBe(true);
        },
      ),
      propertyRuns(400),
    );
  });

  test('of many keys, aliases or levels is refused in time', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `k${index}: 1\n`).join('');
    const bomb = [
      'a: &a0 [x]',
      ...Array.from({ length: 30 }, (_, index) => `b${index}: &a${index + 1} [*a${index}, *a${index}]`),
    ].join('\n');
    const started = performance.now();
    expect([keys, bomb, '['.repeat(20_000), 'a: {'.repeat(5_000)].map((text) => loadDocument(text).ok)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
