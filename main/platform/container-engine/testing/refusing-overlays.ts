import { Fault } from '../../../../schema/fault.ts';
import type { ContainerRuntime } from '../../../kernel/sandboxes/container-runtime.ts';

/** An engine that refuses overlays, as one in a virtual machine does. */
export function refusingOverlays(engine: ContainerRuntime): ContainerRuntime {
  const start = async (id: string): Promise<void> => {
    const labels = (await engine.inspect(id))?.labels ?? {};
    const volumes = await engine.volumes.list({ 'dev.cavern.sandbox': labels['dev.cavern.sandbox'] ?? '' });
    if (volumes.length === 0) return engine.start(id);
    throw new Fault('sandbox_failed', 'Cannot start', { why: 'failed to mount local volume: invalid argument' });
  };
  return new Proxy(engine, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key === 'start') return start;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
