/** Who keeps pictures, and can be told in how much memory. */
export interface PictureKeeper {
  storageLimit: number;
}

/** Megabytes for the pictures of all terminals of a page, and of one of them: a picture of 2560 by 1600 pixels. */
const ALL_MB = 64;
const MOST_MB = 16;
const BYTES_A_PIXEL = 4;

const keepers = new Set<PictureKeeper>();

/** Gives a terminal its share of the memory for pictures; those that have one already are left with less, and forget their oldest. */
export function shareRoom(keeper: PictureKeeper): Disposable {
  keepers.add(keeper);
  share();
  return {
    [Symbol.dispose]() {
      keepers.delete(keeper);
      share();
    },
  };
}

/** How many pixels a picture may have, so that one alone fits into what its terminal has, or will have. */
export function pixelLimit(keeper: PictureKeeper | undefined): number {
  const megabytes = keeper?.storageLimit ?? shareOf(keepers.size + 1);
  return Math.floor((megabytes * 1_000_000) / BYTES_A_PIXEL);
}

function share(): void {
  for (const keeper of keepers) keeper.storageLimit = shareOf(keepers.size);
}

function shareOf(count: number): number {
  // xterm.js refuses less than half a megabyte.
  return Math.max(0.5, Math.min(MOST_MB, ALL_MB / count));
}
