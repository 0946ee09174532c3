import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DiffSide } from '../../../../schema/contract/changes.ts';
import { Button } from '../../../ui/button.tsx';
import { formatBytes } from '../../../ui/format.ts';
import { TextDiff } from '../../../ui/text-diff.tsx';
import type { ChangesStore, Diff } from '../changes-store.ts';
import { download } from '../merge/download.ts';
import { messages } from '../messages.ts';
import { HEAD_BYTES, readParts, readText } from './long-text.ts';

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

interface SaveSideProps extends LongTextDiffProps {
  readonly side: 'before' | 'after';
}

/** The whole of a side as a file, to be opened with whatever takes files of that size. */
function SaveSide({ diff, changes: store, side }: SaveSideProps) {
  const [busy, setBusy] = useState(false);
  if (diff[side].kind !== 'long-text' && diff[side].kind !== 'text') return null;
  const save = async (): Promise<void> => {
    setBusy(true);
    const { path } = diff.change;
    try {
      const { client, session } = store;
      const { signal } = new AbortController();
      const parts = await readParts({ client, session, signal, path, side });
      download(`${side}-${path.slice(path.lastIndexOf('/') + 1)}`, ...parts);
    } catch (thrown) {
      store.onFailure(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="small" icon={Download} busy={busy} onClick={() => void save()}>
      {messages.saveSide[side]}
    </Button>
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
        setSummary(messages.headHunks(hunks.length.toLocaleString('en'), afterLines.toLocaleString('en'))),
      )
      // The summary is an extra; the sizes are shown anyhow.
      .catch(() => undefined);
    return () => controller.abort();
  }, [diff, store]);
  return summary;
}
