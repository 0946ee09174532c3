import { MergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { lineNumbers } from '@codemirror/view';
import { comparing } from '../../renderer/features/changes/diff/line-first-diff.ts';
import { longText } from './long-text.ts';

/** What `review.ts` asks of the page that this is bundled into. */
export interface AlonePage {
  /** Opens the diff component with nothing around it; gives how long that took, in milliseconds. */
  openComponent(diff: 'as it comes' | 'by lines first'): Promise<number>;
  /** The plainest long page: no component, no script. */
  openPlain(): void;
}

const text = longText();

function host(): HTMLElement {
  document.body.replaceChildren();
  document.body.style.margin = '0';
  const made = document.body.appendChild(document.createElement('div'));
  made.style.cssText = 'height: 100vh; overflow: auto';
  made.className = 'alone';
  return made;
}

const page: AlonePage = {
  openComponent(diff) {
    const parent = host();
    const startedMs = performance.now();
    const extensions = [lineNumbers(), EditorState.readOnly.of(true)];
    const view = new MergeView({
      a: { doc: text.before, extensions },
      b: { doc: text.after, extensions },
      collapseUnchanged: { margin: 3, minSize: 6 },
      ...(diff === 'by lines first' ? { diffConfig: comparing({}) } : {}),
    });
    parent.append(view.dom);
    return new Promise((done) => {
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - startedMs)));
    });
  },
  openPlain() {
    const plain = host().appendChild(document.createElement('pre'));
    plain.textContent = text.after.slice(0, 100_000);
  },
};

Object.assign(globalThis, { alone: page });
