import { readFileSync } from 'node:fs';

/** What the sandbox's control group says; null where the file is missing or says "no limit". */
export interface ControlGroupStats {
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
  /** Processes that the kernel killed for want of memory since the sandbox started. */
  readonly oomKills: number;
  readonly pids: number | null;
  readonly pidsLimit: number | null;
  /** CPU time since the start. */
  readonly cpuMs: number | null;
}

/** Limits of version 1 that mean none are near 2^63. */
const NO_LIMIT = 2 ** 60;

/** Version 2 has one folder, version 1 one for each controller; a hybrid has both and limits by version 1. */
export function controlGroupStats(root = '/sys/fs/cgroup'): ControlGroupStats {
  const first = (...files: string[]): number | null => {
    for (const file of files) {
      const value = numberIn(read(`${root}/${file}`));
      if (value !== null) return value;
    }
    return null;
  };
  return {
    memoryBytes: first('memory/memory.usage_in_bytes', 'memory.current'),
    memoryLimitBytes: first('memory/memory.limit_in_bytes', 'memory.max'),
    oomKills: oomKills(root),
    pids: first('pids/pids.current', 'pids.current'),
    pidsLimit: first('pids/pids.max', 'pids.max'),
    cpuMs: cpuMs(root),
  };
}

/** Version 1 counts nanoseconds, version 2 microseconds. */
function cpuMs(root: string): number | null {
  const nanoseconds = numberIn(read(`${root}/cpuacct/cpuacct.usage`) || read(`${root}/cpu,cpuacct/cpuacct.usage`));
  if (nanoseconds !== null) return Math.round(nanoseconds / 1e6);
  const microseconds = /^usage_usec (\d+)$/m.exec(read(`${root}/cpu.stat`))?.[1];
  return microseconds === undefined ? null : Math.round(Number(microseconds) / 1e3);
}

/** How often a new process or thread was refused because there were as many as there may be. */
export function pidsRefused(root = '/sys/fs/cgroup'): number {
  const text = read(`${root}/pids/pids.events`) || read(`${root}/pids.events`);
  return Number(/^max (\d+)$/m.exec(text)?.[1] ?? 0);
}

export function oomKills(root = '/sys/fs/cgroup'): number {
  const text = read(`${root}/memory/memory.oom_control`) || read(`${root}/memory.events`);
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

function numberIn(text: string): number | null {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : null;
  return value !== null && value < NO_LIMIT ? value : null;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
