import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { codePhrases } from './code-phrases.ts';
import { codeTheme } from './code-theme.ts';
import { languageOf } from './code-languages.ts';

export interface DiffEditorOptions {
  readonly host: HTMLElement;
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly layout: 'split' | 'inline';
  readonly nonce: string;
}

/** Past these the diff is coarser, so that a large file never freezes the window. */
const DIFF_CONFIG = { scanLimit: 2000, timeout: 300 };
const COLLAPSE = { margin: 3, minSize: 6 };

/** Shows two texts, read only, by word; gives how to take it away again. */
export function showDiff(options: DiffEditorOptions): () => void {
  const language = new Compartment();
  const extensions: Extension = [
    lineNumbers(),
    search({ top: true }),
    highlightSelectionMatches(),
    keymap.of(searchKeymap),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': options.path }),
    EditorView.cspNonce.of(options.nonce),
    codePhrases,
    codeTheme,
    language.of([]),
  ];
  const { views, destroy } = options.layout === 'split' ? sideBySide(options, extensions) : inline(options, extensions);
  let gone = false;
  void languageOf(options.path).then((support) => {
    if (!gone) for (const view of views) view.dispatch({ effects: language.reconfigure(support) });
  });
  return () => {
    gone = true;
    destroy();
  };
}

interface Shown {
  readonly views: readonly EditorView[];
  readonly destroy: () => void;
}

function sideBySide({ host, before, after }: DiffEditorOptions, extensions: Extension): Shown {
  const merge = new MergeView({
    a: { doc: before, extensions },
    b: { doc: after, extensions },
    parent: host,
    gutter: true,
    highlightChanges: true,
    collapseUnchanged: COLLAPSE,
    diffConfig: DIFF_CONFIG,
  });
  return { views: [merge.a, merge.b], destroy: () => merge.destroy() };
}

function inline({ host, before, after }: DiffEditorOptions, extensions: Extension): Shown {
  const unified = unifiedMergeView({
    original: before,
    mergeControls: false,
    gutter: true,
    highlightChanges: true,
    collapseUnchanged: COLLAPSE,
    diffConfig: DIFF_CONFIG,
  });
  const view = new EditorView({ doc: after, extensions: [extensions, unified], parent: host });
  return { views: [view], destroy: () => view.destroy() };
}
