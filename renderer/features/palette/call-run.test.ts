import { describe, expect, it } from 'vitest';
import type { CallDescription } from '../../../schema/contract/call-descriptions.ts';
import { Fault } from '../../../schema/fault.ts';
import { CallRun } from './call-run.ts';

const call: CallDescription = {
  name: 'session.stop',
  kind: 'call',
  about: 'Stop a session',
  effect: 'write',
  irreversible: false,
  input: { type: 'object', properties: {} },
  conceals: [],
};

describe('a call made by hand', () => {
  it('shows its answer', async () => {
    const run = new CallRun(async (name, input) => ({ name, input }));
    await run.start(call, { session: 's1' });
    expect(run.store.getState()).toMatchObject({
      state: 'done',
      result: { name: 'session.stop', input: { session: 's1' } },
    });
  });

  it('shows the events of a stream, and all of them when it has ended', async () => {
    const run = new CallRun(async function* () {
      yield 1;
      yield 2;
    });
    await run.start(call, {});
    expect(run.store.getState()).toMatchObject({ state: 'done', result: [1, 2] });
  });

  it('says why it failed and what to do', async () => {
    const run = new CallRun(() => Promise.reject(new Fault('denied', 'Cannot stop', { why: 'a rule', fix: 'ask' })));
    await run.start(call, {});
    expect(run.store.getState()).toMatchObject({ state: 'failed', failure: { why: 'a rule', fix: 'ask' } });
  });

  it('says that a person is asked while it waits', async () => {
    const asked: (string | undefined)[] = [];
    const run = new CallRun(async (_name, _input, { onReview }) => {
      onReview?.({ approval: 'a' as never, syscall: 'x', summary: 'Stop it', reasons: [], expiresAt: 0 }); // A brand.
      asked.push(run.store.getState().question);
      return {};
    });
    await run.start(call, {});
    expect(asked).toEqual(['Stop it']);
    expect(run.store.getState().question).toBeUndefined();
  });

  it('goes back to its input when it is stopped', async () => {
    const run = new CallRun(
      (_name, _input, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Fault('cancelled', 'stopped')));
        }),
    );
    const ended = run.start(call, {});
    run.stop();
    await ended;
    expect(run.store.getState().state).toBe('input');
  });
});
