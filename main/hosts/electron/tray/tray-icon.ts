/** Blue, green, red, alpha, as Electron reads bitmaps. */
type Pixel = readonly [blue: number, green: number, red: number, alpha: number];

export type TrayState = 'quiet' | 'waiting';

/** Samples along each side of a pixel. */
const SAMPLES = 4;
/** Seen on dark and on light panels. */
const ARCH: Pixel = [0xe0, 0x8a, 0x5b, 0xff];
const DOT: Pixel = [0x2e, 0x6e, 0xf0, 0xff];
const CLEAR: Pixel = [0, 0, 0, 0];

/**
 * The icon of the tray, drawn here as it is too small a thing for a file: a cave's mouth, and a dot where something waits. Gives
 * `sizePx` rows of BGRA pixels.
 */
export function trayIcon(sizePx: number, state: TrayState): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(sizePx * sizePx * 4);
  for (let y = 0; y < sizePx; y += 1) {
    for (let x = 0; x < sizePx; x += 1) pixels.set(mixed(x, y, { sizePx, state }), (y * sizePx + x) * 4);
  }
  return pixels;
}

/** The mean of a pixel's samples, weighted by how much each covers. */
function mixed(x: number, y: number, { sizePx, state }: { sizePx: number; state: TrayState }): number[] {
  const sums = [0, 0, 0, 0];
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
    const u = (x + ((sample % SAMPLES) + 0.5) / SAMPLES) / sizePx;
    const v = (y + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / sizePx;
    const [blue, green, red, alpha] = colourAt(u, v, state);
    for (const [index, part] of [blue, green, red].entries()) sums[index] = (sums[index] ?? 0) + part * alpha;
    sums[3] = (sums[3] ?? 0) + alpha;
  }
  const alpha = sums[3] ?? 0;
  const colours = sums.slice(0, 3).map((sum) => (alpha === 0 ? 0 : Math.round(sum / alpha)));
  return [...colours, Math.round(alpha / SAMPLES ** 2)];
}

/** `u` and `v` from 0 to 1, from the upper left. */
function colourAt(u: number, v: number, state: TrayState): Pixel {
  if (state === 'waiting') {
    const fromDot = Math.hypot(u - 0.78, v - 0.24);
    if (fromDot < 0.21) return DOT;
    // A gap around it, so that it stands out.
    if (fromDot < 0.28) return CLEAR;
  }
  return isArch(u, v, 0.44) && !isArch(u, v, 0.24) ? ARCH : CLEAR;
}

/** A half circle on a rectangle that stands on the ground. */
function isArch(u: number, v: number, radius: number): boolean {
  const [middle, springing, ground] = [0.5, 0.52, 0.92];
  if (v > ground) return false;
  return v < springing ? Math.hypot(u - middle, v - springing) < radius : Math.abs(u - middle) < radius;
}
