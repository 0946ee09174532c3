import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { PolicyCall, PolicyDocument } from '../../../schema/policy.ts';
import { builtinRules } from './builtin-rules.ts';
import { decideCall } from './decide-call.ts';
import { loadDocument } from './document.ts';

/** Ten calls on each document. Ten batches in `npm run test:long` make a million of them. */
const CALLS = 10;
const isLong = process.env['CAVERN_LONG'] === '1';
const BATCHES = isLong ? 10 : 1;
const DOCUMENTS = isLong ? 10_000 : 500;
/** The longest that one document and its calls may take, in the processor's own time. */
const LIMIT_MS = 100;

const syscall = fc.oneof(
  fc.constantFrom('fs.read', 'fs.write', 'merge.apply', 'policy.update'),
  fc.string({ minLength: 1, maxLength: 12 }),
);
const anything = fc.string({ unit: 'binary', maxLength: 40 });
const segment = fc.oneof(
  fc.constantFrom('src', 'a.ts', '..', '.', '', '.cavern', 'policy.yaml', 'proc', '\u0000', '\ud800'),
  anything,
);
const path = fc.oneof(
  fc.array(segment, { maxLength: 6 }).map((segments) => segments.join('/')),
  fc.tuple(segment, fc.nat(3000)).map(([text, times]) => text.repeat(times).slice(0, 5000)),
);
const wild = fc.constantFrom(
  '**',
  '*',
  '?',
  'a',
  '/',
  '{a,b}',
  '[!a]',
  '+(a|b)',
  '!(a)',
  '@(',
  '[',
  '{',
  '}',
  '\\',
  '|',
  '^',
  '(?=',
  '{1..9}',
  '!',
);
const glob = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('**', 'src/**', '**/*.ts', '*', '.cavern/**', 'a.ts', 'src/{a,b}.ts') },
  { weight: 3, arbitrary: fc.array(wild, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: anything },
);
const list = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(of, { maxLength: 4 });
const tag = fc.constantFrom('operator', 'core_plugin', 'third_party');

const condition = fc.record(
  { path_glob: list(glob), caller_tag: list(tag), session_mode: list(fc.constantFrom('strict', 'explore')) },
  { requiredKeys: [] },
);
const rule = fc.record(
  {
    match: fc.tuple(fc.oneof(syscall, list(syscall)), condition).map(([name, rest]) => ({ syscall: name, ...rest })),
    except: fc.array(
      condition.filter((fields) => Object.keys(fields).length > 0),
      { maxLength: 2 },
    ),
    action: fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom('allow', 'deny', 'require_review', 'pass', 'flag') },
      { weight: 1, arbitrary: fc.constant('perhaps') },
    ),
    priority: fc.integer({ min: -3, max: 3 }),
    constraints: fc.record(
      { max_file_size: fc.constantFrom(1, 1, '1KiB', '1KiB', '1.5kB', '10MB', 1024, 1024, '1 KiB') },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['match', 'action'] },
);
const document = fc.record(
  {
    version: fc.oneof({ weight: 30, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) }),
    combining: fc.constantFrom('deny-overrides', 'priority'),
    tool_allowlist: fc.constantFrom(['fs.read'], ['fs.read', 'FS.WRITE'], ['fs.write'], ['']),
    rules: fc.array(rule, { maxLength: 8 }).map((rules) => rules.map((one, index) => ({ name: `r${index}`, ...one }))),
    redact: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom([], [{ name: 'a', pattern: 'A-[0-9]{6}' }], [{ name: 'b', pattern: 'B+c' }]),
      },
      {
        weight: 1,
        arbitrary: list(fc.record({ name: fc.constantFrom('a', '9'), pattern: fc.constantFrom('(a', '', '(?=x)') })),
      },
    ),
  },
  { requiredKeys: ['version', 'rules'] },
);
/** Mostly whole documents, some of them with a piece cut out or put in. */
const text = fc.oneof(
  { weight: 6, arbitrary: document.map((one) => stringify(one, { aliasDuplicateObjects: false })) },
  {
    weight: 2,
    arbitrary: fc.tuple(document, fc.nat(400), fc.nat(40), anything).map(([one, at, length, more]) => {
      const whole = stringify(one, { aliasDuplicateObjects: false });
      return whole.slice(0, at) + more + whole.slice(at + length);
    }),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
);
const call: fc.Arbitrary<PolicyCall> = fc.record(
  {
    syscall,
    path,
    resolvedPath: path,
    tool: fc.constantFrom('fs.read', 'fs.write'),
    size: fc.constantFrom(0, 1, 1024, Number.MAX_SAFE_INTEGER),
    caller: fc.record({ container_id: fc.constantFrom('', 'c1'), peer_pid: fc.nat(9), tags: list(tag) }),
    session: fc.record({ mode: fc.constantFrom('strict', 'explore'), state: fc.constant('idle') }),
    at: fc.nat(),
  },
  { requiredKeys: ['syscall', 'caller', 'session', 'at'] },
);

const builtins = builtinRules([{ thing: 'policy-files', path: '.cavern/policy.yaml', against: 'write' }]);
const ROOTS = ['/workspace'];

interface Tried {
  loaded: boolean;
  allowed: number;
}

/** Whether some rule that lets calls through names the syscall: without one nothing may be allowed. */
function anyRuleAllows({ rules }: PolicyDocument, name: string): boolean {
  return rules.some(
    ({ action, match }) => (action === 'allow' || action === 'flag') && [match.syscall].flat().includes(name),
  );
}

function tryAll(source: string, calls: readonly PolicyCall[]): Tried {
  const loaded = loadDocument(source);
  const policy = loaded.ok ? loaded.document : undefined;
  let allowed = 0;
  for (const one of calls) {
    const decision = decideCall({ builtins, policy }, one, { workspaceRoots: ROOTS });
    if (decision instanceof Promise) throw new TypeError('A decision without extensions is made at once');
    if (decision.decision !== 'allow') continue;
    allowed += 1;
    // The closed list is for the operator where no document is in force; no call here is the operator's own.
    if (policy === undefined ? decision.rule !== 'operator_closed_list' : !anyRuleAllows(policy.document, one.syscall))
      throw new Error(`It was allowed and no rule allows it: ${JSON.stringify(decision)}`);
  }
  return { loaded: loaded.ok, allowed };
}

/** In time of the processor, which other programs on the machine do not lengthen. */
function timed<T>(work: () => T): { result: T; ms: number } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, ms: (user + system) / 1000 };
}

test.each(Array.from({ length: BATCHES }, (_, index) => index + 1))(
  'random documents and calls: no crash, no hang, nothing allowed that no rule allows (batch %i)',
  (batch) => {
    const figures = { documents: 0, loaded: 0, calls: 0, allowed: 0, longestMs: 0 };
    fc.assert(
      fc.property(text, fc.array(call, { minLength: CALLS, maxLength: CALLS }), (source, calls) => {
        const { result, ms } = timed(() => tryAll(source, calls));
        // The compiler or the garbage collector may have been what took the time: then it does not take it again.
        let least = ms;
        for (let again = 0; again < 3 && least > LIMIT_MS / 4; again += 1)
          least = Math.min(least, timed(() => tryAll(source, calls)).ms);
        expect(least).toBeLessThan(LIMIT_MS);
        figures.documents += 1;
        figures.loaded += result.loaded ? 1 : 0;
        figures.calls += calls.length;
        figures.allowed += result.allowed;
        figures.longestMs = Math.max(figures.longestMs, least);
      }),
      { numRuns: DOCUMENTS },
    );
    if (isLong) console.info(`batch ${batch}: ${JSON.stringify(figures)}`);
    // A generator that makes nothing valid would prove nothing.
    expect(figures.loaded).toBeGreaterThan(DOCUMENTS / 100);
    expect(figures.allowed).toBeGreaterThan(0);
  },
);
