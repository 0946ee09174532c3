import { CircleAlert, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../app/services.tsx';
import type { AuditStore } from '../features/audit/audit-store.ts';
import { Button } from '../ui/button.tsx';
import { breakText } from './break-text.ts';
import { messages } from './messages.ts';
import './chain-banner.css';

/** Above everything else: that nothing can be recorded, and what the start found broken or lost. */
export function ChainBanner({ audit }: { readonly audit: AuditStore }) {
  const { workbench } = useServices();
  const { writable, breaks } = useStore(audit.store);
  const [understood, setUnderstood] = useState(0);
  const found = breaks.slice(understood);
  if (writable && found.length === 0) return null;
  return (
    <div className="chain-banners">
      {writable ? null : (
        <div className="chain-banner" data-tone="bad" role="alert">
          <CircleAlert size={16} aria-hidden />
          <Words title={messages.readOnlyTitle} text={messages.readOnlyText} />
        </div>
      )}
      {found.length === 0 ? null : (
        <div className="chain-banner" data-tone="warn" role="alert">
          <TriangleAlert size={16} aria-hidden />
          <div className="chain-banner-list">
            {found.map((one) => (
              <Words key={one.reason} {...breakText(one)} />
            ))}
          </div>
          <Button size="small" onClick={() => workbench.showRecords({ types: ['chain_break'] })}>
            {messages.showRecords}
          </Button>
          <Button size="small" onClick={() => setUnderstood(breaks.length)}>
            {messages.understood}
          </Button>
        </div>
      )}
    </div>
  );
}

function Words({ title, text }: { readonly title: string; readonly text: string }): ReactNode {
  return (
    <p className="chain-banner-words selectable">
      <strong>{title}.</strong> {text}
    </p>
  );
}
