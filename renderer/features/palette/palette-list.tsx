import { Search } from 'lucide-react';
import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Badge, type Tone } from '../../ui/badge.tsx';
import type { CallDescription } from '../../../schema/contract/call-descriptions.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { PaletteItem } from './call-item.ts';
import { foundItems, rowsOf } from './found-items.ts';
import { messages } from './messages.ts';
import { recentItems } from './recent-items.ts';

export interface PaletteListProps {
  readonly items: readonly PaletteItem[];
  readonly text: string;
  /** The field has the focus. */
  readonly onReady: () => void;
  readonly onText: (text: string) => void;
  readonly onChoose: (item: PaletteItem) => void;
}

const PAGE = 8;

/** A field and what fits, as a combobox: the focus stays in the field, the arrow keys move the choice. */
export function PaletteList({ items, text, onReady, onText, onChoose }: PaletteListProps) {
  const id = useId();
  const [recent] = useState(recentItems);
  const found = useMemo(() => foundItems(items, text, recent), [items, text, recent]);
  const rows = useMemo(() => rowsOf(found, text, recent), [found, text, recent]);
  const [active, setActive] = useState(0);
  const current = Math.min(active, found.length - 1);
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const ready = useRef(onReady);
  // In the turn in which the field takes the focus: no key that is pressed goes elsewhere in between.
  useLayoutEffect(() => {
    field.current?.focus();
    ready.current();
  }, []);
  useLayoutEffect(() => {
    const row = list.current?.querySelector('[aria-selected="true"]');
    // The heading above the first comes along.
    if (current === 0) list.current?.scrollTo(0, 0);
    else row?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const item = found[current];
    if (event.key === 'Enter' && item !== undefined && !event.nativeEvent.isComposing) {
      event.preventDefault();
      return onChoose(item);
    }
    const next = stepped(event.key, current, found.length);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
  };
  return (
    <>
      <div className="palette-field">
        <Search size={16} aria-hidden />
        <input
          type="text"
          role="combobox"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length === 0 ? undefined : `${id}-${current}`}
          aria-label={messages.search}
          placeholder={messages.search}
          ref={field}
          spellCheck={false}
          value={text}
          onKeyDown={onKeyDown}
          onChange={({ target }) => {
            setActive(0);
            onText(target.value);
          }}
        />
      </div>
      <p className="visually-hidden" role="status">
        {messages.found(found.length)}
      </p>
      <div className="palette-list" id={`${id}-list`} role="listbox" aria-label={messages.list} ref={list}>
        {rows.map((row, index) =>
          row.type === 'heading' ? (
            <p key={`heading ${row.title} ${index}`} className="palette-heading" role="presentation">
              {row.title}
            </p>
          ) : (
            <Row
              key={row.item.id}
              id={`${id}-${row.index}`}
              item={row.item}
              selected={row.index === current}
              onChoose={() => onChoose(row.item)}
            />
          ),
        )}
      </div>
      {found.length === 0 ? (
        <EmptyState icon={Search} title={messages.none}>
          {messages.noneText}
        </EmptyState>
      ) : null}
      <Hints />
    </>
  );
}

/** Where a key leads in a list of so many; nothing for another key. */
function stepped(key: string, current: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (key === 'ArrowDown') return (current + 1) % count;
  if (key === 'ArrowUp') return (current - 1 + count) % count;
  if (key === 'PageDown') return Math.min(count - 1, current + PAGE);
  return key === 'PageUp' ? Math.max(0, current - PAGE) : undefined;
}

interface RowProps {
  readonly id: string;
  readonly item: PaletteItem;
  readonly selected: boolean;
  readonly onChoose: () => void;
}

function Row({ id, item, selected, onChoose }: RowProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the field's, as in every combobox
    <div id={id} className="palette-row" role="option" aria-selected={selected} data-item={item.id} onClick={onChoose}>
      <span className="palette-title">{item.title}</span>
      <span className="palette-detail truncate">{item.detail}</span>
      {item.name === undefined ? null : <span className="palette-name mono">{item.name}</span>}
      {item.call === undefined ? null : <EffectBadge call={item.call} />}
      {item.keys === undefined ? null : <kbd className="key-chord">{item.keys}</kbd>}
    </div>
  );
}

const TONES: Readonly<Record<CallDescription['effect'], Tone>> = { read: 'neutral', write: 'warn', grant: 'review' };

/** What a call does to the world. */
export function EffectBadge({ call: { effect } }: { readonly call: CallDescription }) {
  return <Badge tone={TONES[effect]}>{messages.effects[effect]}</Badge>;
}

function Hints() {
  const { hint } = messages;
  return (
    <p className="palette-hints" aria-hidden>
      <kbd className="key-chord">↑</kbd>
      <kbd className="key-chord">↓</kbd> {hint.move} <kbd className="key-chord">{hint.enter}</kbd> {hint.choose}{' '}
      <kbd className="key-chord">{hint.escape}</kbd> {hint.close}
    </p>
  );
}
