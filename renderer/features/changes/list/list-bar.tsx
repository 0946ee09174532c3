import { EyeOff, FolderTree, KeyRound, List } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { IconButton } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/field.tsx';
import { countKinds, type Narrowing, ordinaryChanges } from '../change-rows.ts';
import type { ChangesStore } from '../changes-store.ts';
import { formatNumber } from '../../../ui/format.ts';
import { messages } from '../messages.ts';
import { isAccepted, reviewOf } from '../review-store.ts';

const KINDS = [
  'added',
  'modified',
  'deleted',
  'renamed',
  'conflict',
  'secret',
  'ignored',
] as const satisfies readonly Narrowing[];
const LETTERS: Readonly<Record<Narrowing, ReactNode>> = {
  ...messages.kindLetters,
  conflict: '!',
  secret: <KeyRound size={12} aria-hidden />,
  ignored: <EyeOff size={12} aria-hidden />,
};

/** Above the list: accept all, how many changes of each kind – a press narrows the list to it – and tree or list. */
export function ListBar({ changes: store }: { readonly changes: ChangesStore }) {
  const { changes, kinds, arrangement } = useStore(store.store);
  const counts = countKinds(changes ?? []);
  return (
    <div className="change-bar">
      <AcceptAll changes={store} />
      <div className="change-counts" role="group" aria-label={messages.count(ordinaryChanges(changes).length)}>
        {KINDS.map((kind) => {
          const count = counts.get(kind) ?? 0;
          if (count === 0) return null;
          const label = messages.narrow(messages.kinds[kind], count);
          return (
            <button
              key={kind}
              type="button"
              className={`change-count change-${kind}`}
              data-kind={kind}
              title={label}
              aria-label={`${visibleText(kind, count)}: ${label}`}
              aria-pressed={kinds.has(kind)}
              onClick={() => store.toggleKind(kind)}
            >
              {LETTERS[kind]} <span>{formatNumber(count)}</span>
            </button>
          );
        })}
      </div>
      <span className="grow" />
      <IconButton
        icon={arrangement === 'tree' ? List : FolderTree}
        label={arrangement === 'tree' ? messages.list : messages.tree}
        onClick={() => store.set({ arrangement: arrangement === 'tree' ? 'list' : 'tree' })}
      />
    </div>
  );
}

/** What is heard begins with what is seen. */
function visibleText(kind: Narrowing, count: number): string {
  const letter = LETTERS[kind];
  return `${typeof letter === 'string' ? `${letter} ` : ''}${formatNumber(count)}`;
}

function AcceptAll({ changes: store }: { readonly changes: ChangesStore }) {
  const changes = useStore(store.store, (state) => state.changes);
  const reviews = useStore(store.review.store, (state) => state.files);
  const ordinary = ordinaryChanges(changes);
  const count = ordinary.filter((change) => isAccepted(reviewOf(reviews, change))).length;
  return (
    <Checkbox
      hideLabel
      label={messages.acceptAll}
      disabled={ordinary.length === 0}
      checked={count === 0 ? false : count === ordinary.length ? true : 'some'}
      onChange={(checked) => void store.review.decide(ordinary, checked ? 'accepted' : 'undecided')}
    />
  );
}
