import type { ChangeItem } from '../listing/change-item.ts';
import { openFolder } from '../files/open-folder.ts';
import type { MergeView } from './merge-contents.ts';
import { Observer } from '../listing/observer.ts';
import { Pace } from '../pace.ts';
import type { SessionView, SessionViewPorts } from '../session/session-view.ts';

export interface ElsewhereOptions {
  readonly view: SessionView;
  /** An absolute path. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * A session's change set against another folder than its workspace: what the session started from stays what it was, what
 * the operator has is what lies there. Whoever asked for it disposes it; the view that it is made of stays open. Throws
 * `workspace_invalid`.
 */
export async function viewElsewhere(
  ports: Pick<SessionViewPorts, 'workspaces' | 'now'>,
  { view, folder, signal }: ElsewhereOptions,
): Promise<MergeView> {
  const fix = 'Name a folder that is there, by its absolute path.';
  const workspace = await openFolder(ports.workspaces, folder, { action: 'merge into', fix });
  const observer = new Observer({ tree: workspace, memory: new Map(), now: ports.now });
  const pace = new Pace(signal);
  try {
    const items: ChangeItem[] = [];
    for (const item of view.set.items) {
      if (pace.due) await pace.breathe();
      const current = await observer.observe(item.path);
      const currentFrom = item.from === undefined ? undefined : await observer.observe(item.from);
      items.push({ ...item, current, ...(currentFrom === undefined ? {} : { currentFrom }) });
    }
    const set = { ...view.set, items };
    return { ...view, set, workspace, into: folder, [Symbol.dispose]: () => workspace[Symbol.dispose]() };
  } catch (error) {
    workspace[Symbol.dispose]();
    throw error;
  }
}
