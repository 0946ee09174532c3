import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Type from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../schema/client/client.ts';
import { area, call } from '../../../schema/contract/contract.ts';
import type { Request } from '../../kernel/dispatch/dispatch.ts';
import { connectKernelSocket, type KernelSocket, serveKernelSocket } from './kernel-socket.ts';

const areas = {
  echo: area('echo', {
    say: call({
      about: 'Say it again',
      effect: 'read',
      input: Type.Object({ text: Type.String() }),
      output: Type.Unknown(),
      faults: [],
    }),
  }),
};

const folder = mkdtempSync(join(tmpdir(), 'cavern-kernel-socket-'));
let socket: KernelSocket | undefined;

async function serve() {
  const requests: Request[] = [];
  const violations: string[] = [];
  socket = await serveKernelSocket({
    runFolder: folder,
    onViolation: (what) => violations.push(what),
    dispatch: {
      memberOf: () => areas.echo.members.say,
      async call(request) {
        requests.push(request);
        return request.input;
      },
      async *stream() {},
    },
  });
  return { socket, requests, violations };
}

afterEach(async () => {
  await socket?.[Symbol.asyncDispose]();
});

describe('the kernel’s socket', () => {
  it('serves agents through a door of their own, each connection as another caller', async () => {
    const { requests } = await serve();
    for (const _ of [1, 2]) {
      const channel = await connectKernelSocket(folder, 'agent');
      await createClient(areas, channel).echo.say({ text: 'hello' });
      channel.close();
    }
    const callers = requests.map(({ caller }) => caller);
    expect(callers.map(({ tags, peerPid }) => ({ tags, peerPid }))).toEqual(
      [1, 2].map(() => ({ tags: ['agent'], peerPid: process.pid })),
    );
    expect(new Set(callers.map(({ actor }) => actor)).size).toBe(2);
    expect(callers[0]?.actor).toMatch(/^agent:[a-z0-9]{10}$/);
  });

  it('serves the operator’s own processes, as the operator', async () => {
    const { requests } = await serve();
    const channel = await connectKernelSocket(folder);
    expect(await createClient(areas, channel).echo.say({ text: 'hello' })).toEqual({ text: 'hello' });
    expect(requests[0]?.caller).toEqual({
      actor: 'operator',
      tags: ['operator'],
      containerId: '',
      peerPid: process.pid,
    });
    channel.close();
  });

  it('is closed to other users of the machine', async () => {
    const { socket: served } = await serve();
    expect(statSync(served.path).mode & 0o777).toBe(0o600);
  });

  it('ends a connection that sends no frames, records it, and serves the others', async () => {
    const { violations } = await serve();
    const raw = connect(join(folder, 'kernel.sock'));
    const closed = new Promise((resolve) => raw.on('close', resolve));
    raw.write('GET / HTTP/1.1\r\n\r\n');
    await closed;
    expect(violations).toHaveLength(1);
    const channel = await connectKernelSocket(folder);
    expect(await createClient(areas, channel).echo.say({ text: 'still here' })).toEqual({ text: 'still here' });
    channel.close();
  });

  it('says when nobody is connected any more', async () => {
    const { socket: served } = await serve();
    const channel = await connectKernelSocket(folder);
    await createClient(areas, channel).echo.say({ text: 'x' });
    const idle = served.idle();
    channel.close();
    await idle;
  });

  it('can be served again in the same folder after an end', async () => {
    await serve();
    await socket?.[Symbol.asyncDispose]();
    await serve();
    const channel = await connectKernelSocket(folder);
    expect(await createClient(areas, channel).echo.say({ text: 'again' })).toEqual({ text: 'again' });
    channel.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
