import { AppWindow, Ellipsis, SquareArrowRight } from 'lucide-react';
import { useStore } from 'zustand';
import type { Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import { windowSlot } from '../../app/window-slot.ts';
import { IconButton } from '../../ui/button.tsx';
import { useContextMenu } from '../../ui/context-menu.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { messages } from './messages.ts';
import { SessionStateMark } from './session-state.tsx';
import { useSessionActions } from './use-session-actions.tsx';
import './sessions.css';

export interface SessionListProps {
  /** How many questions of a session wait for an answer. */
  readonly waiting: (session: Session) => number;
  readonly onSelect: (session: Session) => void;
  /** The one that is shown, if any is. */
  readonly shown: string | undefined;
}

export function SessionList({ waiting, onSelect, shown }: SessionListProps) {
  const { sessions } = useServices();
  const { sessions: list, loaded } = useStore(sessions.store);
  if (loaded && list.length === 0) return <p className="session-none">{messages.none}</p>;
  return (
    <ul className="session-list" aria-label={messages.title}>
      {list.map((session) => (
        <SessionRow
          key={session.id}
          session={session}
          waiting={waiting(session)}
          selected={session.id === shown}
          onSelect={() => onSelect(session)}
        />
      ))}
    </ul>
  );
}

interface SessionRowProps {
  readonly session: Session;
  readonly waiting: number;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

function SessionRow({ session, waiting, selected, onSelect }: SessionRowProps) {
  const { items, question } = useSessionActions(session);
  const { menu, open } = useContextMenu();
  const { client, notices } = useServices();
  const first: readonly MenuItem[] = [
    { label: messages.open, icon: SquareArrowRight, onSelect },
    {
      label: messages.openInWindow,
      icon: AppWindow,
      onSelect: () => void client.window.open({ window: windowSlot, session: session.id }).catch(notices.fail),
    },
  ];
  const more = items.map((item, index) => (index === 0 ? { ...item, startsGroup: true } : item));
  return (
    <li
      className="session-row"
      data-selected={selected || undefined}
      data-session={session.id}
      data-state={session.state}
      onContextMenu={(event) => open(event, messages.actions(session.name), [...first, ...more])}
    >
      <button
        type="button"
        className="session-pick"
        aria-current={selected ? 'true' : undefined}
        title={session.workspace}
        onClick={onSelect}
      >
        <SessionStateMark state={session.state} />
        <span className="session-names">
          <span className="session-name truncate">{session.name}</span>
          <span className="session-where">
            <Rest session={session} />
            <span className="truncate">{shortPath(session.workspace)}</span>
          </span>
        </span>
        {waiting === 0 ? null : (
          <span className="session-waiting" title={`${waiting} waiting for an answer`}>
            {waiting}
          </span>
        )}
      </button>
      <Menu trigger={<IconButton icon={Ellipsis} label={messages.actions(session.name)} />} items={items} />
      {menu}
      {question}
    </li>
  );
}

/** What a session that does not run is: archived ones rest like stopped ones, and are resumed the same way. */
function Rest({ session: { state, archivedAt } }: { readonly session: Session }) {
  if (state === 'running') return null;
  return archivedAt === undefined ? (
    <span>{messages.states[state]}</span>
  ) : (
    <span title={messages.archivedWhy}>{messages.archived}</span>
  );
}

/** The end of a path tells more than its beginning: `…/projects/site`. */
function shortPath(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  return segments.length <= 2 ? path : `…/${segments.slice(-2).join('/')}`;
}
