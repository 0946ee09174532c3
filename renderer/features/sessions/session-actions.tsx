import type { ReactNode } from 'react';
import type { Session } from '../../../schema/entities.ts';
import { Menu } from '../../ui/menu.tsx';
import { useSessionActions } from './use-session-actions.tsx';

export interface SessionActionsProps {
  readonly session: Session;
  /** The button that opens the menu. */
  readonly trigger: ReactNode;
}

/** Stop, resume, remove: with a question before what cannot be taken back. */
export function SessionActions({ session, trigger }: SessionActionsProps) {
  const { items, question } = useSessionActions(session);
  return (
    <>
      <Menu trigger={trigger} items={items} />
      {question}
    </>
  );
}
