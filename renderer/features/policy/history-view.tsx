import { History } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { useStore } from 'zustand';
import type { PolicyVersion } from '../../../schema/contract/policy.ts';
import { useNow } from '../../app/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatBytes, formatMoment } from '../../ui/format.ts';
import type { ChangeStore } from './change-store.ts';
import { messages } from './messages.ts';
import { editedDocument, type PolicyStore } from './policy-store.ts';

const TextDiff = lazy(async () => ({ default: (await import('../../ui/text-diff.tsx')).TextDiff }));
const MINUTE_MS = 60_000;

export interface HistoryViewProps {
  readonly policy: PolicyStore;
  readonly changes: ChangeStore;
  /** Takes an earlier text up as the draft and shows what it would change. */
  readonly onRestore: (text: string) => void;
}

/** The documents that were in force: each can be compared with the one now, and taken up again. */
export function HistoryView({ policy, changes, onRestore }: HistoryViewProps) {
  const { versions, past } = useStore(changes.store);
  const current = useStore(policy.store, (state) => editedDocument(state.documents)?.text ?? '');
  const now = useNow(MINUTE_MS);
  useEffect(() => {
    void changes.loadVersions();
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another document in force is the occasion
  }, [changes, current]);
  if (versions?.length === 0) {
    return (
      <EmptyState icon={History} title={messages.noHistory}>
        {messages.noHistoryText}
      </EmptyState>
    );
  }
  return (
    <section className="policy-history" aria-label={messages.sides.history}>
      <ul className="version-list">
        {versions?.map((version) => (
          <VersionRow
            key={version.id}
            version={version}
            now={now}
            pressed={version.id === past?.version.id}
            onLook={() => void changes.look(version.id === past?.version.id ? undefined : version)}
          />
        ))}
      </ul>
      {past === undefined ? (
        <p className="policy-note">{messages.pickVersion}</p>
      ) : (
        <div className="version-diff">
          <header className="version-diff-head">
            <span className="grow">{past.text === current ? messages.sameText : messages.restoreShows}</span>
            <Button size="small" disabled={past.text === current} onClick={() => onRestore(past.text)}>
              {messages.restore}
            </Button>
          </header>
          {past.text === current ? null : (
            <Suspense fallback={null}>
              <TextDiff path="policy.yaml" before={current} after={past.text} layout="inline" />
            </Suspense>
          )}
        </div>
      )}
    </section>
  );
}

interface VersionRowProps {
  readonly version: PolicyVersion;
  readonly now: number;
  readonly pressed: boolean;
  readonly onLook: () => void;
}

function VersionRow({ version, now, pressed, onLook }: VersionRowProps) {
  return (
    <li>
      <button type="button" className="version-row" aria-pressed={pressed} onClick={onLook}>
        <span className="version-when">{formatMoment(version.at, now)}</span>
        <span className="muted truncate grow">
          {version.note ?? version.actor} · {formatBytes(version.sizeBytes)}
        </span>
        {version.inForce ? <Badge tone="good">{messages.inForce}</Badge> : null}
      </button>
    </li>
  );
}
