import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentPeer } from '../../kernel/sandboxes/agent-port.ts';
import type { ControlGroups } from '../../kernel/sandboxes/control-groups.ts';

/** The files of one container's group that say what it uses; undefined where the machine has none. */
interface GroupFiles {
  readonly cpu: string | undefined;
  readonly memory: string | undefined;
  readonly pids: string | undefined;
}

/** Where they are in version 1, below the folder of a controller, and in version 2. */
const CONTROLLERS = {
  cpu: { controller: 'cpuacct', file: 'cpuacct.usage', unified: 'cpu.stat' },
  memory: { controller: 'memory', file: 'memory.usage_in_bytes', unified: 'memory.current' },
  pids: { controller: 'pids', file: 'pids.current', unified: 'pids.current' },
} as const;

/**
 * The control groups of containers on this machine. A reading is answered from the system's memory in some microseconds, so it goes
 * through no thread. The whole container counts: what an engine starts in it later is in the same group, or below it.
 */
export function hostControlGroups(root = '/sys/fs/cgroup', processes = '/proc'): ControlGroups {
  const known = new WeakMap<AgentPeer, GroupFiles>();
  const filesOf = (peer: AgentPeer): GroupFiles => {
    const found = known.get(peer) ?? groupFiles(root, textOf(join(processes, String(peer.pid), 'cgroup')), peer);
    known.set(peer, found);
    return found;
  };
  return {
    pulse(peer) {
      // The first line is the sum in either version.
      const sum = textOf(filesOf(peer).cpu)?.split('\n', 1)[0];
      return sum === undefined ? undefined : `${peer.containerId} ${sum}`;
    },
    use(peer) {
      const { cpu, memory, pids } = filesOf(peer);
      const cpuMs = cpuMsIn(textOf(cpu));
      return cpuMs === null
        ? undefined
        : { cpuMs, memoryBytes: numberIn(textOf(memory)), pids: numberIn(textOf(pids)) };
    },
  };
}

function groupFiles(root: string, text: string | undefined, { containerId }: AgentPeer): GroupFiles {
  const lines = (text ?? '').split('\n').map((line) => {
    const [, controllers = '', ...path] = line.split(':');
    return { controllers, group: containerGroup(path.join(':'), containerId) };
  });
  const find = ({ controller, file, unified }: (typeof CONTROLLERS)[keyof typeof CONTROLLERS]): string | undefined => {
    const first = lines.find(({ controllers }) => controllers.split(',').includes(controller));
    const second = lines.find(({ controllers }) => controllers === '');
    return [
      ...(first?.group === undefined ? [] : [join(root, first.controllers, first.group, file)]),
      ...(second?.group === undefined ? [] : [join(root, second.group, unified)]),
    ].find((path) => textOf(path) !== undefined);
  };
  return { cpu: find(CONTROLLERS.cpu), memory: find(CONTROLLERS.memory), pids: find(CONTROLLERS.pids) };
}

/** The part of a group's path that is the whole container's; undefined where it is not in that container's. */
function containerGroup(path: string, containerId: string): string | undefined {
  if (containerId === '') return undefined;
  const parts = path.split('/');
  const last = parts.findLastIndex((part) => part.includes(containerId));
  return last === -1 || parts.includes('..') ? undefined : parts.slice(0, last + 1).join('/');
}

/** Version 1 counts nanoseconds, version 2 microseconds. */
function cpuMsIn(text: string | undefined): number | null {
  const microseconds = /^usage_usec (\d+)$/m.exec(text ?? '')?.[1];
  if (microseconds !== undefined) return Math.round(Number(microseconds) / 1e3);
  const nanoseconds = numberIn(text);
  return nanoseconds === null ? null : Math.round(nanoseconds / 1e6);
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d+\n?$/.test(text) ? Number(text) : null;
}

function textOf(file: string | undefined): string | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
