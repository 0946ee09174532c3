import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useStore } from 'zustand';
import { messages } from './messages.ts';
import type { PolicyStore } from './policy-store.ts';

export interface ProblemListProps {
  readonly policy: PolicyStore;
  readonly onShow: (line: number) => void;
}

/** Under the editor: what the check found, each leading to its line. */
export function ProblemList({ policy, onShow }: ProblemListProps) {
  const { errors, warnings } = useStore(policy.store, (state) => state.findings);
  const problems = [
    ...errors.map((error) => ({ ...error, tone: 'bad' as const })),
    ...warnings.map((warning) => ({ ...warning, tone: 'warn' as const })),
  ];
  return (
    <footer className="policy-problems" aria-label={messages.problems(errors.length, warnings.length)}>
      {problems.length === 0 ? null : (
        <ul className="problem-list">
          {problems.map(({ line, message, tone }, index) => (
            <li key={index}>
              <button type="button" className="problem" data-tone={tone} onClick={() => onShow(line)}>
                {tone === 'bad' ? <CircleAlert size={13} aria-hidden /> : <TriangleAlert size={13} aria-hidden />}
                <span className="problem-line">{messages.atLine(line)}</span>
                <span className="problem-text">{message}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p className="policy-foot">
        {problems.length === 0 ? (
          <span className="policy-fine">
            <CircleCheck size={13} aria-hidden /> {messages.noProblems}
          </span>
        ) : (
          <span role="status">{messages.problems(errors.length, warnings.length)}</span>
        )}
        <span className="grow" />
        <span className="truncate">{messages.keys}</span>
      </p>
    </footer>
  );
}
