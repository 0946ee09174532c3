import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { LogLine } from '../../../schema/contract/diagnostics.ts';
import { useNow } from '../../app/use-now.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { formatMoment } from '../../ui/format.ts';
import { useVirtualRows } from '../../ui/use-virtual-rows.ts';
import type { LogsStore } from './logs-store.ts';
import { messages } from './messages.ts';
import '../../ui/long-table.css';

const ROW_PX = 26;
const DAY_CHECK_MS = 60_000;
/** So near to the end whoever scrolls means the end. */
const END_PX = ROW_PX * 2;
const TONES: Readonly<Record<LogLine['level'], Tone>> = {
  debug: 'neutral',
  info: 'neutral',
  warn: 'warn',
  error: 'bad',
};

/** Lines of any number: those in sight exist. It stays at its end while it is there. */
export function LogsTable({ logs, lines }: { readonly logs: LogsStore; readonly lines: readonly LogLine[] }) {
  const { shown, before, reading } = useStore(logs.store);
  const now = useNow(DAY_CHECK_MS);
  const { scroller, items, heightPx, reveal } = useVirtualRows({ count: lines.length, rowPx: ROW_PX });
  const isAtEnd = useRef(true);
  useStayAtEnd({ scroller, isAtEnd, lines });
  // What a line says in full takes room from the rows: the line stays in sight.
  useEffect(() => {
    if (shown !== undefined) scroller.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest' });
  }, [scroller, shown]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = shown === undefined ? lines.length : lines.indexOf(shown);
    const next = lines[rowAfter(event.key, from, lines.length) ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    logs.show(next);
    reveal(lines.indexOf(next));
  };
  return (
    <div className="long-table" role="table" aria-label={messages.title} aria-rowcount={lines.length}>
      <div className="long-table-row logs-row logs-head" role="row">
        {Object.entries(messages.columns).map(([key, label]) => (
          <span key={key} role="columnheader">
            {label}
          </span>
        ))}
      </div>
      {before === null ? null : (
        <div className="logs-older">
          <Button size="small" tone="ghost" busy={reading} onClick={() => void logs.readOlder()}>
            {messages.older}
          </Button>
        </div>
      )}
      <div
        className="long-table-scroll"
        role="rowgroup"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrow keys go through the lines
        tabIndex={0}
        ref={scroller}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          isAtEnd.current = scrollHeight - clientHeight - scrollTop < END_PX;
        }}
      >
        <div className="long-table-rows" role="presentation" style={{ height: heightPx }}>
          {items.map(({ index, start }) => {
            const line = lines[index];
            return line === undefined ? null : (
              <Row
                key={index}
                line={line}
                row={index}
                top={start}
                now={now}
                state={line === shown ? 'shown' : 'other'}
                onShow={() => logs.show(line === shown ? undefined : line)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface EndOptions {
  readonly scroller: { readonly current: HTMLDivElement | null };
  readonly isAtEnd: { readonly current: boolean };
  readonly lines: readonly LogLine[];
}

/** New lines move the end; older ones that come in front leave what is read where it is. */
function useStayAtEnd({ scroller, isAtEnd, lines }: EndOptions): void {
  const former = useRef<readonly LogLine[]>([]);
  useLayoutEffect(() => {
    const element = scroller.current;
    const first = former.current[0];
    const inFront = first === undefined ? 0 : lines.indexOf(first);
    former.current = lines;
    if (inFront > 0) element?.scrollBy(0, inFront * ROW_PX);
  }, [scroller, lines]);
  useEffect(() => {
    const element = scroller.current;
    if (isAtEnd.current) element?.scrollTo(0, element.scrollHeight);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- other lines are the occasion
  }, [scroller, isAtEnd, lines]);
}

function rowAfter(key: string, from: number, count: number): number | undefined {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined ? undefined : Math.min(Math.max(0, target), count - 1);
}

interface RowProps {
  readonly line: LogLine;
  readonly row: number;
  readonly top: number;
  readonly now: number;
  readonly state: 'shown' | 'other';
  readonly onShow: () => void;
}

function Row({ line, row, top, now, state, onShow }: RowProps) {
  const { at, level, part, message } = line;
  return (
    <div
      className="long-table-row logs-row"
      role="row"
      aria-rowindex={row + 1}
      data-level={level}
      data-selected={state === 'shown' || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onShow}
    >
      <span role="cell" className="logs-at" title={new Date(at).toISOString()}>
        {at === 0 ? '' : formatMoment(at, now)}
      </span>
      <span role="cell">
        <Badge tone={TONES[level]}>{messages.levelNames[level]}</Badge>
      </span>
      <span role="cell" className="truncate">
        {part}
      </span>
      <span role="cell" className="truncate" title={message}>
        {message}
      </span>
    </div>
  );
}
