import { contractCalls } from 'virtual:contract-calls';
import { ArrowLeft } from 'lucide-react';
import { type FormEvent, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { CallDescription } from '../../../schema/contract/call-descriptions.ts';
import type { Services } from '../../app/services.tsx';
import { useServices } from '../../app/services.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { type FormSchema, formSchemaOf, initialValue } from '../../ui/json-schema.ts';
import { SchemaForm } from '../../ui/schema-form.tsx';
import { type Problems, problemsOf } from '../../ui/schema-validation.ts';
import { choicesFor, type Choice, withChoices } from './argument-choices.ts';
import { type PaletteItem, wantsConfirmation } from './call-item.ts';
import { CallOutcome } from './call-outcome.tsx';
import { CallRun, type MakeCall } from './call-run.ts';
import { messages } from './messages.ts';
import { EffectBadge } from './palette-list.tsx';

export interface CallViewProps {
  readonly item: PaletteItem;
  readonly call: CallDescription;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

type Input = Record<string, unknown>;

/** One call: what it does, what it needs, a question before what cannot be taken back, and what came of it. */
export function CallView({ item, call, onBack, onClose }: CallViewProps) {
  const services = useServices();
  const schema = formSchemaOf(call.input);
  const [value, setValue] = useState<Input>(() => startOf(schema, services));
  const [problems, setProblems] = useState<Problems>({});
  const [asking, setAsking] = useState(false);
  const run = useRun(call);
  const { state } = useStore(run.store);
  const shown = useShownSchema(call, schema, value);

  const start = (): void => {
    setAsking(false);
    void run.start(call, value);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = problemsOf(schema, value);
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    if (wantsConfirmation(call)) setAsking(true);
    else start();
  };
  return (
    <div className="palette-call">
      <header className="palette-call-head">
        <IconButton icon={ArrowLeft} label={messages.back} onClick={onBack} />
        <div className="grow">
          <h2 className="mono">{call.name}</h2>
          <p className="muted">{call.about}.</p>
        </div>
        <EffectBadge call={call} />
      </header>
      {state === 'input' && !asking ? (
        <form className="palette-form" onSubmit={submit} ref={focusFirst}>
          {problems[''] === undefined ? null : <p className="field-problem">{problems['']}</p>}
          {Object.keys(schema.properties ?? {}).length === 0 ? (
            <p className="muted">{messages.noInput}</p>
          ) : (
            <SchemaForm
              schema={shown}
              value={value}
              problems={problems}
              onChange={(next) => {
                setProblems({});
                setValue(next);
              }}
            />
          )}
          <div className="palette-actions">
            <Button tone="primary" type="submit">
              {messages.run}
            </Button>
          </div>
        </form>
      ) : null}
      {asking ? <Question call={call} value={value} onYes={start} onNo={() => setAsking(false)} /> : null}
      {state === 'input' ? null : (
        <CallOutcome item={item} run={run} onAgain={start} onChange={() => run.reset()} onClose={onClose} />
      )}
    </div>
  );
}

/** What is known already: the session that is shown, and its folder. */
function startOf(schema: FormSchema, { sessions }: Services): Input {
  const { sessions: list, selected } = sessions.store.getState();
  const session = list.find(({ id }) => id === selected);
  const known: Readonly<Record<string, unknown>> =
    session === undefined ? {} : { session: session.id, workspace: session.workspace };
  const required = new Set(schema.required ?? []);
  const given = Object.entries(known).filter(([name]) => required.has(name) && schema.properties?.[name] !== undefined);
  return { ...initialValue(schema), ...Object.fromEntries(given) };
}

/** The form's own: things to choose from, and dots for what nobody shall read over a shoulder. */
function useShownSchema(call: CallDescription, schema: FormSchema, value: Input): FormSchema {
  const { client } = useServices();
  const [choices, setChoices] = useState<Readonly<Record<string, readonly Choice[]>>>({});
  const { session } = value;
  useEffect(() => {
    let isWanted = true;
    const make = callsOf(client);
    const list = (area: string, input: Input): Promise<unknown> => Promise.resolve(make(`${area}.list`, input, {}));
    const own = call.name.slice(0, call.name.indexOf('.'));
    void choicesFor(formSchemaOf(call.input), { session }, { own, list, calls: contractCalls }).then((found) =>
      isWanted ? setChoices(found) : undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [client, call, session]);
  return useMemo(() => {
    const concealed = Object.entries(schema.properties ?? {}).map(([name, field]) => [
      name,
      call.conceals.includes(name) ? { ...field, format: 'password' } : field,
    ]);
    return withChoices({ ...schema, properties: Object.fromEntries(concealed) }, choices);
  }, [call, schema, choices]);
}

/** What ends after the palette was closed is told in the corner. */
function useRun(call: CallDescription): CallRun {
  const { client, notices } = useServices();
  const run = useMemo(() => new CallRun(callsOf(client)), [client]);
  useEffect(
    () => () => {
      if (run.store.getState().state !== 'running') return;
      const stop = run.store.subscribe(({ state, failure }) => {
        if (state === 'running') return;
        stop();
        if (failure === undefined) notices.tell(messages.doneNamed(call.name));
        else notices.failed(failure);
      });
    },
    [run, notices, call],
  );
  return run;
}

/** The client by names: what a palette made from the contract needs. */
function callsOf(client: Services['client']): MakeCall {
  return (name, input, options) => {
    const [area = '', member = ''] = name.split('.');
    // The names come from the contract that the client was made from, and the kernel validates the input.
    const members = client[area as keyof typeof client] as unknown as Record<string, (...args: unknown[]) => never>;
    return members[member]?.(input, options) ?? Promise.reject(new Error(`there is no call ${name}`));
  };
}

interface QuestionProps {
  readonly call: CallDescription;
  readonly value: Input;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** What is about to happen, once more, with all that was said of it. The focus starts on the way back. */
function Question({ call, value, onYes, onNo }: QuestionProps) {
  const told = Object.entries(value).filter(([name]) => !call.conceals.includes(name));
  return (
    <div className="palette-question" role="alert">
      <div className="grow">
        <p>{call.irreversible ? messages.confirmLoss : messages.confirmGrant}</p>
        <p className="palette-told mono">
          {told.map(([name, one]) => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`).join(' · ')}
        </p>
      </div>
      <div className="palette-actions">
        <Button onClick={onNo} autoFocus>
          {messages.cancel}
        </Button>
        <Button tone={call.irreversible ? 'danger' : 'primary'} onClick={onYes}>
          {messages.confirm}
        </Button>
      </div>
    </div>
  );
}

/** The first that is empty wants the keys; else the button that starts. */
function focusFirst(form: HTMLFormElement | null): void {
  if (form === null || form.contains(document.activeElement)) return;
  const fields = [...form.querySelectorAll<HTMLInputElement>('input, select, textarea')];
  const target = fields.find((field) => field.value === '' && field.type !== 'checkbox');
  (target?.ariaRequired === 'true' ? target : form.querySelector<HTMLElement>('[type="submit"]'))?.focus();
}
