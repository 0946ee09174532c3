import type { CacheEntry, PackageCaches } from '../caches/package-caches.ts';

/** Caches in memory; each has the name of its workspace. */
export class FakeCaches implements PackageCaches {
  readonly made = new Map<string, number>();
  readonly full = new Set<string>();

  async open(workspace: string): Promise<string> {
    if (this.full.delete(workspace) || !this.made.has(workspace)) this.made.set(workspace, 0);
    return `/caches${workspace}`;
  }

  async usedBytes(workspace: string): Promise<number> {
    return this.made.get(workspace) ?? 0;
  }

  async markFull(workspace: string): Promise<void> {
    this.full.add(workspace);
  }

  async list(): Promise<readonly CacheEntry[]> {
    return [...this.made].map(([workspace, sizeBytes]) => ({ name: workspace, workspace, sizeBytes }));
  }

  async remove(name: string): Promise<void> {
    this.made.delete(name);
  }
}
