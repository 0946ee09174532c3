import { Equal } from 'lucide-react';
import { type KeyboardEvent, useEffect, useState } from 'react';
import type { Change } from '../../../../schema/entities.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { Split } from '../../../ui/split.tsx';
import { stepOf, useVirtualRows } from '../../../ui/use-virtual-rows.ts';
import type { ChangesStore } from '../changes-store.ts';
import { messages } from '../messages.ts';
import { ComparedFile } from './compared-file.tsx';
import type { SessionState } from './states.ts';

export interface ComparisonViewProps {
  readonly before: SessionState;
  readonly after: SessionState;
  readonly changes: ChangesStore;
}

/** The files in which two states differ, and one of them side by side. */
export function ComparisonView({ before, after, changes: store }: ComparisonViewProps) {
  const listed = useComparison({ before, after, changes: store });
  const [picked, setPicked] = useState<string>();
  if (listed === undefined) return <Spinner />;
  if (listed.length === 0) return <EmptyState icon={Equal} title={messages.compareSame} />;
  const shown = listed.find((change) => change.path === picked) ?? listed[0];
  return (
    <Split
      label={messages.compareList}
      initial={320}
      start={<Files changes={listed} shown={shown?.path} onPick={setPicked} />}
      end={
        shown === undefined ? null : (
          <ComparedFile key={shown.path} {...{ before, after, changes: store }} path={shown.path} />
        )
      }
    />
  );
}

function useComparison({ before, after, changes: { client, onFailure } }: ComparisonViewProps) {
  const [listed, setListed] = useState<readonly Change[]>();
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    client.changes
      .compare({ ...before, with: after }, { signal })
      .then(({ changes }) => setListed(changes))
      .catch((thrown: unknown) => (signal.aborted ? undefined : onFailure(thrown)));
    return () => controller.abort();
  }, [before, after, client, onFailure]);
  return listed;
}

interface FilesProps {
  readonly changes: readonly Change[];
  readonly shown: string | undefined;
  readonly onPick: (path: string) => void;
}

const ROW_PX = 28;

function Files({ changes, shown, onPick }: FilesProps) {
  const { scroller, items, heightPx, focus } = useVirtualRows({ count: changes.length, rowPx: ROW_PX });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = stepOf(event);
    const at = changes.findIndex((change) => change.path === shown);
    const next = step === undefined ? undefined : changes[at + step];
    if (step === undefined || next === undefined) return;
    event.preventDefault();
    onPick(next.path);
    focus(at + step, `[data-path="${CSS.escape(next.path)}"]`);
  };
  return (
    <>
      <p className="compare-count">{messages.compareCount(changes.length)}</p>
      <div className="change-scroll" ref={scroller} onKeyDown={onKeyDown} role="presentation">
        <ul className="change-list" style={{ height: heightPx }} aria-label={messages.compareList}>
          {items.map(({ key, index, start }) => (
            <li key={key} className="change-item" style={{ transform: `translateY(${start}px)` }}>
              <File change={changes[index]} shown={shown} onPick={onPick} />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

interface FileProps extends Omit<FilesProps, 'changes'> {
  readonly change: Change | undefined;
}

function File({ change, shown, onPick }: FileProps) {
  if (change === undefined) return null;
  const { path, kind } = change;
  const isShown = path === shown;
  return (
    <div className="change-row" data-selected={isShown || undefined}>
      <button
        type="button"
        className="change-pick"
        data-path={path}
        title={path}
        aria-current={isShown ? 'true' : undefined}
        onClick={() => onPick(path)}
      >
        <span className={`change-kind change-${kind}`} title={messages.kinds[kind]}>
          {messages.kindLetters[kind]}
        </span>
        <span className="change-name truncate">{path}</span>
      </button>
    </div>
  );
}
