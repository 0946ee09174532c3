import type { OverlayVolume } from '../../kernel/sandboxes/container-runtime.ts';

/**
 * The mount options of an overlay. `userxattr` keeps every mark readable for the operator's own uid and rules out redirects and
 * metadata-only copies, which would hide what was changed (recipes/containers.md, 1).
 */
export function overlayOptions({ lower, upper, work }: Pick<OverlayVolume, 'lower' | 'upper' | 'work'>): string {
  const lowers = lower.map((path) => escaped(path).replaceAll(':', '\\:')).join(':');
  return `lowerdir=${lowers},upperdir=${escaped(upper)},workdir=${escaped(work)},userxattr`;
}

/** The kernel ends an option at a comma and takes a backslash for the sign that it is meant. */
function escaped(path: string): string {
  return path.replaceAll('\\', '\\\\').replaceAll(',', '\\,');
}
