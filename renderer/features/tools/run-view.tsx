import { Square } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Failure, SessionId } from '../../../schema/entities.ts';
import type { Decision } from '../../../schema/policy.ts';
import { RecordsButton } from '../../app/records-button.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ResultView } from '../../ui/result-view.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { messages } from './messages.ts';
import type { Progress, Run, RunState } from './tools-store.ts';

const STATE_TONES: Record<RunState, Tone> = {
  running: 'accent',
  done: 'good',
  failed: 'bad',
  denied: 'bad',
  cancelled: 'neutral',
};

export interface RunViewProps {
  readonly session: SessionId;
  readonly run: Run;
  /** A person has to answer before it goes on. */
  readonly waiting: boolean;
  readonly onCancel: () => void;
}

/** One run of a tool: state, decision, live output, result. */
export function RunView({ session, run, waiting, onCancel }: RunViewProps) {
  const failure = failureOfRun(run);
  return (
    <article className="run" aria-label={run.tool} data-state={run.state}>
      <header className="run-head">
        <StateBadge state={run.state} waiting={waiting} />
        <span className="mono truncate">{run.tool}</span>
        <span className="grow" />
        <RunTimes run={run} />
        {run.state === 'running' ? (
          <Button size="small" icon={Square} onClick={onCancel}>
            {messages.cancel}
          </Button>
        ) : null}
        <RecordsButton filters={{ session, tool: run.tool }} label={messages.records(run.tool)} />
        {run.state === 'done' ? <CopyButton text={() => textOf(run.result)} label={messages.copyResult} /> : null}
      </header>
      {run.decision && run.state !== 'denied' ? <DecisionLine decision={run.decision} /> : null}
      {run.state === 'running' && run.progress ? <ProgressLine progress={run.progress} /> : null}
      {failure ? <FailureNotice failure={failure} compact /> : null}
      {run.output === '' ? null : <LiveText text={run.output} />}
      {run.state === 'done' ? (
        <section aria-label={messages.result}>
          <ResultView result={run.result} />
        </section>
      ) : null}
      {run.truncated ? <p className="muted">{messages.truncated}</p> : null}
    </article>
  );
}

function StateBadge({ state, waiting }: { readonly state: RunState; readonly waiting: boolean }) {
  if (state === 'running' && waiting) return <Badge tone="review">{messages.waiting}</Badge>;
  return (
    <Badge tone={STATE_TONES[state]}>
      {state === 'running' ? <Spinner size={11} /> : null}
      {messages.states[state]}
    </Badge>
  );
}

function RunTimes({ run }: { readonly run: Run }) {
  if (run.durationMs === undefined) return null;
  const own = formatDuration(run.durationMs);
  const title = run.overheadMs === undefined ? own : messages.overhead(own, formatDuration(run.overheadMs));
  return (
    <span className="run-time" title={title}>
      {own}
    </span>
  );
}

function DecisionLine({ decision }: { readonly decision: Decision }) {
  const text =
    decision.decision === 'require_review' ? messages.reviewed(decision.rule) : messages.allowed(decision.rule);
  return <p className="run-decision selectable">{[text, ...reasonsOf(decision)].join(' · ')}</p>;
}

/** A rule that gives no reason stands for itself. */
function reasonsOf(decision: Decision): string[] {
  return decision.reasons.filter((reason) => reason !== decision.rule);
}

/** A denial says which rule it was; the rule's reasons are why. */
function failureOfRun(run: Run): Failure | undefined {
  const { failure, decision } = run;
  if (failure === undefined || run.state !== 'denied' || decision === undefined) return failure;
  return { ...failure, why: [messages.denied(decision.rule), ...reasonsOf(decision)].join(' · ') };
}

function ProgressLine({ progress }: { readonly progress: Progress }) {
  const { done, total, message } = progress;
  return (
    <div className="run-progress" role="status">
      <span className="truncate">{message}</span>
      {done === undefined || total === undefined ? null : <progress value={done} max={total} aria-label={message} />}
    </div>
  );
}

/** Text that grows; it follows its end for as long as the reader is there. */
function LiveText({ text }: { readonly text: string }) {
  const ref = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    if (ref.current && atEnd.current && text !== '') ref.current.scrollTop = ref.current.scrollHeight;
  }, [text]);
  return (
    <pre
      ref={ref}
      className="text-block selectable"
      aria-label={messages.output}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < 8;
      }}
    >
      {text}
    </pre>
  );
}

function textOf(result: unknown): string {
  return typeof result === 'string' ? result : (JSON.stringify(result, null, 2) ?? '');
}
