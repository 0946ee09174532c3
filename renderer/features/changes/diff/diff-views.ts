import { MergeView, unifiedMergeView } from '@codemirror/merge';
import type { Extension, Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { comparing } from './line-first-diff.ts';

export interface DiffViewsOptions {
  readonly host: HTMLElement;
  readonly before: Text;
  readonly after: string;
  readonly layout: 'split' | 'inline';
  readonly context: 'folded' | 'whole';
  readonly extensions: (side: 'a' | 'b') => Extension;
}

export interface DiffViews {
  readonly views: readonly EditorView[];
  /** The one that shows the new text. */
  readonly after: EditorView;
  readonly scroller: HTMLElement;
  readonly destroy: () => void;
}

/** Past these the diff is coarser, so that a large file never freezes the window. */
const DIFF_CONFIG = comparing({ scanLimit: 2000, timeout: 300 });
const COLLAPSE = { margin: 3, minSize: 6 };

/** Two texts beside or above one another. */
export function openViews(options: DiffViewsOptions): DiffViews {
  return options.layout === 'split' ? sideBySide(options) : inline(options);
}

function sideBySide({ host, before, after, context, extensions }: DiffViewsOptions): DiffViews {
  const merge = new MergeView({
    a: { doc: before, extensions: extensions('a') },
    b: { doc: after, extensions: extensions('b') },
    parent: host,
    gutter: true,
    highlightChanges: true,
    ...(context === 'folded' ? { collapseUnchanged: COLLAPSE } : {}),
    diffConfig: DIFF_CONFIG,
  });
  return { views: [merge.a, merge.b], after: merge.b, scroller: host, destroy: () => merge.destroy() };
}

function inline({ host, before, after, context, extensions }: DiffViewsOptions): DiffViews {
  const unified = unifiedMergeView({
    original: before,
    mergeControls: false,
    gutter: true,
    ...(context === 'folded' ? { collapseUnchanged: COLLAPSE } : {}),
    diffConfig: DIFF_CONFIG,
  });
  const view = new EditorView({ doc: after, extensions: [extensions('b'), unified], parent: host });
  return { views: [view], after: view, scroller: view.scrollDOM, destroy: () => view.destroy() };
}
