import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Colours come from the tokens, so that the theme of the window is the theme of the text. */
const appearance = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '4px 0' },
  '.cm-content[aria-readonly="true"]': { caretColor: 'transparent' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink-faint)',
    border: 'none',
    fontVariantNumeric: 'tabular-nums',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--term-selection)',
  },
  '.cm-changedLine': { backgroundColor: 'var(--diff-added) !important' },
  '.cm-changedText': { background: 'var(--diff-added-strong) !important', borderRadius: '2px' },
  // What is faint elsewhere would be too faint on their colours.
  '.cm-changedText, .cm-deletedText': { '--ink-faint': 'var(--ink-muted)' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--diff-removed) !important' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
    background: 'var(--diff-removed-strong) !important',
    borderRadius: '2px',
  },
  '&.cm-merge-b .cm-changedLineGutter, .cm-changedLineGutter': { background: 'var(--good)' },
  '&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { background: 'var(--bad)' },
  // As high as the editor takes it to be before it is drawn: else every page that is scrolled is measured and drawn twice.
  '.cm-collapsedLines': {
    boxSizing: 'border-box',
    height: '27px',
    padding: '4px 12px',
    background: 'var(--surface-sunken) !important',
    color: 'var(--ink-muted)',
    borderBlock: '1px solid var(--border)',
    fontFamily: 'var(--font-ui)',
    fontSize: '11px',
  },
  // Its own marks are characters that few fonts have.
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"', margin: '0 6px' },
  '.cm-panels': { backgroundColor: 'var(--surface-sunken)', color: 'var(--ink)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
});

const syntax = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], color: 'var(--term-magenta)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--term-green)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--term-red)' },
  { tag: [tags.comment, tags.meta], color: 'var(--ink-faint)' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.macroName],
    color: 'var(--term-blue)',
  },
  { tag: [tags.typeName, tags.className, tags.tagName, tags.namespace], color: 'var(--term-cyan)' },
  { tag: [tags.propertyName, tags.attributeName, tags.labelName], color: 'var(--term-blue)' },
  { tag: [tags.heading, tags.strong], fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: [tags.link, tags.url], color: 'var(--accent)', textDecoration: 'underline' },
]);

export const codeTheme: Extension = [appearance, syntaxHighlighting(syntax)];
