import { createHash } from 'node:crypto';
import type { PluginPackage } from '../ports.ts';

/** Over the manifest and every file (SHA-256, hexadecimal): two folders with the same digest are the same plugin. */
export function packageDigest({ manifest = '', files }: Pick<PluginPackage, 'manifest' | 'files'>): string {
  const hash = createHash('sha256').update(createHash('sha256').update(manifest).digest());
  for (const { path, sha256 } of files) hash.update(`${sha256}  ${path}\n`);
  return hash.digest('hex');
}
