import { useEffect, useRef } from 'react';
import { styleNonce } from '../../app/style-nonce.ts';
import { showDiff } from './diff-editor.ts';

export interface TextDiffProps {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly layout: 'split' | 'inline';
}

export function TextDiff({ path, before, after, layout }: TextDiffProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return undefined;
    return showDiff({ host: host.current, path, before, after, layout, nonce: styleNonce() });
  }, [path, before, after, layout]);
  return <div className="text-diff" data-layout={layout} ref={host} />;
}
