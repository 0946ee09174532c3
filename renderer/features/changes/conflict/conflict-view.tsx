import { useEffect, useMemo, useRef, useState } from 'react';
import type { Change } from '../../../../schema/entities.ts';
import { Button } from '../../../ui/button.tsx';
import { FailureNotice } from '../../../ui/failure-notice.tsx';
import type { ChangesStore } from '../changes-store.ts';
import type { DiffCommandSlot } from '../diff/diff-commands.ts';
import { DiffSideView } from '../diff/diff-side.tsx';
import { messages } from '../messages.ts';
import { AgreedLines } from './agreed-lines.tsx';
import { ConflictCard } from './conflict-card.tsx';
import { type Answer, type Answers, type ConflictPiece, isConflict, resolved } from './conflict-text.ts';
import { type ConflictSides, useConflict } from './use-conflict.ts';
import './conflict.css';

export interface ConflictViewProps {
  readonly change: Change;
  readonly changes: ChangesStore;
  readonly commands: DiffCommandSlot;
  readonly onSolved: () => void;
}

/** Both sides changed the same lines: here each such place gets an answer. */
export function ConflictView(props: ConflictViewProps) {
  const read = useConflict(props.change, props.changes);
  if (read.state === 'reading') return null;
  if (read.state === 'failed') return <FailureNotice failure={read.failure} />;
  const { pieces } = read.sides;
  return pieces === undefined ? (
    <WholeConflict {...props} sides={read.sides} />
  ) : (
    <TextConflict {...props} sides={read.sides} pieces={pieces} />
  );
}

interface SidesProps extends ConflictViewProps {
  readonly sides: ConflictSides;
}

/** What is not text is taken from one side or the other. */
function WholeConflict({ change, changes: store, sides, onSolved, commands }: SidesProps) {
  const choose = (side: 'workspace' | 'session' | 'both'): void => {
    if (side === 'both') return;
    void (side === 'workspace'
      ? store.review.decide([change], 'rejected')
      : store.review.takeSession(change, sides.workspaceSha256));
    onSolved();
  };
  useEffect(() => commands.register({ choose }));
  return (
    <div className="conflict-whole">
      <p className="diff-banner" data-tone="bad">
        <span className="grow">{messages.conflictWhole}</span>
        <Button size="small" onClick={() => choose('workspace')}>
          {messages.takeWorkspace}
        </Button>
        <Button size="small" onClick={() => choose('session')}>
          {messages.takeSession}
        </Button>
      </p>
      <div className="diff-sides">
        <DiffSideView title={messages.conflictWorkspace} side={sides.workspace} />
        <DiffSideView title={messages.conflictSession} side={sides.session} />
      </div>
    </div>
  );
}

interface TextConflictProps extends SidesProps {
  readonly pieces: readonly ConflictPiece[];
}

const NO_ANSWERS: Answers = new Map();

function TextConflict({ change, changes: store, commands, sides, pieces, onSolved }: TextConflictProps) {
  const [answers, setAnswers] = useState(NO_ANSWERS);
  const [current, setCurrent] = useState(0);
  const body = useRef<HTMLDivElement>(null);
  const numbered = useMemo(() => numberedPieces(pieces), [pieces]);
  const count = pieces.filter(isConflict).length;
  const result = useMemo(() => resolved(pieces, answers), [pieces, answers]);

  const go = (index: number): boolean => {
    if (index < 0 || index >= count) return false;
    setCurrent(index);
    body.current?.querySelector(`[data-conflict="${index}"]`)?.scrollIntoView({ block: 'center' });
    return true;
  };
  const answer = (index: number, given: Answer): void => setAnswers((former) => new Map(former).set(index, given));
  const save = (): void => {
    if (result === undefined) return;
    void store.review.edit(change, result, sides.workspaceSha256);
    onSolved();
  };
  useEffect(() =>
    commands.register({
      moveHunk: (step) => go(current + step),
      choose: (take) => {
        answer(current, { take });
        go(current + 1);
      },
      edit: () => body.current?.querySelector<HTMLElement>(`[data-conflict="${current}"] [data-take="text"]`)?.click(),
      accept: save,
    }),
  );
  const open = count - answers.size;
  return (
    <>
      <div className="conflict-body" ref={body} data-conflicts={count}>
        {numbered.map(({ piece, index, key }) =>
          isConflict(piece) ? (
            <ConflictCard
              key={key}
              conflict={piece}
              index={index}
              count={count}
              isCurrent={index === current}
              answer={answers.get(index)}
              onAnswer={(given) => {
                setCurrent(index);
                answer(index, given);
              }}
            />
          ) : (
            <AgreedLines key={key} text={piece.text} />
          ),
        )}
      </div>
      <footer className="diff-foot">
        <span className="grow" role="status">
          {open > 0 ? messages.conflictOpen(open) : messages.conflictAllChosen}
        </span>
        <Button size="small" tone="primary" disabled={open > 0} onClick={save}>
          {messages.conflictSave}
        </Button>
      </footer>
    </>
  );
}

interface NumberedPiece {
  readonly piece: ConflictPiece;
  /** Counts conflicts; of what is agreed on, the conflict that follows. */
  readonly index: number;
  readonly key: string;
}

function numberedPieces(pieces: readonly ConflictPiece[]): readonly NumberedPiece[] {
  let index = 0;
  return pieces.map((piece, at) => {
    const numbered = { piece, index, key: String(at) };
    if (isConflict(piece)) index += 1;
    return numbered;
  });
}
