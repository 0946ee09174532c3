import { CalendarClock, Ellipsis, Pencil, Play, Plus, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Schedule, ScheduleRun } from '../../../schema/contract/schedule.ts';
import { useNow } from '../../app/use-now.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatElapsed, formatMoment } from '../../ui/format.ts';
import { Menu } from '../../ui/menu.tsx';
import { messages } from './messages.ts';
import { ScheduleForm } from './schedule-form.tsx';
import type { SchedulesStore } from './schedules-store.ts';

const RENEW_EVERY_MS = 5000;

/** What comes again and again: each schedule with its next time, and what became of those that have passed. */
export function SchedulesView({ schedules: store }: { readonly schedules: SchedulesStore }) {
  const { schedules, loaded, shown } = useStore(store.store);
  const [editing, setEditing] = useState<Schedule | 'new'>();
  useEffect(() => {
    void store.load();
    const timer = setInterval(() => void store.load(), RENEW_EVERY_MS);
    return () => clearInterval(timer);
  }, [store]);
  const add = (
    <Button icon={Plus} onClick={() => setEditing('new')}>
      {messages.addSchedule}
    </Button>
  );
  const chosen = schedules.find(({ id }) => id === shown);
  return (
    <div className="schedules">
      {loaded && schedules.length === 0 ? (
        <EmptyState icon={CalendarClock} title={messages.noSchedules} actions={add}>
          {messages.noSchedulesText}
        </EmptyState>
      ) : (
        <div className="schedule-list">
          <div className="schedule-tools">{add}</div>
          <ul>
            {schedules.map((one) => (
              <ScheduleRow
                key={one.id}
                store={store}
                schedule={one}
                shown={one.id === shown}
                onEdit={() => setEditing(one)}
              />
            ))}
          </ul>
        </div>
      )}
      {chosen ? <History store={store} schedule={chosen} /> : null}
      {editing ? (
        <ScheduleForm
          store={store}
          former={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      ) : null}
    </div>
  );
}

interface ScheduleRowProps {
  readonly store: SchedulesStore;
  readonly schedule: Schedule;
  readonly shown: boolean;
  readonly onEdit: () => void;
}

function ScheduleRow({ store, schedule, shown, onEdit }: ScheduleRowProps) {
  const nowMs = useNow(RENEW_EVERY_MS);
  const [removing, setRemoving] = useState(false);
  const { id, name, cron, everyMs, timeZone, state, next } = schedule;
  const isActive = state === 'active';
  return (
    <li className="schedule-row" aria-current={shown || undefined} data-schedule={name}>
      <button type="button" className="schedule-pick" onClick={() => void store.show(shown ? undefined : id)}>
        <span className="schedule-name truncate">{name}</span>
        <span className="schedule-when">
          {cron === undefined ? messages.every(formatElapsed(everyMs ?? 0)) : `${cron} · ${timeZone}`}
        </span>
        <span className="schedule-next">
          {isActive ? (
            next === null ? (
              messages.never
            ) : (
              messages.next(formatMoment(next, nowMs))
            )
          ) : (
            <Badge tone="warn">{messages.schedulePaused}</Badge>
          )}
        </span>
      </button>
      <IconButton icon={Play} label={`${messages.runNow}: ${name}`} onClick={() => void store.act('run', id)} />
      <Menu
        align="end"
        trigger={<IconButton icon={Ellipsis} label={messages.actionsFor(name)} />}
        items={[
          { label: messages.editSchedule, icon: Pencil, onSelect: onEdit },
          {
            label: isActive ? messages.pause : messages.resume,
            onSelect: () => void store.act(isActive ? 'pause' : 'resume', id),
          },
          {
            label: messages.remove,
            icon: Trash2,
            tone: 'danger',
            startsGroup: true,
            onSelect: () => setRemoving(true),
          },
        ]}
      />
      <ConfirmDialog
        open={removing}
        onClose={() => setRemoving(false)}
        title={messages.removeTitle(name)}
        confirmLabel={messages.remove}
        tone="danger"
        onConfirm={() => store.act('remove', id)}
      >
        {messages.removeText}
      </ConfirmDialog>
    </li>
  );
}

const TONES: Record<ScheduleRun['outcome'], Tone> = { submitted: 'good', missed: 'warn', refused: 'bad' };

function History({ store, schedule }: { readonly store: SchedulesStore; readonly schedule: Schedule }) {
  const { runs } = useStore(store.store);
  const nowMs = useNow(RENEW_EVERY_MS);
  return (
    <section className="schedule-history" aria-label={messages.history}>
      <h2 className="truncate">{schedule.name}</h2>
      <h3>{messages.history}</h3>
      <p className="schedule-rule">
        {messages.missedField} {messages.missed[schedule.missed.run]}.
      </p>
      {runs.length === 0 ? <p className="schedule-rule">{messages.noHistory}</p> : null}
      <ol>
        {runs.map(({ id, dueAt, outcome, why }) => (
          <li key={id}>
            <time>{formatMoment(dueAt, nowMs)}</time>
            <Badge tone={TONES[outcome]}>{messages.outcomes[outcome]}</Badge>
            <span className="schedule-why">{why ?? ''}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
