import { Check, CircleDashed, MessageSquare, PencilLine, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { Change } from '../../../../schema/entities.ts';
import type { FileReview } from '../../../../schema/contract/review.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Checkbox } from '../../../ui/field.tsx';
import { formatBytes } from '../../../ui/format.ts';
import type { ChangesStore } from '../changes-store.ts';
import { messages } from '../messages.ts';
import { isAccepted, reviewOf } from '../review-store.ts';
import { indentOf } from './indent.ts';

export interface ChangeRowViewProps {
  readonly change: Change;
  readonly depth: number;
  readonly isShown: boolean;
  readonly changes: ChangesStore;
}

export function ChangeRowView({ change, depth, isShown, changes: store }: ChangeRowViewProps) {
  const review = useStore(store.review.store, (state) => reviewOf(state.files, change));
  const arrangement = useStore(store.store, (state) => state.arrangement);
  const verdict = review?.verdict ?? 'undecided';
  return (
    <div
      className="change-row"
      data-selected={isShown || undefined}
      data-path={change.path}
      data-verdict={verdict}
      style={indentOf(depth)}
    >
      <Checkbox
        hideLabel
        label={messages.accept(change.path)}
        checked={verdict === 'hunks' ? 'some' : isAccepted(review)}
        onChange={(checked) => void store.review.decide([change], checked ? 'accepted' : 'undecided')}
      />
      <button
        type="button"
        className="change-pick"
        aria-current={isShown ? 'true' : undefined}
        title={change.from === undefined ? change.path : `${change.path} ${messages.renamedFrom(change.from)}`}
        onClick={() => void store.show(change.path)}
        onKeyDown={(event) => {
          if (event.key !== ' ') return;
          event.preventDefault();
          void store.review.decide([change], isAccepted(review) ? 'undecided' : 'accepted');
        }}
      >
        <span className={`change-kind change-${change.kind}`} title={messages.kinds[change.kind]}>
          {messages.kindLetters[change.kind]}
        </span>
        <Name path={change.path} arrangement={arrangement} />
        <CommentMark path={change.path} changes={store} />
        <ConflictMark change={change} review={review} />
        <VerdictMark verdict={verdict} />
        <span className="change-size">{change.kind === 'deleted' ? '' : formatBytes(change.sizeBytes)}</span>
      </button>
    </div>
  );
}

function Name({ path, arrangement }: { readonly path: string; readonly arrangement: 'tree' | 'list' }) {
  const slash = path.lastIndexOf('/');
  return (
    <>
      <span className="change-name">{path.slice(slash + 1)}</span>
      <span className="change-folder truncate">
        {slash === -1 || arrangement === 'tree' ? '' : path.slice(0, slash)}
      </span>
    </>
  );
}

function CommentMark({ path, changes }: { readonly path: string; readonly changes: ChangesStore }) {
  const count = useStore(changes.review.store, (state) => state.comments.filter((each) => each.path === path).length);
  if (count === 0) return null;
  return (
    <span className="change-comments" title={messages.commentCount(count)}>
      <MessageSquare size={12} aria-hidden /> {count}
    </span>
  );
}

interface ConflictMarkProps {
  readonly change: Change;
  readonly review: FileReview | undefined;
}

function ConflictMark({ change, review }: ConflictMarkProps) {
  if (!change.conflict) return null;
  return review?.workspaceSha256 === undefined ? (
    <Badge tone="bad">{messages.conflict}</Badge>
  ) : (
    <Badge tone="good">{messages.solved}</Badge>
  );
}

const VERDICT_ICONS = { accepted: Check, rejected: X, hunks: CircleDashed, edited: PencilLine } as const;

function VerdictMark({ verdict }: { readonly verdict: FileReview['verdict'] }) {
  if (verdict === 'undecided') return null;
  const Icon = VERDICT_ICONS[verdict];
  const label = messages.marks[verdict];
  return (
    <span className="change-verdict" data-verdict={verdict} title={label}>
      <Icon size={13} aria-label={label} />
    </span>
  );
}
