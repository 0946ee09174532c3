import type { ReactNode } from 'react';
import './panel.css';

/** The bar above a panel's content. */
export function PanelBar({ children }: { readonly children: ReactNode }) {
  return <div className="panel-bar">{children}</div>;
}

export interface PanelProps {
  /** Read out by screen readers; tests find a panel by it. */
  readonly label: string;
  readonly bar?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ label, bar, children }: PanelProps) {
  return (
    <section className="panel" aria-label={label}>
      {bar === undefined ? null : <PanelBar>{bar}</PanelBar>}
      <div className="panel-content">{children}</div>
    </section>
  );
}
