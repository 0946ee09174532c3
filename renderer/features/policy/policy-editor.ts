import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, Compartment, EditorState, type Extension, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
  tooltips,
} from '@codemirror/view';
import { codePhrases } from '../../ui/code-phrases.ts';
import { codeTheme } from '../../ui/code-theme.ts';
import { landmark } from '../../ui/landmark.ts';
import { editorTheme } from './editor-theme.ts';
import { completePolicy } from './policy-completion.ts';
import { helpAt } from './policy-hover.ts';
import type { Findings } from './policy-store.ts';
import type { PolicyWords } from './policy-words.ts';
import type { SchemaNode } from './schema-reading.ts';

export interface PolicyEditorOptions {
  readonly host: HTMLElement;
  readonly nonce: string;
  readonly label: string;
  readonly schema: SchemaNode;
  readonly words: () => PolicyWords;
  readonly onEdit: (text: string) => void;
  /** The line of the cursor, counted from 1. */
  readonly onLine: (line: number) => void;
  /** Ctrl+S. */
  readonly onPreview: () => void;
}

export interface PolicyEditor extends Disposable {
  /** Shows a text; the history of edits begins anew where it is another document. */
  show(text: string, mode: 'edit' | 'read'): void;
  mark(findings: Findings): void;
  reveal(line: number): void;
}

/** Marks what the program wrote into the editor, so that it is not taken for typing. */
const programmatic = Annotation.define<true>();

/** The editor of the policy: YAML with completion, help under the pointer, and marks where the check found something. */
export function openPolicyEditor(options: PolicyEditorOptions): PolicyEditor {
  const writable = new Compartment();
  const listener = EditorView.updateListener.of((update) => {
    const isTyped = update.docChanged && !update.transactions.some((one) => one.annotation(programmatic));
    if (isTyped) options.onEdit(update.state.doc.toString());
    if (update.selectionSet || update.docChanged) {
      options.onLine(update.state.doc.lineAt(update.state.selection.main.head).number);
    }
  });
  const view = new EditorView({
    parent: options.host,
    state: EditorState.create({ extensions: [extensionsOf(options), writable.of([]), listener] }),
  });
  return {
    show(text, mode) {
      const effects = writable.reconfigure(EditorState.readOnly.of(mode === 'read'));
      const isSame = view.state.doc.toString() === text;
      const changes = isSame ? [] : [{ from: 0, to: view.state.doc.length, insert: text }];
      view.dispatch({ effects, changes, annotations: programmatic.of(true) });
    },
    mark: (findings) => view.dispatch(setDiagnostics(view.state, diagnosticsOf(findings, view.state.doc))),
    reveal(line) {
      const { from } = view.state.doc.line(boundedLine(line, view.state.doc));
      view.dispatch({
        selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: 'start', yMargin: 24 }),
      });
      view.focus();
    },
    [Symbol.dispose]: () => view.destroy(),
  };
}

function extensionsOf({ nonce, label, schema, words, onPreview }: PolicyEditorOptions): Extension {
  return [
    EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorState.tabSize.of(2),
    EditorView.lineWrapping,
    lineNumbers(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    search({ top: true }),
    highlightSelectionMatches(),
    yaml(),
    // Above everything: a panel's edge must not cut what is said.
    tooltips({ position: 'fixed', parent: landmark() }),
    autocompletion({ override: [completePolicy({ schema, words })], icons: false }),
    hoverTooltip((view, offset) => {
      const help = helpAt(schema, view.state.doc, offset);
      return help === undefined
        ? null
        : { pos: help.from, end: help.to, create: () => ({ dom: helpBox(help.title, help.text) }) };
    }),
    keymap.of([
      { key: 'Mod-s', run: () => (onPreview(), true) },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    codePhrases,
    codeTheme,
    editorTheme,
  ];
}

function helpBox(title: string, text: string): HTMLElement {
  const box = document.createElement('div');
  box.className = 'policy-help';
  const head = document.createElement('strong');
  head.textContent = title;
  const body = document.createElement('p');
  body.textContent = text;
  box.append(head, body);
  return box;
}

/** Findings as marks: from their column, or the line's first character, to the line's end. */
export function diagnosticsOf({ errors, warnings }: Findings, doc: Text): Diagnostic[] {
  const marks = [
    ...errors.map((error) => ({ ...error, severity: 'error' as const })),
    ...warnings.map((warning) => ({ ...warning, column: undefined, severity: 'warning' as const })),
  ];
  return marks.map(({ line, column, message, severity }) => {
    const at = doc.line(boundedLine(line, doc));
    const indent = at.text.length - at.text.trimStart().length;
    const from = Math.min(at.to, at.from + Math.max(indent, (column ?? 1) - 1));
    return { from, to: at.to, severity, message };
  });
}

function boundedLine(line: number, doc: Text): number {
  return Math.min(Math.max(1, line), doc.lines);
}
