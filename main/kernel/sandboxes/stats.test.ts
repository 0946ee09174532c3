import { expect, it } from 'vitest';
import { VirtualClock } from '../../base/clock.ts';
import { followStats } from './stats.ts';

const profile = { cpus: 2, memoryBytes: 1000, pids: 64, diskBytes: 500 };

const unknown = (): undefined => undefined;

function following(answers: readonly unknown[], counts: () => Promise<number> = async () => 7, everyMs = 1_000) {
  const clock = new VirtualClock(1_000);
  const stopping = new AbortController();
  let asked = 0;
  const ask = async (): Promise<unknown> => answers[asked++];
  const network = () => (asked > 1 ? { sentBytes: 5, receivedBytes: 70, connections: 1 } : undefined);
  const stats = followStats({
    ask,
    network,
    usedBytes: counts,
    pulse: unknown,
    profile,
    everyMs,
    clock,
    signal: stopping.signal,
  });
  const next = async () => {
    const coming = stats.next();
    // The one before has set its timer by the time that this one is waited for.
    await Promise.resolve();
    clock.advance(everyMs);
    return (await coming).value;
  };
  return { next, stop: () => stopping.abort() };
}

it('what a sandbox uses is told once a second, the processors as an average since the last time', async () => {
  const { next } = following([
    { memoryBytes: 100, pids: 3, cpuMs: 500 },
    { memoryBytes: 110, pids: 4, cpuMs: 2_000 },
  ]);
  const limits = { cpuLimit: 2, memoryLimitBytes: 1000, pidsLimit: 64, diskBytes: 7, diskLimitBytes: 500 };
  const network = { sentBytes: 5, receivedBytes: 70, connections: 1 };
  expect(await next()).toMatchObject({ cpus: null, memoryBytes: 100, pids: 3, network: null, ...limits });
  expect(await next()).toMatchObject({ cpus: 1.5, memoryBytes: 110, pids: 4, network, ...limits });
});

it('an agent that says nothing of its processors, or cannot say, is shown without', async () => {
  const { next } = following([
    { memoryBytes: null, pids: null },
    { memoryBytes: null, pids: null },
  ]);
  await next();
  expect(await next()).toMatchObject({ cpus: null, memoryBytes: null, pids: null });
});

it('an answer that is none ends it', async () => {
  const { next } = following([{ memoryBytes: 'much' }]);
  await expect(next()).rejects.toMatchObject({ code: 'sandbox_failed' });
});

it('one that is asked for less often is measured less often', async () => {
  const clock = new VirtualClock(1_000);
  const stopping = new AbortController();
  let asked = 0;
  const ask = async (): Promise<unknown> => ({ memoryBytes: ++asked, pids: 1 });
  const usedBytes = async (): Promise<number> => 7;
  const network = (): undefined => undefined;
  const stats = followStats({
    ask,
    network,
    usedBytes,
    pulse: unknown,
    profile,
    everyMs: 5_000,
    clock,
    signal: stopping.signal,
  });
  await stats.next();
  const coming = stats.next();
  await Promise.resolve();
  clock.advance(4_999);
  const early = asked;
  clock.advance(1);
  expect([early, (await coming).value]).toEqual([1, expect.objectContaining({ memoryBytes: 2 })]);
  stopping.abort();
});

it('what a sandbox wrote is counted again only when something in it has run', async () => {
  const clock = new VirtualClock(1_000);
  const stopping = new AbortController();
  let counts = 0;
  let runs = 0;
  const usedBytes = async (): Promise<number> => ++counts;
  const [ask, pulse] = [() => ({ memoryBytes: 1, pids: 1 }), () => String(runs)];
  const { signal } = stopping;
  const stats = followStats({ ask, network: unknown, usedBytes, pulse, profile, everyMs: 1_000, clock, signal });
  const told: unknown[] = [];
  for (let second = 0; second < 4; second += 1) {
    const coming = stats.next();
    await Promise.resolve();
    clock.advance(1_000);
    const { value } = await coming;
    told.push(value?.diskBytes);
    if (second === 1) runs += 1;
  }
  expect(told).toEqual([1, 1, 2, 2]);
  stopping.abort();
});
