import { Box, TriangleAlert } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { CaveStore } from './cave-store.ts';
import { messages } from './messages.ts';

/** Typing is over after this. */
const LOOK_AFTER_MS = 250;

export interface CaveChoiceProps {
  readonly path: string;
  readonly busy: boolean;
  readonly onStart: (sandbox: string) => void;
}

/** The sandboxes that a folder's cave.yaml names, each to be started; or what is wrong with the file, line by line. */
export function CaveChoice({ path, busy, onStart }: CaveChoiceProps) {
  const { client } = useServices();
  const caves = useMemo(() => new CaveStore(client), [client]);
  const cave = useStore(caves.store, (state) => state.cave);
  useEffect(() => {
    const timer = setTimeout(() => void caves.look(path), LOOK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [caves, path]);
  if (cave?.exists !== true) return null;
  if (cave.errors.length > 0) {
    return (
      <div className="cave" data-ok="false" role="status">
        <p className="cave-title">
          <TriangleAlert size={14} aria-hidden /> {messages.caveWrong}
        </p>
        <ul className="cave-errors">
          {cave.errors.map(({ line, column, message }) => (
            <li key={`${line}:${column}:${message}`}>
              <span className="cave-line">{messages.line(line)}</span>
              <span className="selectable">{message}</span>
            </li>
          ))}
        </ul>
      </div>
    );
  }
  return (
    <div className="cave" data-ok="true">
      <p className="cave-title">{messages.cave}</p>
      <ul className="cave-sandboxes" aria-label={messages.cave}>
        {cave.sandboxes.map(({ name, profile, start }) => (
          <li key={name}>
            <Button size="small" icon={Box} disabled={busy} onClick={() => onStart(name)}>
              {messages.startNamed(name)}
            </Button>
            <span className="cave-about truncate">{[profile, ...(start ? [start.join(' ')] : [])].join(' · ')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
