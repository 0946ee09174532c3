import { type FormEvent, useId, useState } from 'react';
import { useStore } from 'zustand';
import type { MissedRule, Schedule, ScheduleRequest } from '../../../schema/contract/schedule.ts';
import type { Failure, SessionId } from '../../../schema/entities.ts';
import { failureOf } from '../../app/failure.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { formatElapsed } from '../../ui/format.ts';
import { Modal } from '../../ui/modal.tsx';
import { messages } from './messages.ts';
import type { SchedulesStore } from './schedules-store.ts';

export interface ScheduleFormProps {
  readonly store: SchedulesStore;
  readonly former: Schedule | undefined;
  readonly onClose: () => void;
}

interface Draft {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly session: string;
  readonly command: string;
  readonly missed: MissedRule['run'];
}

const RULES: readonly MissedRule['run'][] = ['once', 'skip', 'all'];

/** A new schedule of a command, or another time or command for one there is. What the kernel refuses is shown with its remedy. */
export function ScheduleForm({ store, former, onClose }: ScheduleFormProps) {
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  const [draft, setDraft] = useState<Draft>(() => draftOf(former, list[0]?.id ?? ''));
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await store.save(requestOf(draft, former), former?.id);
      onClose();
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  // An interval that was set elsewhere stays until a cron expression takes its place.
  const intervalMs = former?.everyMs;
  const isRequired = (key: keyof Draft): boolean => key !== 'timeZone' && (key !== 'cron' || intervalMs === undefined);
  const cronHint =
    intervalMs === undefined ? messages.cronHint : messages.intervalKept(messages.every(formatElapsed(intervalMs)));
  const text = (key: 'name' | 'cron' | 'timeZone' | 'command', label: string, hint?: string) => (
    <Field label={label} htmlFor={`${id}${key}`} hint={hint} required={isRequired(key)}>
      <TextField
        id={`${id}${key}`}
        value={draft[key]}
        required={isRequired(key)}
        onChange={(event) => setDraft({ ...draft, [key]: event.target.value })}
      />
    </Field>
  );
  return (
    <Modal open onClose={onClose} title={former?.name ?? messages.addSchedule.replace('…', '')}>
      <form className="schedule-form" onSubmit={(event) => void save(event)}>
        {text('name', messages.nameField)}
        {text('cron', messages.cronField, cronHint)}
        {text('timeZone', messages.zoneField)}
        <Field label={messages.sessionField} htmlFor={`${id}session`} required>
          <select
            className="select-field"
            id={`${id}session`}
            value={draft.session}
            required
            onChange={(event) => setDraft({ ...draft, session: event.target.value })}
          >
            {list.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </Field>
        {text('command', messages.commandField, messages.commandHint)}
        <Field label={messages.missedField} htmlFor={`${id}missed`}>
          <select
            className="select-field"
            id={`${id}missed`}
            value={draft.missed}
            onChange={(event) =>
              setDraft({ ...draft, missed: RULES.find((one) => one === event.target.value) ?? 'once' })
            }
          >
            {RULES.map((rule) => (
              <option key={rule} value={rule}>
                {messages.missed[rule]}
              </option>
            ))}
          </select>
        </Field>
        {failure ? <FailureNotice failure={failure} compact /> : null}
        <div className="dialog-actions">
          <Button onClick={onClose}>{messages.cancel}</Button>
          <Button type="submit" tone="primary" busy={busy}>
            {messages.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function draftOf(former: Schedule | undefined, session: string): Draft {
  const { command } = former?.task ?? {};
  const isShell = command?.[0] === 'sh' && command[1] === '-c' && command.length === 3;
  return {
    name: former?.name ?? '',
    cron: former?.cron ?? '',
    timeZone: former?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    session: former?.task.session ?? session,
    command: isShell ? (command[2] ?? '') : (command?.join(' ') ?? ''),
    missed: former?.missed.run ?? 'once',
  };
}

function requestOf(
  { name, cron, timeZone, session, command, missed }: Draft,
  former: Schedule | undefined,
): ScheduleRequest {
  const { command: _command, session: _session, ...rest } = former?.task ?? { name: taskName(name) };
  const job = former?.task.call === undefined ? { command: ['sh', '-c', command] } : {};
  return {
    name,
    ...(cron === '' && former?.everyMs !== undefined ? { everyMs: former.everyMs } : { cron }),
    ...(timeZone === '' ? {} : { timeZone }),
    missed: former?.missed.run === missed ? former.missed : { run: missed },
    // The choice is one of the sessions' own ids.
    task: { ...rest, ...job, session: session as SessionId },
  };
}

/** A task's name has no spaces. */
function taskName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[^A-Za-z0-9]+/g, '');
  return plain.slice(0, 63) || 'scheduled';
}
