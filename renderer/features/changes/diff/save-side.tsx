import { Download } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import type { ChangesStore, Diff } from '../changes-store.ts';
import { download } from '../merge/download.ts';
import { messages } from '../messages.ts';
import { readFile } from './saved-file.ts';

export interface SaveSideProps {
  readonly diff: Diff;
  readonly changes: ChangesStore;
  readonly side: 'before' | 'after';
}

/** The whole of a side as a file, to be opened with whatever takes files of that kind and size. */
export function SaveSide({ diff, changes: store, side }: SaveSideProps) {
  const [busy, setBusy] = useState(false);
  if (!isFile(diff[side])) return null;
  const save = async (): Promise<void> => {
    setBusy(true);
    const { path } = diff.change;
    try {
      const { client, session } = store;
      const { signal } = new AbortController();
      const file = await readFile({ client, session, signal, path, side });
      download(`${side}-${path.slice(path.lastIndexOf('/') + 1)}`, file);
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

/** What has no digest is hidden, or cannot be read. */
function isFile(side: Diff['before']): boolean {
  if (side.kind === 'binary') return side.sha256 !== '';
  return side.kind === 'long-text' || side.kind === 'text' || side.kind === 'image';
}
