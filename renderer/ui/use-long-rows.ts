import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

export interface LongRowsOptions {
  readonly count: number;
  readonly rowPx: number;
  /** How many rows have been put in front since the list began: whoever reads further down does not see them move. */
  readonly prepended: number;
}

/** Rows from `first` to before `end`; row `index` is drawn at `index * rowPx + shiftPx`. */
interface RowWindow {
  readonly first: number;
  readonly end: number;
  readonly shiftPx: number;
}

export interface LongRows extends RowWindow {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly heightPx: number;
  /** Brings a row into sight. */
  readonly reveal: (index: number) => void;
  /** How many whole rows can be seen at once. */
  readonly pageRows: number;
}

/** Browsers give up on elements of some 30 million pixels, and lose the sharpness of rows long before. */
const HEIGHT_LIMIT_PX = 4_000_000;
const OVERSCAN_ROWS = 10;
/** A move of more than this many windows at once is a dragged thumb, which means a place, not a distance. */
const JUMP_WINDOWS = 1.5;

/**
 * Rows of one height, of any number and in time that does not depend on it. While they are higher than a browser can draw,
 * the scroll bar stands for the place in the list; wheel and keys still move by the distance they say.
 */
export function useLongRows({ count, rowPx, prepended }: LongRowsOptions): LongRows {
  const scroller = useRef<HTMLDivElement>(null);
  const totalPx = count * rowPx;
  const heightPx = Math.min(totalPx, HEIGHT_LIMIT_PX);
  const place = useRef({ scrollPx: 0, offsetPx: 0, prepended });
  const [seen, setSeen] = useState<RowWindow & { pageRows: number }>({ first: 0, end: 0, shiftPx: 0, pageRows: 1 });

  const show = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const { offsetPx, scrollPx } = place.current;
    const first = Math.max(0, Math.floor(offsetPx / rowPx) - OVERSCAN_ROWS);
    const end = Math.min(count, Math.ceil((offsetPx + element.clientHeight) / rowPx) + OVERSCAN_ROWS);
    const next = { first, end, shiftPx: scrollPx - offsetPx, pageRows: Math.floor(element.clientHeight / rowPx) };
    setSeen((former) => (isSame(former, next) ? former : next));
  }, [count, rowPx]);

  /** Goes to an offset in the whole list; the scroll bar follows. */
  const goTo = useCallback(
    (offsetPx: number) => {
      const element = scroller.current;
      if (element === null) return;
      const lastOffsetPx = Math.max(0, totalPx - element.clientHeight);
      const lastScrollPx = Math.max(0, heightPx - element.clientHeight);
      const bounded = Math.min(Math.max(0, offsetPx), lastOffsetPx);
      const scrollPx = lastOffsetPx === 0 ? 0 : Math.round((bounded / lastOffsetPx) * lastScrollPx);
      place.current = { ...place.current, scrollPx, offsetPx: totalPx > heightPx ? bounded : scrollPx };
      if (element.scrollTop !== scrollPx) element.scrollTop = scrollPx;
      show();
    },
    [heightPx, show, totalPx],
  );

  useLayoutEffect(() => {
    const added = prepended - place.current.prepended;
    place.current.prepended = prepended;
    if (added > 0 && place.current.offsetPx > 0) goTo(place.current.offsetPx + added * rowPx);
    else goTo(place.current.offsetPx);
  }, [prepended, rowPx, goTo]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const onScroll = (): void => {
      const { scrollPx, offsetPx } = place.current;
      const now = element.scrollTop;
      if (now === scrollPx) return;
      const lastScrollPx = heightPx - element.clientHeight;
      const lastOffsetPx = totalPx - element.clientHeight;
      const isJump = Math.abs(now - scrollPx) > element.clientHeight * JUMP_WINDOWS;
      const isAtEnd = now <= 0 || now >= lastScrollPx - 1;
      const moved =
        totalPx > heightPx && (isJump || isAtEnd) ? (now / lastScrollPx) * lastOffsetPx : offsetPx + now - scrollPx;
      place.current = { ...place.current, scrollPx: now, offsetPx: Math.min(Math.max(0, moved), lastOffsetPx) };
      show();
    };
    const observer = new ResizeObserver(show);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [heightPx, show, totalPx]);

  const reveal = (index: number): void => {
    const viewPx = scroller.current?.clientHeight ?? 0;
    const { offsetPx } = place.current;
    const topPx = index * rowPx;
    // From far away a row comes to the middle, where what is around it can be seen.
    const isFar = topPx < offsetPx - viewPx || topPx > offsetPx + 2 * viewPx;
    if (isFar) goTo(topPx - viewPx / 2);
    else if (topPx < offsetPx) goTo(topPx);
    else if (topPx + rowPx > offsetPx + viewPx) goTo(topPx + rowPx - viewPx);
  };
  return { scroller, heightPx, reveal, ...seen };
}

function isSame(a: RowWindow & { pageRows: number }, b: RowWindow & { pageRows: number }): boolean {
  return a.first === b.first && a.end === b.end && a.shiftPx === b.shiftPx && a.pageRows === b.pageRows;
}
