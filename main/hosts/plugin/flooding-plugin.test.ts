import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { hostedAgent } from './hosted-agent.fixture.ts';

/** Writes to its log until it is ended, and is stuck in that. */
const FLOODER = `
const { Socket } = require('net');
const s = new Socket({ fd: 3 });
const b = Buffer.from(JSON.stringify({ id: 'hello', type: 'event', method: 'hello', params: { api: 2 } }));
const h = Buffer.alloc(4); h.writeUInt32BE(b.length); s.write(Buffer.concat([h, b]));
const line = 'y'.repeat(4000) + '\\n';
s.on('data', () => { for (;;) process.stderr.write(line); });`;

/** Of each line: much slower than lines come. */
const READ_MS = 4;

/** Nothing of this thread goes on meanwhile: what others send to it waits where it is. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, READ_MS);
}

it('a plugin that floods its log is ended while its lines wait to be read, and its agent goes on', async () => {
  await using hosted = await hostedAgent();
  const { agent, connection } = hosted;
  const entry = path.join(agent.workspace, 'flooder.cjs');
  await writeFile(entry, FLOODER);
  for (let round = 0; round < 3; round += 1) {
    let lines = 0;
    const stop = connection.onEvent((method) => {
      if (method !== 'plugin.log') return;
      lines += 1;
      standStill();
    });
    const asked = { plugin: 'flooder', entry, method: 'tool.call', params: { tool: 'flooder.go', input: {} } };
    const flooding = connection.request('plugin.request', asked).then(
      () => 'answered',
      ({ code }: { code: string }) => code,
    );
    await expect.poll(() => lines, { timeout: 60_000 }).toBeGreaterThan(0);
    await connection.request('plugin.end', { plugin: 'flooder', entry });
    expect(await flooding).toBe('plugin_failed');
    const { exitCode } = (await connection.request('process.run', { argv: ['true'] })) as { exitCode: number }; // the agent's own answer
    expect(exitCode).toBe(0);
    stop();
  }
}, 120_000);
