import { expect, it } from 'vitest';
import type { SandboxId } from '../../../schema/entities.ts';
import { VirtualClock } from '../../base/clock.ts';
import { RefusalReport } from './refusal-report.ts';

function reporting(): { clock: VirtualClock; reported: string[]; report: RefusalReport } {
  const clock = new VirtualClock();
  const reported: string[] = [];
  const sandbox = 'box' as SandboxId; // A brand has no other maker in tests.
  const report = new RefusalReport(sandbox, clock, ({ reason, peer, times }) =>
    reported.push(`${reason} ${peer.pid} ${times}`),
  );
  return { clock, reported, report };
}

it('reports a reason at once and its repetitions together, so that a sandbox cannot fill the log', () => {
  const { clock, reported, report } = reporting();
  const refuse = (reason: string, pid: number): void => report.add(reason, { pid, uid: 0, gid: 0 });
  for (let pid = 1; pid <= 1000; pid += 1) refuse('a', pid);
  refuse('b', 1);
  clock.advance(10_000);
  refuse('a', 2000);
  clock.advance(20_000);
  refuse('a', 3000);
  expect(reported).toEqual(['a 1 1', 'b 1 1', 'a 1000 999', 'a 2000 1', 'a 3000 1']);
});

it('reports at its end what was counted until then, and nothing after it', () => {
  const { clock, reported, report } = reporting();
  for (const reason of ['a', 'a', 'a', 'b']) report.add(reason, { pid: 1, uid: 0, gid: 0 });
  report[Symbol.dispose]();
  expect(reported).toEqual(['a 1 1', 'b 1 1', 'a 1 2']);
  report.add('a', { pid: 1, uid: 0, gid: 0 });
  clock.advance(60_000);
  expect(reported).toHaveLength(3);
});
