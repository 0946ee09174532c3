import type { BytePath } from '../../../kernel/changes/files/byte-path.ts';
import type { SessionLayer } from '../../../kernel/sandboxes/session-layer.ts';

/** Says of a path whether it is hidden from the sandbox: that it is missing in its view is not the session's doing. */
export function maskedPaths(layer: SessionLayer): (path: BytePath) => boolean {
  const masked = new Set(layer.maskedPaths);
  return (path) => masked.size > 0 && masked.has(Buffer.from(path, 'latin1').toString('utf8'));
}
