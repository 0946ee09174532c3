import { Agent } from './agent.ts';
import { linkCaches } from './cache-links.ts';
import { followKernel } from './kernel-link.ts';
import { offerProxy } from './loopback-proxy.ts';
import { protectOwnMemory } from './own-memory.ts';
import { reapOrphans } from './orphan-reaper.ts';

const socketPath = process.env['CAVERN_SOCKET'];
if (socketPath === undefined) throw new Error('Cannot start the agent: CAVERN_SOCKET is not set');

const proxySocket = process.env['CAVERN_PROXY'];
const workspace = process.env['CAVERN_WORKSPACE'] ?? '/workspace';
const secrets = process.env['CAVERN_SECRETS'] ?? '/run/secrets';
const agent = new Agent(workspace, secrets, process.pid === 1 ? prepare : () => Promise.resolve());

// Node would open its inspector, and with it the agent, to whoever sends it.
process.on('SIGUSR1', () => undefined);

if (process.pid === 1) {
  // Signals from inside the sandbox do not end it; the kernel ends it with its container.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const)
    process.on(signal, () => undefined);
} else {
  process.on('SIGCHLD', () => agent.checkMemory());
}

if (proxySocket !== undefined) offerProxy(proxySocket, Number(process.env['CAVERN_PROXY_PORT']));
void followKernel(socketPath, (channel) => agent.serve(channel));

/** Where it fails the agent ends, and the kernel is told what it printed. */
async function prepare(): Promise<void> {
  try {
    await protectOwnMemory();
  } catch (thrown) {
    process.stderr.write(`${String(thrown)}\n`);
    process.exit(1);
  }
  void linkCaches(process.env['CAVERN_CACHE'], process.env['HOME']);
  void reapOrphans(agent.own, () => agent.checkMemory());
}
