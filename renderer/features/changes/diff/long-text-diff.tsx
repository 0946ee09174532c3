import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DiffSide } from '../../../../schema/contract/changes.ts';
import { formatBytes, formatNumber } from '../../../ui/format.ts';
import { TextDiff } from '../../../ui/text-diff.tsx';
import type { ChangesStore, Diff } from '../changes-store.ts';
import { messages } from '../messages.ts';
import { HEAD_BYTES, readText } from './long-text.ts';
import { SaveSide } from './save-side.tsx';

interface Heads {
  readonly before: string;
  readonly after: string;
}

export interface LongTextDiffProps {
  readonly diff: Diff;
  readonly changes: ChangesStore;
}

/** A text of any length: how much of it differs, and the beginning of both sides. */
export function LongTextDiff({ diff, changes: store }: LongTextDiffProps) {
  const layout = useStore(store.store, (state) => state.diffOptions.layout);
  const heads = useHeads(diff, store);
  const summary = useHunkCount(diff, store);
  const sizes = [diff.before, diff.after].flatMap((side) => ('sizeBytes' in side ? [side.sizeBytes] : []));
  return (
    <>
      <p className="diff-banner" data-tone="warn" data-long>
        <span className="grow">
          {messages.tooLong(formatBytes(Math.max(0, ...sizes)), formatBytes(HEAD_BYTES))} {summary}
        </span>
        <SaveSide diff={diff} changes={store} side="before" />
        <SaveSide diff={diff} changes={store} side="after" />
      </p>
      {heads === undefined ? null : <TextDiff path={diff.change.path} layout={layout} {...heads} />}
    </>
  );
}

function useHeads(diff: Diff, store: ChangesStore): Heads | undefined {
  const [heads, setHeads] = useState<Heads>();
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const head = async (side: DiffSide, name: 'before' | 'after'): Promise<string> => {
      if (side.kind === 'text') return side.text.slice(0, HEAD_BYTES);
      if (side.kind !== 'long-text') return '';
      const { client, session } = store;
      const options = { client, session, signal, path: diff.change.path, side: name, limitBytes: HEAD_BYTES } as const;
      return lastLineCut(await readText(options));
    };
    Promise.all([head(diff.before, 'before'), head(diff.after, 'after')])
      .then(([before, after]) => (signal.aborted ? undefined : setHeads({ before, after })))
      .catch((thrown: unknown) => (signal.aborted ? undefined : store.onFailure(thrown)));
    return () => controller.abort();
  }, [diff, store]);
  return heads;
}

/** What was cut off in the middle of a line would look like a difference. */
function lastLineCut(text: string): string {
  return text.slice(0, Math.min(HEAD_BYTES, text.lastIndexOf('\n') + 1 || text.length));
}

function useHunkCount(diff: Diff, store: ChangesStore): string {
  const [summary, setSummary] = useState('');
  useEffect(() => {
    const controller = new AbortController();
    const { client, session } = store;
    client.changes
      .hunks({ session, path: diff.change.path }, { signal: controller.signal })
      .then(({ hunks, afterLines }) =>
        setSummary(messages.headHunks(formatNumber(hunks.length), formatNumber(afterLines))),
      )
      // The summary is an extra; the sizes are shown anyhow.
      .catch(() => undefined);
    return () => controller.abort();
  }, [diff, store]);
  return summary;
}
