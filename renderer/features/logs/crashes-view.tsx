import { ShieldCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { CrashSummary } from '../../../schema/contract/diagnostics.ts';
import { useNow } from '../../app/use-now.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatMoment } from '../../ui/format.ts';
import type { LogsStore } from './logs-store.ts';
import { messages } from './messages.ts';

const DAY_CHECK_MS = 60_000;

/** The reports of crashes, the newest first, one of them whole. */
export function CrashesView({ logs }: { readonly logs: LogsStore }) {
  const crashes = useStore(logs.store, (state) => state.crashes);
  const [chosen, setChosen] = useState<string>();
  const now = useNow(DAY_CHECK_MS);
  useEffect(() => void logs.loadCrashes(), [logs]);
  if (crashes === undefined) return <EmptyState icon={ShieldCheck} title={messages.loading} />;
  const shown = crashes.find(({ file }) => file === chosen) ?? crashes[0];
  if (shown === undefined) {
    return (
      <EmptyState icon={ShieldCheck} title={messages.noCrashes}>
        {messages.noCrashesText}
      </EmptyState>
    );
  }
  return (
    <div className="logs-crashes">
      <ul aria-label={messages.tabs.crashes}>
        {crashes.map((crash) => (
          <li key={crash.file}>
            <button
              type="button"
              aria-current={crash === shown ? 'true' : undefined}
              onClick={() => setChosen(crash.file)}
            >
              <span>{messages.crashParts[crash.part]}</span>
              <span className="muted">{formatMoment(crash.at, now)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Report crash={shown} />
    </div>
  );
}

function Report({ crash: { file, text } }: { readonly crash: CrashSummary }) {
  return (
    <section className="logs-report" aria-label={messages.report}>
      <header>
        <span className="mono grow truncate selectable">{file}</span>
        <CopyButton text={text} label={messages.copyReport} />
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <pre className="mono selectable" tabIndex={0}>
        {text}
      </pre>
    </section>
  );
}
