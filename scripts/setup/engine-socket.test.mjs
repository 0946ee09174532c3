import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineSockets, findEngine } from './engine-socket.mjs';

describe('the search for an engine', () => {
  let folder = '';
  const servers = /** @type {import('node:http').Server[]} */ ([]);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cavern-socket-'));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed))));
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param {{ name: string, status: number }} options */
  async function engine({ name, status }) {
    const server = createServer((_request, response) => response.writeHead(status).end('OK'));
    servers.push(server);
    const socket = join(folder, name);
    await new Promise((listening) => server.listen(socket, () => listening(undefined)));
    return socket;
  }

  it('takes the first socket that answers', async () => {
    const broken = await engine({ name: 'broken', status: 500 });
    const good = await engine({ name: 'good', status: 200 });
    const later = await engine({ name: 'later', status: 200 });
    expect(await findEngine([join(folder, 'absent'), broken, good, later])).toEqual({ socket: good, state: 'ready' });
  });

  it('finds none where none answers', async () => {
    expect(await findEngine([join(folder, 'absent')])).toBeUndefined();
  });

  it('looks nowhere else than where the operator says', () => {
    expect(engineSockets({ DOCKER_HOST: 'unix:///mine.sock', XDG_RUNTIME_DIR: '/run/user/7' })).toEqual(['/mine.sock']);
  });

  it("tries the system's engine, then the operator's own ones", () => {
    expect(engineSockets({ XDG_RUNTIME_DIR: '/run/user/7' })).toEqual([
      '/var/run/docker.sock',
      '/run/user/7/docker.sock',
      '/run/user/7/podman/podman.sock',
      '/run/podman/podman.sock',
    ]);
  });
});
