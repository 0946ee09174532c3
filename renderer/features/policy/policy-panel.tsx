import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Split } from '../../ui/split.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { DocumentBanner } from './document-banner.tsx';
import { DocumentPicker } from './document-picker.tsx';
import { HistoryView } from './history-view.tsx';
import { messages } from './messages.ts';
import type { PolicyStores } from './policy-stores.ts';
import { shownText } from './policy-store.ts';
import { PreviewView } from './preview-view.tsx';
import { ProblemList } from './problem-list.tsx';
import { RecordingView } from './recording-view.tsx';
import { RuleList } from './rule-list.tsx';
import { TrialView } from './trial-view.tsx';
import './policy.css';
import './rule-list.css';
import './trial.css';
import './policy-change.css';

const PolicyEditorView = lazy(async () => ({
  default: (await import('./policy-editor-view.tsx')).PolicyEditorView,
}));

type Side = keyof typeof messages.sides;
const SIDES = (['rules', 'trial', 'history', 'record'] as const).map((value) => ({
  value,
  label: messages.sides[value],
}));
const EDITOR_PX = 560;
const EDITOR_MAX_PX = 1400;
const EDITOR_SHARE = 0.46;

/** The policy: its text, and beside it what the text means, would decide, and was before. */
export function PolicyPanel({ stores }: { readonly stores: PolicyStores }) {
  const { policy, changes } = stores;
  const failure = useStore(policy.store, (state) => state.failure);
  const [line, setLine] = useState(1);
  const [wanted, setWanted] = useState<{ readonly line: number; readonly count: number }>();
  const reveal = (at: number): void => setWanted((former) => ({ line: at, count: (former?.count ?? 0) + 1 }));
  const preview = (): void => {
    const text = shownText(policy.store.getState());
    if (text !== undefined && policy.store.getState().shown === undefined) void changes.preview(text);
  };
  if (failure) return <FailureNotice failure={failure} />;
  const text = (
    <div className="policy-text">
      <DocumentBanner policy={policy} />
      <Suspense fallback={<div className="policy-editor" />}>
        <PolicyEditorView policy={policy} wanted={wanted} onLine={setLine} onPreview={preview} />
      </Suspense>
      <ProblemList policy={policy} onShow={reveal} />
    </div>
  );
  return (
    <Panel name="policy" bar={<PolicyBar stores={stores} onPreview={preview} />}>
      <Split
        label={messages.width}
        initial={Math.max(EDITOR_PX, Math.round(innerWidth * EDITOR_SHARE))}
        min={320}
        max={EDITOR_MAX_PX}
        start={text}
        end={<PolicySide stores={stores} line={line} onShow={reveal} />}
      />
    </Panel>
  );
}

function PolicyBar({ stores, onPreview }: { readonly stores: PolicyStores; readonly onPreview: () => void }) {
  const { policy, changes } = stores;
  const { draft, shown, findings } = useStore(policy.store);
  const busy = useStore(changes.store, (state) => state.busy);
  const isEdited = draft !== undefined && shown === undefined;
  return (
    <>
      <DocumentPicker policy={policy} />
      <span className="policy-state" role="status">
        {isEdited ? messages.edited : ''}
      </span>
      <span className="grow" />
      {isEdited ? (
        <Button size="small" tone="ghost" onClick={() => policy.discard()}>
          {messages.discard}
        </Button>
      ) : null}
      <Button
        size="small"
        tone="primary"
        busy={busy === 'previewing'}
        disabled={!isEdited || findings.errors.length > 0}
        onClick={onPreview}
      >
        {messages.review}
      </Button>
    </>
  );
}

interface PolicySideProps {
  readonly stores: PolicyStores;
  readonly line: number;
  readonly onShow: (line: number) => void;
}

function PolicySide({ stores, line, onShow }: PolicySideProps) {
  const { policy, changes, trials, recordings } = stores;
  const { shown, failure } = useStore(changes.store);
  const [side, setSide] = useState<Side>('rules');
  if (shown !== undefined || failure !== undefined) return <PreviewView policy={policy} changes={changes} />;
  return (
    <div className="policy-side">
      <div className="policy-side-bar">
        <Segmented label={messages.side} value={side} options={SIDES} onChange={setSide} />
      </div>
      {side === 'rules' ? <RuleList policy={policy} line={line} onShow={onShow} /> : null}
      {side === 'trial' ? <TrialView policy={policy} trials={trials} /> : null}
      {side === 'history' ? (
        <HistoryView
          policy={policy}
          changes={changes}
          onRestore={(text) => {
            policy.edit(text);
            void changes.preview(text);
          }}
        />
      ) : null}
      {side === 'record' ? (
        <RecordingView
          recordings={recordings}
          onAdopt={(session, proposal) =>
            void recordings
              .adopt(session, proposal, policy.editedText())
              .then((text) => (text === undefined ? undefined : policy.edit(text)))
          }
        />
      ) : null}
    </div>
  );
}
