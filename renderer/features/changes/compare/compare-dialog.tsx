import { ArrowLeftRight } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type { Session, SnapshotId } from '../../../../schema/entities.ts';
import { useServices } from '../../../app/services.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { Modal } from '../../../ui/modal.tsx';
import type { ChangesStore } from '../changes-store.ts';
import { messages } from '../messages.ts';
import { ComparisonView } from './comparison-view.tsx';
import { comparableStates, firstPair, keyOf, type NamedState } from './states.ts';
import './compare.css';

export interface CompareDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly session: Session;
  readonly changes: ChangesStore;
  /** What to begin with in place of what is offered first. */
  readonly snapshot: SnapshotId | undefined;
}

/** Two states beside one another: of this session and the others on its folder, now or as a snapshot kept them. */
export function CompareDialog(props: CompareDialogProps) {
  return (
    <Modal open={props.open} onClose={props.onClose} title={messages.compareTitle} width="full">
      <Compare {...props} />
    </Modal>
  );
}

function Compare({ session, changes: store, snapshot }: CompareDialogProps) {
  const states = useStates(session, store);
  const [chosen, setChosen] = useState<readonly [string, string]>();
  if (states === undefined) return null;
  const own = session.id;
  const begun =
    snapshot === undefined
      ? firstPair(states, own)
      : ([keyOf({ session: own, snapshot }), keyOf({ session: own })] as const);
  const pair = chosen ?? begun;
  if (pair === undefined) return <p className="muted">{messages.compareOnly}</p>;
  const [before, after] = pair.map((key) => states.find((state) => state.key === key));
  return (
    <div className="compare">
      <div className="compare-states">
        <StateField
          label={messages.compareBefore}
          states={states}
          value={pair[0]}
          onValue={(key) => setChosen([key, pair[1]])}
        />
        <IconButton icon={ArrowLeftRight} label={messages.compareTurn} onClick={() => setChosen([pair[1], pair[0]])} />
        <StateField
          label={messages.compareAfter}
          states={states}
          value={pair[1]}
          onValue={(key) => setChosen([pair[0], key])}
        />
      </div>
      {before === undefined || after === undefined ? null : (
        <ComparisonView key={pair.join(' ')} before={before.state} after={after.state} changes={store} />
      )}
    </div>
  );
}

function useStates(session: Session, store: ChangesStore): readonly NamedState[] | undefined {
  const { sessions } = useServices();
  const [states, setStates] = useState<readonly NamedState[]>();
  useEffect(() => {
    const all = sessions.store.getState().sessions;
    comparableStates(store.client, all, session).then(setStates).catch(store.onFailure);
  }, [sessions, session, store]);
  return states;
}

interface StateFieldProps {
  readonly label: string;
  readonly states: readonly NamedState[];
  readonly value: string;
  readonly onValue: (key: string) => void;
}

function StateField({ label, states, value, onValue }: StateFieldProps) {
  const id = useId();
  return (
    <div className="compare-state">
      <label htmlFor={id} className="muted">
        {label}
      </label>
      <select id={id} className="text-field" value={value} onChange={(event) => onValue(event.target.value)}>
        {states.map((state) => (
          <option key={state.key} value={state.key}>
            {state.label}
          </option>
        ))}
      </select>
    </div>
  );
}
