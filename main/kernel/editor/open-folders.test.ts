import { beforeEach, expect, it } from 'vitest';
import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import type { SessionLayer } from '../sandboxes/session-layer.ts';
import { settle } from '../sandboxes/testing/sandbox-fixture.ts';
import { OpenFolders } from './open-folders.ts';

const session = 's1' as SessionId; // Test data.
const { signal } = new AbortController();
const layer: SessionLayer = {
  session,
  workspace: '/w',
  upper: '/u',
  mask: '/m',
  maskedPaths: [],
  startedAtMs: 0,
  strategy: 'overlay',
};

let clock: VirtualClock;
let copied: string[];
let opened: string[];
let running: boolean;
let failure: Error | undefined;
let folders: OpenFolders;
beforeEach(() => {
  clock = new VirtualClock();
  [copied, opened, running, failure] = [[], [], true, undefined];
  folders = new OpenFolders({
    copies: {
      copy: () => expect.fail('no file was asked for'),
      copyFolder: async (_layer, path) => {
        if (failure) throw failure;
        copied.push(path);
        return { folder: `/views/${path}`, files: 1, leftOut: 0 };
      },
      forget: async () => undefined,
    },
    editor: { open: async (file) => void opened.push(file) },
    layerOf: () => layer,
    isRunning: () => running,
    clock,
    logger: silentLogger,
  });
});

async function pass(): Promise<void> {
  clock.advance(60_000);
  await settle();
}

it('is opened once and brought up to date while its sandbox runs, and once more after that', async () => {
  expect(await folders.open({ session, signal })).toEqual({ folder: '/views/', files: 1, leftOut: 0 });
  await folders.open({ session, signal });
  await pass();
  await pass();
  expect([opened, copied]).toEqual([
    ['/views/', '/views/'],
    ['', '', '', ''],
  ]);
  running = false;
  await pass();
  await pass();
  expect([copied.length, clock.waiting]).toEqual([5, 0]);
});

it('of a session that does not run stays as it is', async () => {
  running = false;
  await folders.open({ session, path: 'src', signal });
  await pass();
  expect([copied, clock.waiting]).toEqual([['src'], 0]);
});

it('goes on after a copy that failed: the session was at work', async () => {
  await folders.open({ session, signal });
  failure = new Fault('too_large', 'Cannot open');
  await pass();
  failure = undefined;
  await pass();
  expect(copied).toHaveLength(2);
});

it('is followed for eight folders at a time, the last ones', async () => {
  for (let number = 0; number < 10; number++) await folders.open({ session, path: `f${number}`, signal });
  copied = [];
  await pass();
  expect(copied.toSorted()).toEqual(['f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8', 'f9']);
});

it.each(['forget', 'end'])('leaves no timer behind (%s)', async (how) => {
  await folders.open({ session, signal });
  await (how === 'forget' ? folders.forget(session) : folders[Symbol.asyncDispose]());
  await pass();
  expect([copied.length, clock.waiting]).toEqual([1, 0]);
});
