import { readFile } from 'node:fs/promises';

/**
 * The last component of a control group's path that is a container's: `<id>` (Docker, cgroupfs), `docker-<id>.scope`
 * (systemd), `libpod-<id>` and `libpod-<id>.scope/container` (Podman). Where we run in a container ourselves, ours comes first.
 */
const CONTAINER = /(?:^|\/)(?:[a-z]+-)?([0-9a-f]{64})(?:\.scope)?(?=\/|$)/g;

/** The container that a `/proc/PID/cgroup` names, in version 1 and 2; empty when there is none or its lines disagree. */
export function containerInCgroup(text: string): string {
  const ids = new Set<string>();
  for (const line of text.split('\n')) {
    // hierarchy:controllers:path; a path may hold colons.
    const path = line.split(':').slice(2).join(':');
    const last = [...path.matchAll(CONTAINER)].at(-1)?.[1];
    if (last !== undefined) ids.add(last);
  }
  const [only = ''] = ids;
  return ids.size === 1 ? only : '';
}

export interface ProcessPlace {
  /** Empty where the process lives in no container. */
  readonly containerId: string;
  /** Whether it is process 1 of its own process namespace. */
  readonly isFirst: boolean;
}

/** Where a process lives. Readable for every user's processes; throws when the process is gone. */
export async function placeOfProcess(pid: number): Promise<ProcessPlace> {
  const [cgroup, status] = await Promise.all([
    readFile(`/proc/${pid}/cgroup`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  const pids = /^NSpid:\s*(.+)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
  return { containerId: containerInCgroup(cgroup), isFirst: pids.length > 1 && pids.at(-1) === '1' };
}
