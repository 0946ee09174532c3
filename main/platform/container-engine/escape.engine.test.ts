import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId } from '../../../schema/entities.ts';
import { type TestEngine, openEngine, presentEngines } from './testing/engines.ts';
import type { Attempt } from './testing/escape/attempt.ts';
import { BatteryKernel, SECRET } from './testing/escape/battery-kernel.ts';
import { FILE_ATTEMPTS } from './testing/escape/file-attempts.ts';
import { KERNEL_ATTEMPTS } from './testing/escape/kernel-attempts.ts';
import { DIRECT_ATTEMPTS, LISTED_HOSTS, PROXY_ATTEMPTS, hostileNames } from './testing/escape/network-attempts.ts';

/** `npm run test:escape` makes every attempt; `npm test` those that differ from each other, as the system calls are tried one by one elsewhere too. */
const isWhole = process.env['CAVERN_ESCAPE'] === 'all';
const systemAttempts = KERNEL_ATTEMPTS.filter((_attempt, index) => isWhole || index % 4 === 0);
const directAttempts = isWhole ? DIRECT_ATTEMPTS : DIRECT_ATTEMPTS.slice(0, 3);

/** One sandbox takes many attempts: what one of them left behind is there for the next one, as it would be for an attacker. */
describe.each(presentEngines())('out of a sandbox on %s', (name) => {
  let opened: TestEngine;
  let kernel: BatteryKernel;
  let plain: SessionId;
  let restricted: SessionId;
  const tried: string[] = [];

  beforeAll(async () => {
    opened = await openEngine(name);
    const { socket } = opened;
    kernel = await BatteryKernel.open({ engineSocket: socket, hosts: LISTED_HOSTS, lookup: hostileNames() });
    plain = await kernel.start('workspace');
    restricted = await kernel.start('integration-test');
  });
  afterAll(async () => {
    await kernel?.[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });

  const isStopped = async (session: SessionId, { name: what, script, stopped, refusal }: Attempt): Promise<void> => {
    const mark = `attempt: ${what}`;
    const { stdout } = await kernel.run(session, `: ${JSON.stringify(mark)}\n${script}`);
    expect(stdout).toMatch(stopped);
    expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    tried.push(what);
    if (refusal === undefined) return;
    await expect
      .poll(async () => (await kernel.client.audit.log({ filters: { session, decision: 'deny' } })).records)
      .toContainEqual(expect.objectContaining({ type: 'network_request', reason: expect.stringMatching(refusal) }));
  };

  describe('by the system: an attempt that', () => {
    it.each(systemAttempts)('$name', (attempt) => isStopped(plain, attempt));
  });
  describe('by files: an attempt that', () => {
    it.each(FILE_ATTEMPTS)('$name', (attempt) => isStopped(plain, attempt));
  });
  describe('by the network, without one: an attempt that', () => {
    it.each(directAttempts)('$name', (attempt) => isStopped(plain, attempt));
  });
  describe('by the network, with one: an attempt that', () => {
    it.each([...directAttempts, ...PROXY_ATTEMPTS])('$name', (attempt) => isStopped(restricted, attempt));
  });

  it('leaves every attempt in the chain, decided and ended', async () => {
    const inputs = new Map<string, string>();
    const ended = new Set<string>();
    for (const session of [plain, restricted]) {
      for (let before: number | undefined; ; ) {
        const { records, next } = await kernel.client.audit.log({
          filters: { session },
          limit: 1_000,
          ...(before === undefined ? {} : { before }),
        });
        for (const { type, act = '', input = '' } of records) {
          if (type === 'call_decided') inputs.set(act, input);
          if (type === 'call_finished') ended.add(act);
        }
        if (next === null) break;
        before = next;
      }
    }
    const recorded = [...inputs].filter(([act]) => ended.has(act)).map(([, input]) => input);
    expect(tried.filter((what) => !recorded.some((input) => input.includes(`attempt: ${what}`)))).toEqual([]);
    expect(tried.length).toBeGreaterThan(isWhole ? 100 : 60);
  });

  it('nothing: the agents still answer, and their sandboxes are what they were', async () => {
    for (const session of [plain, restricted]) {
      const { stdout } = await kernel.run(session, 'echo "$(cat src/a.txt)"; id -u; grep NoNewPrivs /proc/self/status');
      expect(stdout).toBe('one\n1000\nNoNewPrivs:\t1\n'.replace('1000', String(process.getuid?.() || 1000)));
    }
  });
});
