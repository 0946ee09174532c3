import { Agent } from './agent.ts';
import { followKernel } from './kernel-link.ts';
import { offerProxy } from './loopback-proxy.ts';
import { reapOrphans } from './orphan-reaper.ts';

const socketPath = process.env['CAVERN_SOCKET'];
if (socketPath === undefined) throw new Error('Cannot start the agent: CAVERN_SOCKET is not set');

const agent = new Agent(process.env['CAVERN_WORKSPACE'] ?? '/workspace');

if (process.pid === 1) {
  // Signals from inside the sandbox do not end it; the kernel ends it with its container.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const)
    process.on(signal, () => undefined);
  void reapOrphans(agent.own, () => agent.checkMemory());
} else {
  process.on('SIGCHLD', () => agent.checkMemory());
}
// Node would open its inspector, and with it the agent, to whoever sends it.
process.on('SIGUSR1', () => undefined);

const [proxySocket, proxyPort] = [process.env['CAVERN_PROXY'], process.env['CAVERN_PROXY_PORT']];
if (proxySocket !== undefined && proxyPort !== undefined) offerProxy(proxySocket, Number(proxyPort));

void followKernel(socketPath, (channel) => agent.serve(channel));
