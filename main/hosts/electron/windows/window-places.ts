/** A window that is there for one panel only. */
export interface DetachedWindow {
  readonly session: string;
  readonly panel: string;
  /** The window that the panel left: it goes back there. */
  readonly from: number;
}

/** Where a window was on the screen, and which of the program's windows it is. */
export interface WindowPlace {
  /** 1 is the one that every start opens. */
  readonly slot: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isMaximized: boolean;
  /** Absent: a whole window. */
  readonly detached?: DetachedWindow;
}

type Area = Pick<WindowPlace, 'x' | 'y' | 'width' | 'height'>;

export const WINDOW_LIMIT = 16;
const SIDE_LIMIT_PX = 20_000;
/** As much of a window has to be on a screen that a person can take hold of it. */
const HOLD_PX = 100;

/** What was written down; a text that is not of that form is no place at all. */
export function readPlaces(text: string): WindowPlace[] {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return [];
    const places = value.filter(isPlace).slice(0, WINDOW_LIMIT);
    return places.filter((place, index) => places.findIndex(({ slot }) => slot === place.slot) === index);
  } catch {
    return [];
  }
}

/** True where enough of the place is on one of the screens: one may have been unplugged. */
export function isReachable(place: Area, screens: readonly Area[]): boolean {
  return screens.some(
    (screen) =>
      Math.min(place.x + place.width, screen.x + screen.width) - Math.max(place.x, screen.x) >= HOLD_PX &&
      place.y >= screen.y &&
      place.y <= screen.y + screen.height - HOLD_PX,
  );
}

/** The smallest number that no window has. */
export function freeSlot(taken: Iterable<number>): number {
  const used = new Set(taken);
  let slot = 1;
  while (used.has(slot)) slot += 1;
  return slot;
}

function isPlace(value: unknown): value is WindowPlace {
  if (typeof value !== 'object' || value === null) return false;
  // Each member is looked at before it is believed.
  const { slot, x, y, width, height, isMaximized, detached } = value as Partial<Record<keyof WindowPlace, unknown>>;
  const isWithin = (number: unknown, least: number, most: number): boolean =>
    Number.isInteger(number) && Number(number) >= least && Number(number) <= most;
  return (
    isWithin(slot, 1, WINDOW_LIMIT) &&
    isWithin(x, -SIDE_LIMIT_PX, SIDE_LIMIT_PX) &&
    isWithin(y, -SIDE_LIMIT_PX, SIDE_LIMIT_PX) &&
    isWithin(width, 1, SIDE_LIMIT_PX) &&
    isWithin(height, 1, SIDE_LIMIT_PX) &&
    typeof isMaximized === 'boolean' &&
    (detached === undefined || isDetached(detached))
  );
}

function isDetached(value: unknown): value is DetachedWindow {
  if (typeof value !== 'object' || value === null) return false;
  // Each member is looked at before it is believed.
  const { session, panel, from } = value as Partial<Record<keyof DetachedWindow, unknown>>;
  return /^[\w-]{1,100}$/.test(String(session)) && /^[\w:-]{1,100}$/.test(String(panel)) && Number.isInteger(from);
}
