import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectEngine, engineSockets } from './engine-discovery.ts';
import { linuxRemedies } from './engine-remedies.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cavern-engine-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const from = (engineSocket: string) => ({ engine: 'auto' as const, engineSocket, env: {}, scratchFolder: folder });

describe('engineSockets', () => {
  const sockets = (env: NodeJS.ProcessEnv, engine: 'auto' | 'docker' | 'podman' = 'auto') =>
    engineSockets({ engine, engineSocket: '', env }).map((candidate) => candidate.socket);

  it('looks in the usual places, those of the user too', () => {
    expect(sockets({ XDG_RUNTIME_DIR: '/run/user/7', HOME: '/home/u' })).toEqual([
      '/var/run/docker.sock',
      '/run/user/7/docker.sock',
      '/home/u/.docker/run/docker.sock',
      '/run/user/7/podman/podman.sock',
      '/run/podman/podman.sock',
    ]);
  });

  it('takes what the operator names and nothing else; never a remote engine, which cannot mount this folder', () => {
    expect([
      sockets({ DOCKER_HOST: 'unix:///x/docker.sock' }),
      sockets({ DOCKER_HOST: 'tcp://elsewhere:2375' }, 'podman'),
      engineSockets({ engine: 'auto', engineSocket: '/y.sock', env: { DOCKER_HOST: 'unix:///x' } })[0]?.socket,
    ]).toEqual([['/x/docker.sock'], ['/run/podman/podman.sock'], '/y.sock']);
  });
});

describe('connectEngine', () => {
  it('says how to get an engine where nothing listens', async () => {
    await expect(connectEngine(from(join(folder, 'none.sock')))).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: 'Cannot reach a container engine: nothing answers',
      why: `Nothing listens at ${join(folder, 'none.sock')}, which the setting \`engineSocket\` names.`,
      fix: expect.stringMatching(/install|dockerd|systemctl/),
    });
  });

  it('takes a file that is no socket for no engine', async () => {
    const file = join(folder, 'file.sock');
    await writeFile(file, '');
    await expect(connectEngine(from(file))).rejects.toMatchObject({ code: 'engine_unavailable' });
  });

  it('finds out which engine answers, whatever name its socket has', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ Version: '5', Components: [{ Name: 'Podman Engine', Version: '4.3.1' }] }));
    });
    const socket = join(folder, 'docker.sock');
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      const engine = await connectEngine(from(socket));
      expect(engine.identity).toEqual({ kind: 'podman', version: '4.3.1', socket });
      await expect(connectEngine({ ...from(socket), engine: 'docker' })).rejects.toMatchObject({
        why: `${socket} is podman`,
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

it('linuxRemedies gives the commands of this system', () => {
  expect([
    linuxRemedies('ID=ubuntu\nID_LIKE=debian\n', 'systemd').install,
    linuxRemedies('ID=debian\n', 'none').install,
    linuxRemedies('ID=fedora\n', 'systemd').install,
    linuxRemedies('ID=unheard-of\n', 'systemd').install,
    linuxRemedies('', 'systemd').permit,
  ]).toEqual([
    'Run `sudo apt-get install -y docker.io && sudo systemctl enable --now docker`.',
    'Run `sudo apt-get install -y docker.io && sudo dockerd --group docker &`.',
    'Run `sudo dnf install -y podman && systemctl --user enable --now podman.socket`.',
    'Install Docker or Podman with the package manager of this system.',
    'Run `sudo usermod -aG docker "$USER"` and log in again.',
  ]);
});
