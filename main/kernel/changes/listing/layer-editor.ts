import type { SessionLayer } from '../../sandboxes/session-layer.ts';
import type { BytePath } from '../files/byte-path.ts';

/** Port: takes back what a session wrote. Only while no sandbox has the layer mounted. */
export interface LayerEditor {
  /** Everything an overlay holds, marks and repositories included. */
  clear(layer: SessionLayer): Promise<void>;
  /** These paths show what the workspace has, afterwards; a path that it has not is gone. */
  restore(layer: SessionLayer, paths: readonly BytePath[]): Promise<void>;
}
