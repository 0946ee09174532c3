import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import Docker from 'dockerode';

/** The least that can be called an agent: it connects and sends back every frame that it is sent. */
const BARE_AGENT = `
const socket = require('node:net').connect('/bare/kernel.sock');
let waiting = Buffer.alloc(0);
socket.on('data', (bytes) => {
  waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
  while (waiting.length >= 4) {
    const length = waiting.readUInt32BE(0);
    if (waiting.length < 4 + length) return;
    const frame = JSON.parse(waiting.toString('utf8', 4, 4 + length));
    waiting = waiting.subarray(4 + length);
    const answer = Buffer.from(JSON.stringify({ id: frame.id, type: 'response', result: {} }));
    const head = Buffer.alloc(4);
    head.writeUInt32BE(answer.length);
    socket.write(Buffer.concat([head, answer]));
  }
});
`;

/** A container with the bare agent, made with nothing but the engine's client: what the floors are measured on. */
export class BareContainer implements AsyncDisposable {
  readonly container: Docker.Container;
  readonly #socket: Socket;
  readonly #server: Server;
  readonly #folder: string;
  /** Create, start, and until the agent has connected. */
  readonly readyMs: number;

  private constructor(parts: {
    container: Docker.Container;
    socket: Socket;
    server: Server;
    folder: string;
    readyMs: number;
  }) {
    this.container = parts.container;
    this.#socket = parts.socket;
    this.#server = parts.server;
    this.#folder = parts.folder;
    this.readyMs = parts.readyMs;
  }

  static async start(
    api: Docker,
    options: { readonly parent: string; readonly image: string },
  ): Promise<BareContainer> {
    const folder = mkdtempSync(join(options.parent, 'bare-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'ipc'));
    writeFileSync(join(folder, 'ipc', 'agent.cjs'), BARE_AGENT);
    const server = createServer();
    const connected = new Promise<Socket>((resolve) => server.once('connection', resolve));
    await new Promise<void>((resolve) => server.listen(join(folder, 'ipc', 'kernel.sock'), resolve));
    chmodSync(join(folder, 'ipc', 'kernel.sock'), 0o666);
    const startedMs = performance.now();
    const container = await api.createContainer({
      Image: options.image,
      Cmd: ['node', '/bare/agent.cjs'],
      User: '1000:1000',
      Labels: { 'dev.cavern.bench': 'bare' },
      // Without it Docker sets up a network of no interfaces, which takes longer than all the rest.
      NetworkDisabled: true,
      HostConfig: {
        NetworkMode: 'none',
        CapDrop: ['ALL'],
        ReadonlyRootfs: true,
        Ulimits: [
          { Name: 'nofile', Soft: 1024, Hard: 4096 },
          { Name: 'nproc', Soft: 4096, Hard: 8192 },
        ],
        Mounts: [{ Type: 'bind', Source: join(folder, 'ipc'), Target: '/bare', ReadOnly: true }],
      },
    });
    await container.start();
    const socket = await connected;
    return new BareContainer({ container, socket, server, folder, readyMs: performance.now() - startedMs });
  }

  /** Milliseconds of one framed request and its response. */
  async roundTrip(id: string): Promise<number> {
    const request = Buffer.from(JSON.stringify({ id, type: 'request', method: 'stats', params: {} }));
    const head = Buffer.alloc(4);
    head.writeUInt32BE(request.length);
    const startedMs = performance.now();
    const answered = new Promise<Buffer>((resolve) => this.#socket.once('data', resolve));
    this.#socket.write(Buffer.concat([head, request]));
    JSON.parse((await answered).toString('utf8', 4));
    return performance.now() - startedMs;
  }

  /** Milliseconds until the first byte (`terminal`) or the end (`pipes`) of a command that the engine runs. */
  async exec(argv: readonly string[], streams: 'pipes' | 'terminal'): Promise<number> {
    const startedMs = performance.now();
    const exec = await this.container.exec({ Cmd: [...argv], AttachStdout: true, Tty: streams === 'terminal' });
    const stream = await exec.start({ Tty: streams === 'terminal' });
    await new Promise((resolve) => stream.once(streams === 'terminal' ? 'data' : 'end', resolve).resume());
    const tookMs = performance.now() - startedMs;
    stream.destroy();
    return tookMs;
  }

  /** Milliseconds that the engine takes to kill and remove it. */
  async destroy(): Promise<number> {
    const startedMs = performance.now();
    await this.container.remove({ force: true, v: true });
    return performance.now() - startedMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.container.remove({ force: true, v: true }).catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
