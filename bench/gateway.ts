import { openBenchKernel } from './gateway/bench-kernel.ts';
import { crowdedCalls } from './gateway/crowd.ts';
import { mcpCalls } from './gateway/mcp-calls.ts';
import { quietSmallCalls } from './gateway/small-calls.ts';
import type { Metrics } from './metric.ts';

/** The gateway: by itself, through MCP, and while terminals stream and many clients watch. */
export async function gatewayBench(engine: 'docker' | 'podman'): Promise<Metrics> {
  await using kernel = await openBenchKernel(engine);
  return { ...(await quietSmallCalls(kernel)), ...(await mcpCalls(kernel)), ...(await crowdedCalls(kernel)) };
}
