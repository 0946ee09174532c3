import { ScrollText } from 'lucide-react';
import { useStore } from 'zustand';
import type { PluginLogLine } from '../../../../schema/contract/plugin.ts';
import { useServices } from '../../../app/services.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatClock } from '../../../ui/format.ts';
import { Spinner } from '../../../ui/spinner.tsx';
import { messages } from '../messages.ts';
import { readLine } from './log-line.ts';
import { useLog } from './use-log.ts';
import './log.css';

/** What a plugin wrote since the kernel started, the newest first. */
export function LogView({ id }: { readonly id: string }) {
  const lines = useLog(id);
  if (lines === undefined) return <Spinner />;
  if (lines.length === 0) {
    return (
      <EmptyState icon={ScrollText} title={messages.noLog}>
        {messages.noLogText}
      </EmptyState>
    );
  }
  return (
    <section className="plugin-log" aria-label={messages.tabs.log}>
      <p className="muted">{messages.logText}</p>
      <ol className="log-lines selectable">
        {lines.toReversed().map((line) => (
          <LogLine key={line.seq} line={line} />
        ))}
      </ol>
    </section>
  );
}

function LogLine({ line }: { readonly line: PluginLogLine }) {
  const { sessions } = useServices();
  const name = useStore(sessions.store, (state) => state.sessions.find(({ id }) => id === line.session)?.name);
  const { level, text, fields } = readLine(line);
  return (
    <li className="log-line" data-level={level}>
      <time className="log-at">{formatClock(line.at)}</time>
      <span className="log-level">{level ?? line.stream}</span>
      <span className="log-session truncate">{name ?? line.session}</span>
      <span className="log-text">
        {text} {fields === '' ? null : <span className="log-fields">{fields}</span>}
      </span>
    </li>
  );
}
