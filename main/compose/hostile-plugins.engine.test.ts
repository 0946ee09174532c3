import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionId } from '../../schema/entities.ts';
import { writeHostilePlugin } from './testing/hostile-plugin.ts';
import { KernelWithPlugins, type ToolOutcome } from './testing/kernel-with-plugins.ts';

let kernel: KernelWithPlugins;
/** Where the hostile plugin works, and where somebody else does. */
let here: SessionId;
let elsewhere: SessionId;

/** What was cancelled and not answered ends its process, and with it what else it does: so some things are done by processes of their own. */
const PLUGINS = ['hostile', 'flooder', 'hoarder'] as const;
const does =
  (plugin: (typeof PLUGINS)[number]) =>
  (name: string, more: object = {}, signal?: AbortSignal): Promise<ToolOutcome> =>
    kernel.call(here, `${plugin}.go`, { act: name, ...more }, signal);
const act = does('hostile');

/** Another plugin of the same session and one of another answer as before. */
async function othersAnswer(): Promise<void> {
  const input = { path: 'a.txt' };
  const both = [here, elsewhere].map((session) => kernel.call(session, 'fs.stat', input));
  expect(await Promise.all(both)).toMatchObject([{ result: { type: 'file' } }, { result: { type: 'file' } }]);
}

beforeAll(async () => {
  kernel = await KernelWithPlugins.open(
    async () => undefined,
    [...PLUGINS.map((id) => `${id}.go`), 'hostile.short', 'hostile.greedy'],
    async (packages) => {
      // Of the small one: memory and processes are used up sooner.
      for (const id of PLUGINS) await writeHostilePlugin(packages, id, 'integration-test');
    },
  );
  [here, elsewhere] = [await kernel.session('here'), await kernel.session('elsewhere')];
});
afterAll(() => kernel[Symbol.asyncDispose]());

describe('a hostile plugin', () => {
  it('finds nothing of a neighbour’s in a sandbox of its own: no process, no file in memory, no code, and ends none', async () => {
    const neighbour = await does('flooder')('mark');
    expect(neighbour).toMatchObject({ result: { pid: expect.any(Number) as number } });
    const nothing = { processes: ['/opt/cavern/agent/agent.cjs'], marks: [], killed: [], core: 0, secrets: [] };
    expect(await act('neighbours')).toEqual({ result: { fine: true, ...nothing, installed: 1 } });
    expect(await does('flooder')('mark')).toEqual(neighbour);
    const started = async () =>
      (await kernel.records({ types: ['sandbox_started'] })).map(({ session, data }) => [session, data?.['plugin']]);
    await expect.poll(started, { timeout: 30_000 }).toEqual([
      [here, 'hostile'],
      [here, 'flooder'],
      [elsewhere, undefined],
      [here, undefined],
    ]);
    await othersAnswer();
  });

  it('says that it is another one, and stays who it is', async () => {
    const { result } = await act('lies');
    // What it adds to its question is no part of a question: it is taken as the plugin that it is, or not at all.
    expect(result).toMatchObject({ codes: ['answered', 'answered', 'answered', 'answered'] });
    const types = ['call_decided' as const];
    await expect.poll(() => kernel.records({ types, actor: 'plugin:hostile' }), { timeout: 30_000 }).toHaveLength(4);
    expect(await kernel.records({ types, actor: 'plugin:fs' })).toEqual([]);
    await othersAnswer();
  });

  it('asks beyond its manifest, and is refused with a record of each', async () => {
    const before = (await kernel.records({ types: ['call_decided'], actor: 'plugin:hostile' })).length;
    const refused = Array.from({ length: 4 }, () => 'not_granted');
    expect(await act('beyond')).toEqual({ result: { fine: true, codes: [...refused, 'invalid_input'] } });
    const recorded = async () => (await kernel.records({ types: ['call_decided'], actor: 'plugin:hostile' })).length;
    await expect.poll(recorded, { timeout: 30_000 }).toBe(before + 4);
    await othersAnswer();
  });

  it('asks for thousands of calls at once, and gets no more than it may have under way', async () => {
    const { result } = await act('calls', { count: 2000 });
    const { tally } = result as { tally: { answered: number; limit_reached: number } }; // the plugin is ours
    expect(tally.answered + tally.limit_reached).toBe(2000);
    expect(tally.limit_reached).toBeGreaterThan(0);
    await othersAnswer();
  });

  it('answers twice, and under numbers that are not its own: the first answer is the answer', async () => {
    expect(await act('twice')).toEqual({ result: { fine: true, turn: 1 } });
    expect(await act('honest')).toEqual({ result: { fine: true } });
    await othersAnswer();
  });

  it('answers after the cancel, and nobody takes it for the answer of the next call', async () => {
    const abort = new AbortController();
    const late = act('late', {}, abort.signal);
    // The call before has come back, so this one is there.
    expect(await act('honest')).toEqual({ result: { fine: true } });
    abort.abort();
    expect(await late).toEqual({ code: 'cancelled' });
    expect(await act('honest')).toEqual({ result: { fine: true } });
    await othersAnswer();
  });

  it('never answers: its time runs out, it is ended, and begins anew', async () => {
    expect(await kernel.call(here, 'hostile.short', { act: 'silent' })).toEqual({ code: 'tool_timeout' });
    expect(await kernel.call(here, 'hostile.short', { act: 'spin' })).toEqual({ code: 'tool_timeout' });
    // A spinning process takes no cancel and is killed.
    await expect.poll(() => act('honest'), { timeout: 60_000 }).toEqual({ result: { fine: true } });
    await othersAnswer();
  });

  it('answers what takes for ever to hold against its own schema: nobody waits for it, and its time runs out', async () => {
    const over = new AbortController();
    const greedy = kernel.call(here, 'hostile.greedy', { act: 'greedy' }).finally(() => over.abort());
    let answered = 0;
    while (!over.signal.aborted) {
      await othersAnswer();
      answered += 1;
    }
    expect(await greedy).toMatchObject({ code: 'schema_too_costly' });
    expect(answered).toBeGreaterThan(20);
  });

  it('sends what are no frames, and is ended for it', async () => {
    for (const name of ['garbage', 'giant']) {
      expect(await does('hoarder')(name)).toMatchObject({ code: 'tool_failed', own: 'plugin_failed' });
      expect(await does('hoarder')('honest')).toEqual({ result: { fine: true } });
    }
    await othersAnswer();
  });

  it('answers more than a result may have, and says what is more on its way on than it was: nobody is told either', async () => {
    expect(await act('tooMuch')).toMatchObject({ code: 'tool_failed', own: 'output_limit' });
    expect(await act('swelling')).toMatchObject({ code: 'tool_failed', own: 'plugin_failed' });
    expect(await act('honest')).toEqual({ result: { fine: true } });
    await othersAnswer();
  });

  it.each(['output', 'log'])('floods its %s: it waits for its reader, and others do not wait for it', async (name) => {
    const abort = new AbortController();
    const flooding = does('flooder')(name, {}, abort.signal);
    for (let round = 0; round < 10; round += 1) await othersAnswer();
    abort.abort();
    expect(await flooding).toEqual({ code: 'cancelled' });
    await expect.poll(() => does('flooder')('honest'), { timeout: 60_000 }).toEqual({ result: { fine: true } });
  });

  it('tries every socket there is, and nobody answers', async () => {
    expect(await act('sockets')).toEqual({
      result: { fine: true, own: true, opened: [], heard: [], folder: ['kernel.sock'] },
    });
    const refused = async () =>
      (await kernel.records({ types: ['call_decided'], actor: 'kernel' })).map(({ reason }) => reason);
    await expect.poll(refused, { timeout: 30_000 }).toContain('it is not the agent of this sandbox');
    await othersAnswer();
  });

  it('takes all memory: it is ended, and the session is not; with its third end it is disabled and its sandbox gone', async () => {
    expect(await does('hoarder')('memory')).toMatchObject({ code: 'tool_failed', own: 'plugin_failed' });
    const ended = async () =>
      (await kernel.records({ types: ['call_finished'], tool: 'hoarder.go' })).map(({ reason }) => reason);
    await expect.poll(ended, { timeout: 30_000 }).toContainEqual(expect.stringContaining('it exited with SIGKILL'));
    await othersAnswer();
    const state = async () => (await kernel.client.plugin.list({})).plugins.find(({ id }) => id === 'hoarder')?.reason;
    await expect.poll(state, { timeout: 30_000 }).toBe('it crashed three times within five minutes');
    const gone = async () =>
      (await kernel.records({ types: ['sandbox_destroyed'] })).map(({ data }) => data?.['plugin']);
    await expect.poll(gone, { timeout: 30_000 }).toContain('hoarder');
  });

  it('starts processes until it may start no more, none of which is left when the session ends', async () => {
    const { result } = await act('spawn');
    expect(result).toMatchObject({ fine: true, failed: 20 });
    await othersAnswer();
    await kernel.client.session.stop({ session: here });
    await kernel.client.session.resume({ session: here });
    await othersAnswer();
  });
});
