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
      expect((await kernel.run(plain, script)).stdout).toBe('closed\n');
      await expect.poll(() => kernel.refusals()).toContain('it is not the agent of this sandbox');
    });
  });

  describe('by the way back: an attempt that', () => {
    it('swaps a folder for a link while its changes are read and merged', async () => {
      const seen = await race(kernel, plain, 'race/d/secret.txt', kernel.run(plain, SWAP));
      expect(seen).toContain('inside');
      expect(seen).not.toContain(SECRET);
      expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    });

    it('has the host run what a repository names', async () => {
      await kernel.run(plain, GIT_TRAPS);
      expect(await lookAtChanges(kernel, plain)).not.toContain(SECRET);
      expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    });

    it('says that the repository lies elsewhere', async () => {
      await kernel.run(plain, GIT_ELSEWHERE);
      expect(await lookAtChanges(kernel, plain)).not.toContain(SECRET);
      expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    });

    it('replaces a folder by a link and merges into it', async () => {
      await kernel.run(plain, 'rm -rf src out; ln -s "$OUTSIDE" src');
      await lookAtChanges(kernel, plain);
      await kernel.run(plain, 'rm src; mkdir src; echo overwritten > src/secret.txt; echo new > src/new.txt');
      await lookAtChanges(kernel, plain);
      expect(await kernel.beside()).toEqual({ 'secret.txt': SECRET });
    });

    it('removes hidden secrets with their folder, or puts others in their place', async () => {
      await kernel.run(plain, 'rm -rf conf; echo TOKEN=evil > .env; mkdir conf; echo TOKEN=evil > conf/.env.local');
      await lookAtChanges(kernel, plain);
      const left = ['.env', 'conf/.env.local'].map((path) => readFileSync(join(kernel.workspace, path), 'utf8'));
      expect(left).toEqual(['TOKEN=hidden-token\n', 'TOKEN=hidden-token\n']);
    });
  });

  it('leaves every attempt in the chain, decided and ended', async () => {
    expect(tried.length).toBeGreaterThan(isWhole ? 100 : 50);
    const unrecorded = async (): Promise<readonly string[]> => {
      const recorded = [...(await kernel.endedActs(plain)), ...(await kernel.endedActs(restricted))];
      return tried.filter((what) => !recorded.some((input) => input.includes(`attempt: ${what}`)));
    };
    await expect.poll(unrecorded).toEqual([]);
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

    it.each(some(LIMIT_ATTEMPTS, 3))('$name', async ({ script, stopped }) => {
      expect((await small.run(session, script)).stdout).toMatch(stopped);
      expect((await small.run(session, 'echo alive')).stdout).toBe('alive\n');
    });

    if (isWhole) {
      it('is a fork bomb', async () => {
        await small.run(session, FORK_BOMB, 2_000);
        await expect
          .poll(() => small.run(session, 'echo alive', 2_000).then(({ stdout }) => stdout), { timeout: 60_000 })
          .toBe('alive\n');
      });

      it('fills the disk', async () => {
        await small.run(session, DISK_FILL).catch(() => undefined);
        const failure = async () => (await small.client.session.get({ session })).session.failure?.code;
        await expect.poll(failure, { timeout: 60_000 }).toBe('disk_full');
        const recorded = async () =>
          (await small.client.audit.log({ filters: { session, types: ['sandbox_failed'] } })).records[0]?.reason ?? '';
        await expect.poll(recorded).toMatch(/^disk_full: /);
      });
    }
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

    it.each(some(ANSWERS, 3))('answers with %s', async (_what, mode, told) => {
      expect(await withAgent(hostile, mode)).toMatch(told);
    });

    it('calls what only the operator may', async () => {
      expect(await withAgent(hostile, 'caller')).toBe('exit 0');
      const { records } = await hostile.client.audit.log({ filters: { types: ['merge_intended', 'policy_intended'] } });
      expect(records).toEqual([]);
    });
  });
});
