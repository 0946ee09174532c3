import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Doctor } from '../../../schema/contract/app.ts';
import { DoctorStore } from './doctor-store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const policyOf = (ok: boolean) => ({ name: 'policy', ok, message: '', fix: null });

/** A machine whose report the test changes; `asked` counts. */
function machine(report: { engine: boolean; policy: boolean }) {
  let asked = 0;
  const doctor = async (): Promise<Pick<Doctor, 'ok' | 'image' | 'checks'>> => {
    asked += 1;
    const image = { ready: report.engine, name: 'image' };
    return { ok: report.engine && report.policy, image, checks: [policyOf(report.policy)] };
  };
  // Only what the store looks at is there.
  const store = new DoctorStore({ app: { doctor } } as never);
  return { store, report, asked: () => asked };
}

test('an engine that comes is found without being asked for, and is then left alone', async () => {
  const { store, report, asked } = machine({ engine: false, policy: true });
  const window = new AbortController();
  await store.check();
  store.watch(window.signal);
  await vi.advanceTimersByTimeAsync(3000);
  expect([asked(), store.store.getState().doctor?.ok]).toEqual([2, false]);
  report.engine = true;
  await vi.advanceTimersByTimeAsync(3000);
  expect(store.store.getState().doctor?.ok).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(3);
  window.abort();
  expect(vi.getTimerCount()).toBe(0);
});

test('a change of the policy is looked at where the policy was what failed', async () => {
  const { store, report, asked } = machine({ engine: true, policy: false });
  await store.check();
  report.policy = true;
  await store.policyChanged();
  await store.policyChanged();
  expect([asked(), store.store.getState().doctor?.ok]).toEqual([2, true]);
});
