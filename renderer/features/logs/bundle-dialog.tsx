import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { BundleEntry } from '../../../schema/contract/diagnostics.ts';
import type { Failure } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Modal } from '../../ui/modal.tsx';
import { Pending } from '../../ui/pending.tsx';
import { messages } from './messages.ts';

interface Contents {
  readonly name: string;
  readonly entries: readonly BundleEntry[];
  readonly leftOut: readonly string[];
}

/** Shows what a diagnostics bundle would hold, file by file, before anything is saved. */
export function BundleDialog({ onClose }: { readonly onClose: () => void }) {
  const { client, notices } = useServices();
  const [contents, setContents] = useState<Contents>();
  const [failure, setFailure] = useState<Failure>();
  const [isSaving, setSaving] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    client.diagnostics.contents({}, { signal: abort.signal }).then(setContents, (thrown: unknown) => {
      if (!abort.signal.aborted) setFailure(failureOf(thrown));
    });
    return () => abort.abort();
  }, [client]);
  const save = async (name: string): Promise<void> => {
    setSaving(true);
    setFailure(undefined);
    try {
      const { path } = await client.window.pickTarget({ name });
      if (path === null) return;
      const { file } = await client.diagnostics.save({ file: path });
      notices.tell(messages.saved(file));
      onClose();
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Modal open onClose={onClose} title={messages.bundleTitle} width="wide">
      <p className="muted">{messages.bundleLead}</p>
      {failure ? <FailureNotice failure={failure} compact /> : null}
      {contents === undefined && failure === undefined ? <Pending /> : null}
      {contents === undefined ? null : (
        <>
          <Entries entries={contents.entries} />
          <h3 className="bundle-heading">{messages.leftOut}</h3>
          <ul className="bundle-left-out muted">
            {contents.leftOut.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
          <footer className="bundle-foot">
            <Button tone="primary" icon={Download} busy={isSaving} onClick={() => void save(contents.name)}>
              {messages.save}
            </Button>
          </footer>
        </>
      )}
    </Modal>
  );
}

function Entries({ entries }: { readonly entries: readonly BundleEntry[] }) {
  return (
    <>
      <h3 className="bundle-heading">{messages.bundleFiles}</h3>
      <div className="bundle-entries">
        {entries.map(({ name, about, bytes, text }) => (
          <details key={name} name="bundle-entry">
            <summary>
              <span className="mono">{name}</span>
              <span className="muted grow truncate">{about}</span>
              <span className="bundle-size">{formatBytes(bytes)}</span>
            </summary>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
            <pre className="mono selectable" tabIndex={0} role="region" aria-label={messages.content(name)}>
              {text}
            </pre>
          </details>
        ))}
      </div>
    </>
  );
}
