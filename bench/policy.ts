import { parse } from 'yaml';
import type { Decision } from '../schema/policy.ts';
import { builtinRules } from '../main/kernel/policy/builtin-rules.ts';
import { loadDocument, printDocument } from '../main/kernel/policy/document.ts';
import { PolicyEngine } from '../main/kernel/policy/policy-engine.ts';
import { createRedactor } from '../main/kernel/policy/redactor.ts';
import { type Metric, type Metrics, timeMetric } from './metric.ts';
import { casbinPeer, cedarPeer, type Peer } from './policy-peers.ts';
import { type BenchRule, benchCall, benchDocument, benchRequests, benchRules, seededRandom } from './policy-rules.ts';

const REQUESTS = 1000;
const WARM_UP_ROUNDS = 20;
const BLOCKS = 8;
const ROUNDS_PER_BLOCK = 8;
const PEER_ROUNDS = 2;
const ROOTS: readonly string[] = ['/workspace', '/home/operator/project'];

function engineFor(rules: readonly BenchRule[]): PolicyEngine {
  const loaded = loadDocument(printDocument(benchDocument(rules)));
  if (!loaded.ok)
    throw new Error(`Cannot load the rules of the bench: ${loaded.errors[0]?.message ?? 'unknown error'}`);
  const builtins = builtinRules([
    { thing: 'policy-files', path: '.cavern/policy.yaml', against: 'write' },
    { thing: 'program-files', path: '/opt/cavern', against: 'write' },
    { thing: 'audit-log', path: '/home/operator/.local/share/cavern/audit.db', against: 'all' },
    { thing: 'session-database', path: '/home/operator/.local/share/cavern/sessions.db', against: 'all' },
    { thing: 'engine-socket', path: '/var/run/docker.sock', against: 'all' },
  ]);
  let ids = 0;
  return new PolicyEngine({ builtins, document: loaded.document, newTokenId: () => `token-${++ids}` });
}

/** Microseconds of each run of a piece of work, timed one by one. */
function timeEach(work: readonly (() => unknown)[], into: number[]): void {
  for (const run of work) {
    const startedMs = performance.now();
    run();
    into.push((performance.now() - startedMs) * 1000);
  }
}

/** Ours, call by call: the rules are asked, or a token, one for each syscall, that covers the call. */
function decisionsOf(rules: readonly BenchRule[], via: 'rules' | 'token'): (() => unknown)[] {
  const engine = engineFor(rules);
  const calls = benchRequests(rules, REQUESTS).map(benchCall);
  if (via === 'rules') return calls.map((call) => () => engine.decide(call, { workspaceRoots: ROOTS }));
  const grant = { containerId: 'c1', peerPid: 41, pathGlobs: ['packages/**'], maxOps: Number.MAX_SAFE_INTEGER };
  const syscalls = new Set(calls.map(({ syscall }) => syscall));
  const ids = new Map([...syscalls].map((syscall) => [syscall, engine.issueToken({ ...grant, syscall }, 1000).id]));
  let nonce = 0;
  return calls.map((call) => {
    const id = ids.get(call.syscall) ?? '';
    return () => engine.decide(call, { workspaceRoots: ROOTS, token: { id, nonce: ++nonce } });
  });
}

/** Ten decisions at a time: the timer takes as long as one of them. */
function timeTens(work: readonly (() => unknown)[], into: number[]): void {
  for (let from = 0; from < work.length; from += 10) {
    const startedMs = performance.now();
    for (let index = from; index < from + 10; index++) work[index]?.();
    into.push((performance.now() - startedMs) * 100);
  }
}

/**
 * All kinds in turn, block by block, so that what else the machine does falls on all of them alike. A block is long enough
 * for the caches to hold what one engine needs, as they do where one kernel decides.
 */
function measureDecisions(kinds: Readonly<Record<string, readonly (() => unknown)[]>>): Metrics {
  const samples = Object.entries(kinds).map(([key, work]) => ({ key, work, timesUs: [] as number[] })); // it is filled below
  for (let round = 0; round < WARM_UP_ROUNDS; round++) for (const { work } of samples) timeTens(work, []);
  for (let block = 0; block < BLOCKS; block++) {
    for (const { work, timesUs } of samples) {
      for (let round = 0; round < ROUNDS_PER_BLOCK; round++) timeTens(work, timesUs);
    }
  }
  return Object.fromEntries(samples.map(({ key, timesUs }) => [key, timeMetric(timesUs, 'µs')]));
}

/** A peer's time, after it was made sure that it decides each call as we do: the same rules, or the comparison is worth nothing. */
function measurePeer(peer: Peer, rules: readonly BenchRule[]): Metric {
  const engine = engineFor(rules);
  const requests = benchRequests(rules, REQUESTS);
  for (const request of requests) {
    // Without an extension layer a decision comes at once.
    const { decision } = engine.decide(benchCall(request)) as Decision;
    if (peer(request) !== decision) throw new Error(`The engines disagree about ${JSON.stringify(request)}`);
  }
  const timesUs: number[] = [];
  const work = requests.map((request) => () => peer(request));
  for (let round = 0; round < PEER_ROUNDS; round++) timeEach(work, timesUs);
  return timeMetric(timesUs, 'µs');
}

function measureLoad(): Metric {
  const text = printDocument(benchDocument(benchRules(10_000, 'spread')));
  const loads: number[] = [];
  const parses: number[] = [];
  for (let round = 0; round < 5; round++) {
    timeEach([() => parse(text)], parses);
    timeEach([() => loadDocument(text)], loads);
  }
  const inMs = (samples: readonly number[]): number[] => samples.map((us) => us / 1000);
  return timeMetric(inMs(loads), 'ms', inMs(parses));
}

const LOG_WORDS = [
  'session',
  'started',
  'sandbox_ready',
  'GET',
  '/api/v1/tools',
  'src/main/kernel.ts:42',
  'pre-built',
  '200',
  '2024-05-01',
  'ok;',
];

/** A mebibyte of log without a secret. */
function cleanText(): Uint8Array {
  const random = seededRandom(1);
  let text = '';
  while (text.length < 1024 * 1024)
    text += `${LOG_WORDS[Math.floor(random() * LOG_WORDS.length)] ?? ''}${random() < 0.1 ? '\n' : ' '}`;
  return new TextEncoder().encode(text);
}

/** Redaction of clean text beside the UTF-8 decode of the same bytes. */
function measureRedaction(): Metric {
  const bytes = cleanText();
  const redactor = createRedactor();
  const decodes: number[] = [];
  const redactions: number[] = [];
  for (let round = 0; round < 100; round++) {
    let text = '';
    timeEach([() => (text = new TextDecoder().decode(bytes))], decodes);
    timeEach([() => redactor.redact(text)], redactions);
  }
  return timeMetric(redactions, 'µs', decodes);
}

/**
 * The decision's path at four sizes of document, the token's path, and two other engines with the same 100 rules, spread
 * over 20 syscalls and packed on one.
 */
export async function policyBench(): Promise<Metrics> {
  const spread = benchRules(100, 'spread');
  const packed = benchRules(100, 'packed');
  const decisions = measureDecisions({
    decide_10: decisionsOf(benchRules(10, 'spread'), 'rules'),
    decide_100: decisionsOf(spread, 'rules'),
    decide_1000: decisionsOf(benchRules(1000, 'spread'), 'rules'),
    decide_10000: decisionsOf(benchRules(10_000, 'spread'), 'rules'),
    decide_100_packed: decisionsOf(packed, 'rules'),
    token: decisionsOf(spread, 'token'),
  });
  const peers = {
    cedar_100: measurePeer(cedarPeer('spread', spread), spread),
    cedar_100_packed: measurePeer(cedarPeer('packed', packed), packed),
    casbin_100: measurePeer(await casbinPeer(spread), spread),
    casbin_100_packed: measurePeer(await casbinPeer(packed), packed),
  };
  const beside = (key: string, cedar: Metric, casbin: Metric): Metrics => {
    const metric = decisions[key];
    return metric === undefined ? {} : { [key]: { ...metric, peers: { cedar: cedar.p50, casbin: casbin.p50 } } };
  };
  return {
    ...decisions,
    ...beside('decide_100', peers.cedar_100, peers.casbin_100),
    ...beside('decide_100_packed', peers.cedar_100_packed, peers.casbin_100_packed),
    ...peers,
    load_10000: measureLoad(),
    redact_clean_1mib: measureRedaction(),
  };
}
