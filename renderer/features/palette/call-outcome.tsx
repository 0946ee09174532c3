import { CircleCheck, ShieldQuestionMark } from 'lucide-react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { ResultView } from '../../ui/result-view.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import type { PaletteItem } from './call-item.ts';
import type { CallRun } from './call-run.ts';
import { messages } from './messages.ts';

export interface CallOutcomeProps {
  readonly item: PaletteItem;
  readonly run: CallRun;
  readonly onAgain: () => void;
  readonly onChange: () => void;
  readonly onClose: () => void;
}

/** What a call came to, or that it waits for somebody. */
export function CallOutcome({ item, run, onAgain, onChange, onClose }: CallOutcomeProps) {
  const { state, result, failure, question } = useStore(run.store);
  const isEmpty = result === undefined || JSON.stringify(result) === '{}';
  return (
    <section className="palette-outcome" data-state={state} aria-label={item.title}>
      {state === 'running' ? (
        <p className="palette-running" role="status">
          <Spinner /> {messages.running}
        </p>
      ) : null}
      {question === undefined ? null : <Waiting question={question} onClose={onClose} />}
      {failure === undefined ? null : <FailureNotice failure={failure} />}
      {state === 'done' ? (
        <p className="palette-done" role="status">
          <CircleCheck size={15} aria-hidden />
          {Array.isArray(result) ? messages.events(result.length) : messages.done}
          {isEmpty ? null : <CopyButton text={JSON.stringify(result, null, 2)} label={messages.copy} />}
        </p>
      ) : null}
      {isEmpty ? null : (
        <div className="palette-result" tabIndex={0} role="region" aria-label={messages.result}>
          <ResultView result={result} />
        </div>
      )}
      <div className="palette-actions">
        {state === 'running' ? (
          <Button onClick={() => run.stop()}>{messages.stop}</Button>
        ) : (
          <>
            <Button onClick={onChange}>{messages.change}</Button>
            <Button onClick={onAgain} autoFocus>
              {messages.again}
            </Button>
          </>
        )}
      </div>
    </section>
  );
}

/** The question itself is answered where all are: beside what there is to look at. */
function Waiting({ question, onClose }: { readonly question: string; readonly onClose: () => void }) {
  const { workbench } = useServices();
  const show = (): void => {
    onClose();
    workbench.reveal('approvals');
  };
  return (
    <div className="palette-question" role="status">
      <p>
        <ShieldQuestionMark size={15} aria-hidden /> {messages.waits} {question}
      </p>
      <Button size="small" tone="primary" onClick={show}>
        {messages.showQuestion}
      </Button>
    </div>
  );
}
