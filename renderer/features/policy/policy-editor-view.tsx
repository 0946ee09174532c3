import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { policySchema } from 'virtual:policy-schema';
import { styleNonce } from '../../ui/style-nonce.ts';
import { messages } from './messages.ts';
import { openPolicyEditor, type PolicyEditor } from './policy-editor.ts';
import { type PolicyStore, shownText } from './policy-store.ts';
import type { SchemaNode } from './schema-reading.ts';

export interface PolicyEditorViewProps {
  readonly policy: PolicyStore;
  /** A line that somebody wants to see; counted, so that asking twice is two wishes. */
  readonly wanted: { readonly line: number; readonly count: number } | undefined;
  readonly onLine: (line: number) => void;
  readonly onPreview: () => void;
}

/** The text of the document that is shown. Import it lazily: it brings the editor along. */
export function PolicyEditorView({ policy, wanted, onLine, onPreview }: PolicyEditorViewProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<PolicyEditor>(undefined);
  const callbacks = useRef({ onLine, onPreview });
  useEffect(() => {
    callbacks.current = { onLine, onPreview };
  }, [onLine, onPreview]);
  const state = useStore(policy.store);
  const text = shownText(state);
  const mode = state.shown === undefined ? 'edit' : 'read';

  useEffect(() => {
    if (host.current === null) return undefined;
    const opened = openPolicyEditor({
      host: host.current,
      nonce: styleNonce(),
      label: messages.editorLabel,
      // The schema was made from schema/policy.ts when the window was built.
      schema: policySchema as SchemaNode,
      words: () => policy.store.getState().words,
      onEdit: (typed) => policy.edit(typed),
      onLine: (line) => callbacks.current.onLine(line),
      onPreview: () => callbacks.current.onPreview(),
    });
    editor.current = opened;
    return () => {
      editor.current = undefined;
      opened[Symbol.dispose]();
    };
  }, [policy]);
  useEffect(() => editor.current?.show(text ?? '', mode), [text, mode]);
  useEffect(() => editor.current?.mark(state.findings), [state.findings]);
  useEffect(() => {
    if (wanted !== undefined) editor.current?.reveal(wanted.line);
  }, [wanted]);
  return <div className="policy-editor" ref={host} />;
}
