import { Check, CircleX } from 'lucide-react';
import type { Phase } from '../../schema/entities.ts';
import { formatDuration } from './format.ts';
import { Spinner } from './spinner.tsx';
import { messages } from './messages.ts';
import './phase-list.css';

export interface PhaseListProps {
  readonly phases: readonly Phase[];
  readonly nowMs: number;
  readonly label: string;
  /** What the parts of a start are called. */
  readonly names: Readonly<Record<string, string>>;
  /** There is more to come. */
  readonly busy: boolean;
}

/** The parts of a start, each with its time, what it is at, and how much of it is done. */
export function PhaseList({ phases, nowMs, label, names, busy }: PhaseListProps) {
  return (
    <ol className="phases" aria-label={label} aria-busy={busy}>
      {phases.map((phase, index) => (
        <PhaseRow key={`${index}-${phase.name}`} phase={phase} nowMs={nowMs} name={names[phase.name] ?? phase.name} />
      ))}
    </ol>
  );
}

interface PhaseRowProps {
  readonly phase: Phase;
  readonly nowMs: number;
  readonly name: string;
}

function PhaseRow({ phase, nowMs, name }: PhaseRowProps) {
  const { state = 'done', detail, share, startedAt } = phase;
  const durationMs = state === 'working' && startedAt !== undefined ? Math.max(0, nowMs - startedAt) : phase.durationMs;
  return (
    <li className="phase" data-state={state} data-phase={phase.name}>
      <PhaseMark state={state} />
      <span className="phase-name">{name}</span>
      <span className="phase-detail truncate mono" title={detail}>
        {detail}
      </span>
      {share === undefined ? null : <progress className="phase-share" max={1} value={share} aria-label={detail} />}
      <span className="phase-time">{formatDuration(durationMs)}</span>
    </li>
  );
}

function PhaseMark({ state }: { readonly state: 'done' | NonNullable<Phase['state']> }) {
  if (state === 'working') return <Spinner />;
  return state === 'failed' ? (
    <CircleX size={14} aria-label={messages.phaseFailed} />
  ) : (
    <Check size={14} aria-label={messages.phaseDone} />
  );
}
