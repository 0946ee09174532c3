import type { ReactNode } from 'react';
import './panel.css';

/** The bar above a panel's content. */
export function PanelBar({ children }: { readonly children: ReactNode }) {
  return <div className="panel-bar">{children}</div>;
}

export interface PanelProps {
  /** What the tests find a panel by. Screen readers have the name from the tab, or from the page around it. */
  readonly name: string;
  readonly bar?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ name, bar, children }: PanelProps) {
  return (
    <div className="panel" data-view={name}>
      {bar === undefined ? null : <PanelBar>{bar}</PanelBar>}
      <div className="panel-content">{children}</div>
    </div>
  );
}
