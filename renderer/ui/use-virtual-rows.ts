import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useRef } from 'react';

export interface VirtualRowsOptions {
  readonly count: number;
  readonly rowPx: number;
  readonly keyOf?: (index: number) => number | string;
}

export interface VirtualRows {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly items: readonly VirtualItem[];
  readonly heightPx: number;
  /** Brings a row into sight and puts the focus on what the selector finds in it. */
  readonly focus: (index: number, selector: string) => void;
  /** Brings a row into sight, and nothing else. */
  readonly reveal: (index: number) => void;
}

/** Rows of one height, of any number: only those in sight exist. */
export function useVirtualRows({ count, rowPx, keyOf }: VirtualRowsOptions): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by a compiler
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    ...(keyOf === undefined ? {} : { getItemKey: keyOf }),
  });
  const focus = (index: number, selector: string): void => {
    virtual.scrollToIndex(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(selector)?.focus());
  };
  const reveal = (index: number): void => virtual.scrollToIndex(index);
  return { scroller, items: virtual.getVirtualItems(), heightPx: virtual.getTotalSize(), focus, reveal };
}

/** Which way an arrow key goes in a list; nothing for another key. */
export function stepOf(event: KeyboardEvent): 1 | -1 | undefined {
  if (event.key === 'ArrowDown') return 1;
  return event.key === 'ArrowUp' ? -1 : undefined;
}
