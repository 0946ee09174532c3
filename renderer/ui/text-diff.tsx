import { useEffect, useRef } from 'react';
import { styleNonce } from './style-nonce.ts';
import { showDiff } from './diff-editor.ts';
import './text-diff.css';

export interface TextDiffProps {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly layout: 'split' | 'inline';
}

/** Two texts and what is between them, coloured by the language of the path. Import it lazily: it brings the editor along. */
export function TextDiff({ path, before, after, layout }: TextDiffProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return undefined;
    return showDiff({ host: host.current, path, before, after, layout, nonce: styleNonce() });
  }, [path, before, after, layout]);
  return <div className="text-diff" data-layout={layout} ref={host} />;
}
