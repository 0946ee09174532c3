import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerRuntime } from '../main/kernel/sandboxes/container-runtime.ts';
import { connectEngine } from '../main/platform/container-engine/engine-discovery.ts';
import { type EngineName, openEngine } from '../main/platform/container-engine/testing/engines.ts';

export interface BenchEngine extends AsyncDisposable {
  readonly engine: ContainerRuntime;
  readonly socket: string;
}

/** The engine that answers; for Podman, which often is not there as a service, else one of the bench's own. */
export async function benchEngine(name: EngineName): Promise<BenchEngine> {
  const scratchFolder = mkdtempSync(join(tmpdir(), 'cavern-bench-'));
  try {
    const engine = await connectEngine({ engine: name, engineSocket: '', env: process.env, scratchFolder });
    const remove = async (): Promise<void> => rmSync(scratchFolder, { recursive: true, force: true });
    return { engine, socket: engine.identity.socket, [Symbol.asyncDispose]: remove };
  } catch {
    rmSync(scratchFolder, { recursive: true, force: true });
    return openEngine(name);
  }
}
