import { EditorState } from '@codemirror/state';
import { messages } from './messages.ts';

/** What the editor itself says, in the language of the window. */
export const codePhrases = EditorState.phrases.of(messages.codePhrases);
