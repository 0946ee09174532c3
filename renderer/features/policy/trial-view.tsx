import { type FormEvent, useId } from 'react';
import { useStore } from 'zustand';
import type { ConsideredRule, Explanation } from '../../../schema/policy.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { messages } from './messages.ts';
import { type PolicyStore, shownText } from './policy-store.ts';
import { CALLER_TAGS, syscallsOf } from './policy-words.ts';
import type { Trial, TrialStore } from './trial-store.ts';

export const VERDICT_TONES: Readonly<Record<ConsideredRule['verdict'], Tone>> = {
  allow: 'good',
  deny: 'bad',
  require_review: 'review',
  pass: 'neutral',
};

export interface TrialViewProps {
  readonly policy: PolicyStore;
  readonly trials: TrialStore;
}

/** A call that is only asked about, under the text that is shown: the decision, and what every rule said. */
export function TrialView({ policy, trials }: TrialViewProps) {
  const { trial, busy, answer, failure } = useStore(trials.store);
  const words = useStore(policy.store, (state) => state.words);
  const id = useId();
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    void trials.ask({ text: shownText(policy.store.getState()) ?? '', tools: words.tools });
  };
  return (
    <section className="policy-side-scroll" aria-label={messages.sides.trial}>
      <p className="policy-note">{messages.trialText}</p>
      <form className="trial-form" onSubmit={ask}>
        <TrialField trials={trials} name="syscall" label={messages.trialCall} list={`${id}-calls`} required />
        <TrialField trials={trials} name="path" label={messages.trialPath} />
        <TrialField trials={trials} name="tags" label={messages.trialTags} list={`${id}-tags`} />
        <TrialField trials={trials} name="size" label={messages.trialSize} />
        <TrialField trials={trials} name="template" label={messages.trialTemplate} />
        <datalist id={`${id}-calls`}>
          {syscallsOf(words).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <datalist id={`${id}-tags`}>
          {CALLER_TAGS.map((tag) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
        <div className="trial-actions">
          <Button type="submit" tone="primary" busy={busy} disabled={trial.syscall.trim() === ''}>
            {messages.trialAsk}
          </Button>
        </div>
      </form>
      {failure ? <FailureNotice failure={failure} /> : null}
      {answer ? <TrialAnswer trial={answer.trial} explanation={answer.explanation} /> : null}
    </section>
  );
}

interface TrialFieldProps {
  readonly trials: TrialStore;
  readonly name: keyof Trial;
  readonly label: string;
  readonly list?: string;
  readonly required?: boolean;
}

function TrialField({ trials, name, label, list, required }: TrialFieldProps) {
  const value = useStore(trials.store, (state) => state.trial[name]);
  const id = useId();
  return (
    <Field label={label} htmlFor={id} {...(required === undefined ? {} : { required })}>
      <TextField
        id={id}
        className="mono"
        value={value}
        {...(list === undefined ? {} : { list })}
        onChange={(event) => trials.change({ [name]: event.target.value })}
      />
    </Field>
  );
}

function TrialAnswer({ trial, explanation }: { readonly trial: Trial; readonly explanation: Explanation }) {
  const { decision, rule, reasons, flagged, considered } = explanation;
  return (
    <div className="trial-answer" role="status" data-decision={decision}>
      <p className="trial-decision">
        <Badge tone={VERDICT_TONES[decision]}>{messages.verdicts[decision]}</Badge>
        {flagged ? <Badge tone="warn">{messages.flagged}</Badge> : null}
        <span className="mono truncate">
          {trial.syscall} {trial.path}
        </span>
      </p>
      <p className="trial-why">{rule === null ? messages.noRule : messages.decidedBy(rule)}</p>
      {reasons.length === 0 ? null : <p className="trial-why">{reasons.join(' · ')}</p>}
      <table className="considered">
        <caption>{messages.considered(considered.length)}</caption>
        <thead>
          <tr>
            <th scope="col">{messages.layer}</th>
            <th scope="col">{messages.rule}</th>
            <th scope="col">{messages.verdict}</th>
            <th scope="col">{messages.why}</th>
          </tr>
        </thead>
        <tbody>
          {opinionsFirst(considered).map(({ layer, rule: name, verdict, why }, index) => (
            <tr key={index} data-verdict={verdict}>
              <td>{messages.layers[layer]}</td>
              <td className="mono">{name}</td>
              <td>
                <Badge tone={VERDICT_TONES[verdict]}>{messages.verdicts[verdict]}</Badge>
              </td>
              <td>{why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Rules that said something before those that had no opinion; otherwise in the order of asking. */
function opinionsFirst(considered: readonly ConsideredRule[]): readonly ConsideredRule[] {
  return [
    ...considered.filter(({ verdict }) => verdict !== 'pass'),
    ...considered.filter(({ verdict }) => verdict === 'pass'),
  ];
}
