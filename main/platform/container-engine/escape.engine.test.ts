import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId } from '../../../schema/entities.ts';
import { type TestEngine, openEngine, presentEngines } from './testing/engines.ts';
import { ANSWERS, FIRST_FRAMES, openHostile, withAgent } from './testing/escape/agent-abuse.ts';
import type { Attempt } from './testing/escape/attempt.ts';
import { BatteryKernel, SECRET } from './testing/escape/battery-kernel.ts';
import { FILE_ATTEMPTS } from './testing/escape/file-attempts.ts';
import { KERNEL_ATTEMPTS } from './testing/escape/kernel-attempts.ts';
import { DISK_FILL, FORK_BOMB, LIMIT_ATTEMPTS, SMALL_LIMITS } from './testing/escape/limit-attempts.ts';
import { DIRECT_ATTEMPTS, LISTED_HOSTS, PROXY_ATTEMPTS, hostileNames } from './testing/escape/network-attempts.ts';
import { GIT_ELSEWHERE, GIT_TRAPS, lookAtChanges, race, SWAP } from './testing/escape/way-back-attempts.ts';

/** `npm run test:escape` makes every attempt; `npm test` those that differ from each other, as the system calls are tried one by one elsewhere too. */
const isWhole = process.env['CAVERN_ESCAPE'] === 'all';
/** All of them, or the first of every `step`. */
const some = <T>(attempts: readonly T[], step: number): readonly T[] =>
  attempts.filter((_attempt, index) => isWhole || index % step === 0);

/** One sandbox takes many attempts: what one of them left behind is there for the next one, as it would be for an attacker. */
describe.each(presentEngines())('out of a sandbox on %s', (name) => {
  let opened: TestEngine;
  let kernel: BatteryKernel;
  let plain: SessionId;
  let restricted: SessionId;

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
    const { stdout } = await kernel.attempt(session, what, script);
    expect(stdout).toMatch(stopped);
    expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    if (refusal === undefined) return;
    await expect
      .poll(async () => (await kernel.client.audit.log({ filters: { session, decision: 'deny' } })).records)
      .toContainEqual(expect.objectContaining({ type: 'network_request', reason: expect.stringMatching(refusal) }));
  };

  describe('by the system: an attempt that', () => {
    it.each(some(KERNEL_ATTEMPTS, 4))('$name', (attempt) => isStopped(plain, attempt));
  });
  describe('by files: an attempt that', () => {
    it.each(FILE_ATTEMPTS)('$name', (attempt) => isStopped(plain, attempt));
  });
  describe('by the network, without one: an attempt that', () => {
    it.each(some(DIRECT_ATTEMPTS, 3))('$name', (attempt) => isStopped(plain, attempt));
  });
  describe('by the network, with one: an attempt that', () => {
    it.each([...some(DIRECT_ATTEMPTS, 3), ...some(PROXY_ATTEMPTS, 2)])('$name', (attempt) =>
      isStopped(restricted, attempt),
    );
  });

  describe('at the kernel’s socket: an attempt that', () => {
    it('speaks to the kernel in the agent’s place', async () => {
      const script = `node -e 'const s = require("net").connect("/run/cavern/kernel.sock"); s.write("x"); s.on("data", () => console.log("answered")).on("close", () => console.log("closed")).on("error", () => {})'`;
      const { stdout } = await kernel.attempt(plain, 'speaks to the kernel in the agent’s place', script);
      expect(stdout).toBe('closed\n');
      await expect.poll(() => kernel.refusals()).toContain('it is not the agent of this sandbox');
    });
  });

  describe('by the way back: an attempt that', () => {
    it('swaps a folder for a link while its changes are read and merged', async () => {
      const seen = await race(
        kernel,
        plain,
        'race/d/secret.txt',
        kernel.attempt(plain, 'swaps a folder for a link', SWAP),
      );
      expect(seen).toContain('inside');
      expect(seen).not.toContain(SECRET);
      expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    });

    it('has the host run what a repository names', async () => {
      await kernel.attempt(plain, 'has the host run what a repository names', GIT_TRAPS);
      expect(await lookAtChanges(kernel, plain)).not.toContain(SECRET);
      expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    });

    it('says that the repository lies elsewhere', async () => {
      await kernel.attempt(plain, 'says that the repository lies elsewhere', GIT_ELSEWHERE);
      expect(await lookAtChanges(kernel, plain)).not.toContain(SECRET);
      expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    });

    it('replaces a folder by a link and merges into it', async () => {
      await kernel.attempt(plain, 'replaces a folder by a link', 'rm -rf src out; ln -s "$OUTSIDE" src');
      await lookAtChanges(kernel, plain);
      const through = 'rm src; mkdir src; echo overwritten > src/secret.txt; echo new > src/new.txt';
      await kernel.attempt(plain, 'merges through the link', through);
      await lookAtChanges(kernel, plain);
      expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    });

    it('removes hidden secrets with their folder, or puts others in their place', async () => {
      const script = 'rm -rf conf; echo TOKEN=evil > .env; mkdir conf; echo TOKEN=evil > conf/.env.local';
      await kernel.attempt(plain, 'removes hidden secrets', script);
      await lookAtChanges(kernel, plain);
      const left = ['.env', 'conf/.env.local'].map((path) => readFileSync(join(kernel.workspace, path), 'utf8'));
      expect(left).toEqual(['TOKEN=hidden-token\n', 'TOKEN=hidden-token\n']);
    });
  });

  it('leaves every attempt in the chain, with its decision and its end', async () => {
    expect(kernel.records.count).toBeGreaterThan(isWhole ? 140 : 70);
    await expect.poll(() => kernel.records.missing()).toEqual([]);
  });

  it('nothing: the agents still answer, and their sandboxes are what they were', async () => {
    for (const session of [plain, restricted]) {
      const { stdout } = await kernel.run(session, 'id -u; grep NoNewPrivs /proc/self/status');
      expect(stdout).toBe(`${process.getuid?.() || 1000}
NoNewPrivs:	1
`);
    }
  });

  describe('past its limits: an attempt that', () => {
    let small: BatteryKernel;
    let session: SessionId;
    beforeAll(async () => {
      small = await BatteryKernel.open({ engineSocket: opened.socket, limits: SMALL_LIMITS });
      session = await small.start('workspace');
    });
    afterAll(async () => {
      await small?.[Symbol.asyncDispose]();
    });

    it.each(some(LIMIT_ATTEMPTS, 3))('$name', async ({ name: what, script, stopped }) => {
      expect((await small.attempt(session, what, script)).stdout).toMatch(stopped);
      expect((await small.run(session, 'echo alive')).stdout).toBe('alive\n');
    });

    if (isWhole) {
      it('is a fork bomb', async () => {
        await small.attempt(session, 'is a fork bomb', FORK_BOMB, { timeoutMs: 2_000 });
        await expect
          .poll(() => small.run(session, 'echo alive', { timeoutMs: 2_000 }).then(({ stdout }) => stdout), {
            timeout: 60_000,
          })
          .toBe('alive\n');
      });

      it('fills the disk', async () => {
        await small.attempt(session, 'fills the disk', DISK_FILL).catch(() => undefined);
        const failure = async () => (await small.client.session.get({ session })).session.failure?.code;
        await expect.poll(failure, { timeout: 60_000 }).toBe('disk_full');
        const recorded = async () =>
          (await small.client.audit.log({ filters: { session, types: ['sandbox_failed'] } })).records[0]?.reason ?? '';
        await expect.poll(recorded).toMatch(/^disk_full: /);
      });
    }

    it('leaves every attempt in the chain, with its decision and its end', async () => {
      expect(small.records.count).toBeGreaterThan(2);
      await expect.poll(() => small.records.missing()).toEqual([]);
    });
  });

  describe('by an agent in other hands: an attempt that', () => {
    let hostile: BatteryKernel;
    beforeAll(async () => {
      hostile = await openHostile(opened.socket);
    });
    afterAll(async () => {
      await hostile?.[Symbol.asyncDispose]();
    });

    it.each(some(FIRST_FRAMES, 5))('sends %s', async (_what, mode, refusal) => {
      expect(await withAgent(hostile, mode)).toBe('exit 0');
      await expect.poll(() => hostile.refusals()).toContainEqual(expect.stringMatching(refusal));
    });

    it.each(some(ANSWERS, 2))('answers with %s', async (_what, mode, told) => {
      expect(await withAgent(hostile, mode)).toMatch(told);
    });

    it('answers with more than its window allows', async () => {
      // Nobody reads on before it is refused: what is read as fast as it comes is not more than that.
      const refused = () =>
        expect.poll(() => hostile.refusals()).toContainEqual(expect.stringMatching(/more events than its window/));
      expect(await withAgent(hostile, 'flood', refused)).toMatch(/disconnected|connection to its agent has ended/);
    });

    it('calls what only the operator may', async () => {
      expect(await withAgent(hostile, 'caller')).toBe('exit 0');
      const { records } = await hostile.client.audit.log({ filters: { types: ['merge_intended', 'policy_intended'] } });
      expect(records).toEqual([]);
      await expect.poll(() => hostile.refusals()).toContain('it called what only the operator may');
    });

    it('leaves every attempt in the chain, with its decision and its end', async () => {
      expect(hostile.records.count).toBeGreaterThan(4);
      await expect.poll(() => hostile.records.missing()).toEqual([]);
    });
  });
});
