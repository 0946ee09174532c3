import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxId, SessionId, TerminalId } from '../../../schema/entities.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import type { AgentConnection, AgentEndpoint, AgentHost } from '../../kernel/sandboxes/agent-port.ts';
import { memoryTerminalStore } from '../../kernel/terminals/fake-agent.fixture.ts';
import { Terminals } from '../../kernel/terminals/terminals.ts';
import { builtAgent } from '../../platform/sandbox-agent/agent.fixture.ts';
import { workerTerminalMirror } from '../../platform/terminal-mirror/worker-terminal-mirror.ts';
import type { AgentRefusal } from './refusal-report.ts';
import { createAgentHost } from './agent-host.ts';

// Brands have no other maker in tests.
const sandbox = 'box-1' as SandboxId;
const session = 'work' as SessionId;
const size = { cols: 80, rows: 24 };
const uid = process.getuid?.() === 0 ? 1000 : (process.getuid?.() ?? 1000);
const docker = new Docker();
const refusals: AgentRefusal[] = [];

let folder = '';
let agentFolder = '';
let host: AgentHost;
let endpoint: AgentEndpoint;
let container: Docker.Container;
let containerId: string | undefined;
let connection: AgentConnection;

async function startContainer(socketFolder: string): Promise<Docker.Container> {
  return docker.createContainer({
    Image: 'cavern/workspace:latest',
    Cmd: ['node', '/opt/cavern/agent/agent.cjs'],
    Env: ['CAVERN_SOCKET=/run/cavern/kernel.sock', 'HOME=/home/cavern'],
    User: `${uid}:${uid}`,
    WorkingDir: '/workspace',
    Labels: { 'cavern.test': 'agent-host' },
    HostConfig: {
      Binds: [`${agentFolder}:/opt/cavern/agent:ro`, `${socketFolder}:/run/cavern:ro`],
      ReadonlyRootfs: true,
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Tmpfs: {
        '/tmp': 'size=256m,mode=1777',
        '/workspace': 'size=256m,mode=1777',
        '/home/cavern': 'size=64m,mode=1777',
      },
      PidsLimit: 256,
      Memory: 512 * 1024 * 1024,
      MemorySwap: 512 * 1024 * 1024,
    },
  });
}

beforeAll(async () => {
  agentFolder = await builtAgent();
  folder = await mkdtemp(path.join(tmpdir(), 'cavern-host-'));
  await chmod(folder, 0o755);
  const onRefused = (refusal: AgentRefusal): void => void refusals.push(refusal);
  host = createAgentHost({ folder, expectedUid: uid, clock: systemClock, onRefused });
  endpoint = await host.listen(sandbox, () => containerId);
  container = await startContainer(endpoint.folder);
  containerId = container.id;
  await container.start();
  connection = await endpoint.connection(AbortSignal.timeout(20_000));
});

afterAll(async () => {
  await container.remove({ force: true });
  await endpoint[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function run(script: string, shell = ['bash', '-c']): Promise<{ out: string; result: unknown }> {
  let out = '';
  const result = await connection.request(
    'process.run',
    { argv: [...shell, script] },
    {
      onEvent: (_method, params) => {
        out += Buffer.from((params as { base64: string }).base64, 'base64').toString(); // The agent of this test is ours.
      },
    },
  );
  return { out, result };
}

/** The kernel's side of terminals, on the sandbox of this test. */
function startTerminals(store = memoryTerminalStore()) {
  const mirror = workerTerminalMirror(() => 10_000);
  const sandboxes = {
    connection: () => connection,
    onConnection: (listener: (session: SessionId, connection: AgentConnection) => void) =>
      endpoint.onConnection((connected) => listener(session, connected)),
    onChange: () => undefined,
  };
  const audit = { record: () => undefined };
  const terminals = new Terminals({ sandboxes, mirror, store, audit, clock: systemClock, logger: silentLogger });
  const dispose = async (): Promise<void> => {
    terminals[Symbol.dispose]();
    await mirror[Symbol.asyncDispose]();
  };
  return { terminals, store, dispose };
}

/** Types `g` when the terminal says READY, and gives what comes after that. */
async function readToEnd(
  terminals: Terminals,
  id: TerminalId,
): Promise<{ text: string; exitCode: number | undefined }> {
  let text = '';
  let exitCode: number | undefined;
  let isReady = false;
  for await (const event of terminals.attach(id, AbortSignal.timeout(100_000))) {
    if ('text' in event) text += event.text;
    if (event.type === 'exit') exitCode = event.exitCode;
    if (isReady || !text.includes('READY')) continue;
    isReady = true;
    text = text.slice(text.indexOf('READY') + 5);
    await terminals.write(id, 'g', AbortSignal.timeout(30_000));
  }
  return { text, exitCode };
}

/** Waits for a go, so that the reader is there from the first byte; raw, so that the bytes are those of the file. */
const cat = (file: string): string[] => ['bash', '-c', `stty raw -echo; printf READY; read -n 1; cat ${file}`];

describe('the agent in a container', () => {
  it('is its process 1 and known by its container', () => {
    expect([connection.hello.pid, connection.peer.containerId, connection.peer.uid]).toEqual([1, containerId, uid]);
  });

  it('cannot be impersonated by what runs beside it', async () => {
    const hello = { id: '0', type: 'event', method: 'hello', params: { ...connection.hello, agent: 'evil' } };
    const script = `const t=Buffer.from(${JSON.stringify(JSON.stringify(hello))});const h=Buffer.alloc(4);h.writeUInt32BE(t.length);
      const s=require('net').connect('/run/cavern/kernel.sock',()=>s.write(Buffer.concat([h,t])));s.on('error',()=>0).on('close',()=>console.log('refused'))`;
    const { out } = await run(script, ['node', '-e']);
    expect([out, refusals.at(-1)?.reason, (await run('echo still here')).out]).toEqual([
      'refused\n',
      'it is not the agent of this sandbox',
      'still here\n',
    ]);
  });

  it('cannot be connected to from another container that was given the same socket', async () => {
    const before = refusals.length;
    const second = await startContainer(endpoint.folder);
    await second.start();
    await expect.poll(() => refusals.length, { timeout: 10_000 }).toBeGreaterThan(before);
    await second.remove({ force: true });
    expect(refusals.at(-1)?.reason).toBe('it does not live in the container of this sandbox');
  });

  it('is not ended by signals from inside', async () => {
    const { out } = await run(
      'for s in KILL TERM INT HUP QUIT USR1 USR2 PIPE; do kill -$s 1; done; sleep 0.2; echo alive',
    );
    expect([out, (await run('ls /proc/1/fd | wc -l; ss -ltn 2>/dev/null; echo ok')).out]).toEqual([
      'alive\n',
      expect.stringContaining('ok'),
    ]);
  });

  it('collects orphans by the hundreds and takes no exit status from who waits for it', async () => {
    const storm = run(
      'for i in $(seq 1500); do (setsid true &) ; done; for i in $(seq 50); do (bash -c "sleep 0.05 & exit" &); done; wait',
    );
    const codes = [...Array(40).keys()].map(async (n) => (await run(`sleep 0.0${n % 10}; exit ${n}`)).result);
    const results = await Promise.all(codes);
    await storm;
    expect(results).toEqual([...Array(40).keys()].map((n) => expect.objectContaining({ exitCode: n, signal: null })));
    await expect.poll(async () => (await run("ps -eo stat= | grep -c '^Z'; true")).out).toBe('0\n');
  });

  it('starts what is asked for where orphans that have ended fill the limit of processes', async () => {
    const pid = (await container.inspect()).State.Pid;
    const children = (): number => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').length;
    const before = children();
    const storm = run('sleep 1; for i in $(seq 1000); do (setsid true &); done');
    await expect.poll(children).toBeGreaterThan(before);
    process.kill(pid, 'SIGSTOP');
    await expect.poll(children).toBeGreaterThan(200);
    const asked = run('echo here');
    await delay(50); // It lies in the socket, beside the signal of the first orphan.
    process.kill(pid, 'SIGCONT');
    expect((await asked).out).toBe('here\n');
    await storm;
  });

  it('tells a kill for want of memory from others', async () => {
    const announced: unknown[] = [];
    const stop = connection.onEvent((method, params) => method === 'memory.oom_kill' && announced.push(params));
    const hungry = await run('exec node --max-old-space-size=4000 -e "const a=[];for(;;)a.push(Buffer.alloc(8e6,1))"');
    const killed = await run('kill -9 $$');
    stop();
    expect([hungry.result, killed.result]).toEqual([
      expect.objectContaining({ exitCode: 137, outOfMemory: true }),
      expect.objectContaining({ exitCode: 137, outOfMemory: false }),
    ]);
    expect(announced).toEqual([{ count: 1 }]);
    const memoryBytes = expect.any(Number);
    expect(await connection.request('stats', {})).toMatchObject({ memoryBytes, oomKills: 1, pidsLimit: 256 });
  });

  it('opens a login shell with a real terminal: size, type, encoding, workspace', async () => {
    const { terminals, dispose } = startTerminals();
    const { id } = await terminals.open({ session, cols: 97, rows: 33 });
    const reading = readToEnd(terminals, id);
    await terminals.write(
      id,
      "shopt -q login_shell && echo login; stty size; echo $TERM $LANG $PWD $UID; echo 'é漢😀' | wc -m; exit 5\r",
      AbortSignal.timeout(30_000),
    );
    const { text, exitCode } = await reading;
    const lines = text.split('\r\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringContaining('\x1b]133;C\x1b\\login'),
        '33 97',
        `xterm-256color C.UTF-8 /workspace ${uid}`,
        '4',
      ]),
    );
    expect(exitCode).toBe(5);
    await dispose();
  });

  it('loses no byte at the end of a terminal, time after time', async () => {
    const { terminals, dispose } = startTerminals();
    await run('head -c 1500000 /dev/urandom | base64 -w 0 > /tmp/two');
    const inside = (await run('sha256sum < /tmp/two')).out.split(' ')[0];
    const sums: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      const { id } = await terminals.open({ session, ...size, argv: cat('/tmp/two') });
      const { text } = await readToEnd(terminals, id);
      sums.push(createHash('sha256').update(text).digest('hex'));
      terminals.close(id);
    }
    expect([new Set(sums), inside?.length]).toEqual([new Set([inside]), 64]);
    await dispose();
  });

  it('shows 100 MB without a lost byte and without holding up the main thread', async () => {
    const { terminals, dispose } = startTerminals();
    await run('base64 -w 76 /dev/urandom | head -c 100000000 > /tmp/large');
    const inside = (await run('sha256sum < /tmp/large')).out.split(' ')[0];
    const { id } = await terminals.open({ session, ...size, argv: cat('/tmp/large') });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const startedMs = performance.now();
    const { text } = await readToEnd(terminals, id);
    const seconds = (performance.now() - startedMs) / 1000;
    delay.disable();
    console.info(
      `terminal: ${(100 / seconds).toFixed(1)} MB/s, event loop p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms`,
    );
    expect([text.length, createHash('sha256').update(text).digest('hex')]).toEqual([100_000_000, inside]);
    await run('rm /tmp/large');
    await dispose();
  });

  it('keeps a terminal through the end of a kernel and gives its output to the next', async () => {
    const first = startTerminals();
    const { id } = await first.terminals.open({
      session,
      ...size,
      argv: ['bash', '-c', 'echo begin; sleep 1.2; echo while nobody listened; read line; echo "got $line"'],
    });
    await expect.poll(() => connection.request('stats', {})).toBeTruthy();
    await first.dispose();
    await endpoint[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    endpoint = await host.listen(sandbox, () => containerId);
    const second = startTerminals(first.store);
    connection = await endpoint.connection(AbortSignal.timeout(30_000));
    const reading = readToEnd(second.terminals, id);
    await second.terminals.write(id, 'hello\r', AbortSignal.timeout(30_000));
    const { text } = await reading;
    expect(text).toBe('begin\r\nwhile nobody listened\r\nhello\r\ngot hello\r\n');
    await second.dispose();
  });
});
