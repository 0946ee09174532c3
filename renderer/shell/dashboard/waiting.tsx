import { CircleAlert, CircleCheck, FileDiff, type LucideIcon, ShieldQuestionMark } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../../../schema/entities.ts';
import { useServices } from '../../app/services.tsx';
import type { PanelName } from '../../app/workbench-store.ts';
import { ordinaryChanges } from '../../features/changes/change-rows.ts';
import { Button } from '../../ui/button.tsx';
import type { ShellStores } from '../shell-stores.ts';
import { messages } from './messages.ts';

export interface WaitingProps {
  readonly stores: ShellStores;
  readonly running: readonly Session[];
}

/** What a person has to look at before anything goes on: questions, failed starts, changes. */
export function Waiting({ stores, running }: WaitingProps) {
  const { sessions, workbench } = useServices();
  const questions = useStore(stores.approvals.store, (state) => state.approvals.length);
  const failed = useStore(sessions.store, (state) => state.sessions).filter(({ state }) => state === 'failed');
  const open = (session: Session, panel?: PanelName): void => {
    sessions.select(session.id);
    workbench.show('session');
    if (panel !== undefined) workbench.reveal(panel);
  };
  return (
    <section aria-labelledby="dashboard-waiting">
      <h2 id="dashboard-waiting">{messages.waiting}</h2>
      <ul className="dashboard-rows" aria-live="polite">
        {/* Seen as long as it is alone. */}
        <li className="dashboard-row" data-tone="good">
          <CircleCheck size={15} aria-hidden />
          <span className="grow">{messages.nothingWaits}</span>
        </li>
        {questions === 0 ? null : (
          <Row icon={ShieldQuestionMark} tone="review" text={messages.questions(questions)}>
            <Button size="small" tone="primary" onClick={() => workbench.reveal('approvals')}>
              {messages.answer}
            </Button>
          </Row>
        )}
        {failed.map((session) => (
          <Row key={session.id} icon={CircleAlert} tone="bad" text={messages.failedSession(session.name)}>
            <Button size="small" onClick={() => open(session)}>
              {messages.look}
            </Button>
          </Row>
        ))}
        {running.map((session) => (
          <Changed key={session.id} session={session} stores={stores} onReview={() => open(session, 'changes')} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly icon: LucideIcon;
  readonly tone: 'review' | 'bad' | 'accent';
  readonly text: string;
  readonly children: ReactNode;
}

function Row({ icon: Icon, tone, text, children }: RowProps) {
  return (
    <li className="dashboard-row" data-tone={tone}>
      <Icon size={15} aria-hidden />
      <span className="grow truncate">{text}</span>
      {children}
    </li>
  );
}

/** What a session changed, once that is known and something. */
function Changed({ session, stores, onReview }: { session: Session; stores: ShellStores; onReview: () => void }) {
  const count = useStore(stores.ofSession(session.id).changes.store, (state) => ordinaryChanges(state.changes).length);
  if (count === 0) return null;
  return (
    <Row icon={FileDiff} tone="accent" text={messages.changed(session.name, count)}>
      <Button size="small" onClick={onReview}>
        {messages.review}
      </Button>
    </Row>
  );
}
