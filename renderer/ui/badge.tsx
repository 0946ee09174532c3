import type { ReactNode } from 'react';
import './badge.css';

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'accent' | 'review';

export function Badge({ tone = 'neutral', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span className={`badge badge-${tone}`} title={title}>
      {children}
    </span>
  );
}

/** A state as a coloured dot; the text beside it says the same, so that colour is never alone. */
export function StateDot({ tone, pulsing }: { readonly tone: Tone; readonly pulsing?: boolean }) {
  return <span className={`state-dot state-dot-${tone}`} data-pulsing={pulsing || undefined} aria-hidden />;
}
