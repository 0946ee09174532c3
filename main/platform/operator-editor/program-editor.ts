import { spawn } from 'node:child_process';
import { Fault } from '../../../schema/fault.ts';
import type { OperatorEditor } from '../../kernel/editor/ports.ts';
import { editorArguments } from './editor-arguments.ts';

const FIX = 'Name one that opens a window of its own: cavern config set editor "code --wait"';

/** Starts the program that `command` names, its words apart by spaces, with the file and its line as it takes them; no shell is asked. */
export function programEditor(command: () => string): OperatorEditor {
  return {
    open(file, position) {
      const words = command()
        .split(' ')
        .filter((word) => word !== '');
      const [program] = words;
      if (program === undefined) {
        return Promise.reject(new Fault('editor_missing', 'Cannot open the file: no editor is set', { fix: FIX }));
      }
      return new Promise((resolve, reject) => {
        const child = spawn(program, [...editorArguments(words, file, position)], { detached: true, stdio: 'ignore' });
        child.once('error', (cause) => {
          const message = `Cannot open the file: the editor "${program}" cannot be started`;
          reject(new Fault('editor_missing', message, { cause, why: cause.message, fix: FIX }));
        });
        child.once('spawn', () => {
          // It outlives this program.
          child.unref();
          resolve();
        });
      });
    },
  };
}
