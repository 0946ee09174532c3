/** A picture as it is put on the screen: four bytes a pixel, red, green, blue and how much of it is seen. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** The longest side; a canvas of Chromium may be no longer. */
export const LONGEST_SIDE = 16_384;

const REGISTERS = 256;
const OPAQUE = 0xff000000;
/** The sixteen colours of a VT340, in percent; others are black until they are set. */
// biome-ignore format: a table
const VT340 = [
  [0, 0, 0], [20, 20, 80], [80, 13, 13], [20, 80, 20], [80, 20, 80], [20, 80, 80], [80, 80, 20], [53, 53, 53],
  [26, 26, 26], [33, 33, 60], [60, 26, 26], [33, 60, 33], [60, 33, 60], [33, 60, 60], [60, 60, 33], [80, 80, 80],
] as const;

/**
 * Draws sixel graphics (DEC STD 070; what stands between `ESC P … q` and its end). What is not drawn stays transparent, and pixels are square.
 * Undefined where nothing is drawn, or it has more than `limit` pixels or a side that is too long: that is found out before any memory is taken.
 */
export function drawSixel(text: string, limit: number): Pixels | undefined {
  const size = measure(text);
  if (size.width === 0 || size.height === 0) return undefined;
  if (size.width > LONGEST_SIDE || size.height > LONGEST_SIDE || size.width * size.height > limit) return undefined;
  const { width, height } = size;
  const pixels = new Uint32Array(width * height);
  const palette = new Uint32Array(REGISTERS).fill(OPAQUE);
  for (const [register, [red, green, blue]] of VT340.entries()) palette[register] = colour(red, green, blue);
  let at = 0;
  let top = 0;
  let ink = palette[0] ?? OPAQUE;
  read(text, {
    sixel(bits, times) {
      const end = at + times;
      for (let bit = 0; bit < 6; bit++) {
        if ((bits >> bit) & 1) pixels.fill(ink, (top + bit) * width + at, (top + bit) * width + end);
      }
      at = end;
    },
    start: () => (at = 0),
    next: () => {
      at = 0;
      top += 6;
    },
    colour([register = 0, kind = 0, x = 0, y = 0, z = 0]) {
      const place = register % REGISTERS;
      if (kind === 1) palette[place] = ofHls(x, y, z);
      if (kind === 2) palette[place] = colour(x, y, z);
      ink = palette[place] ?? OPAQUE;
    },
    raster: () => {},
  });
  return { width, height, rgba: new Uint8ClampedArray(pixels.buffer) };
}

interface Reader {
  /** Six pixels below one another, the lowest bit on top, so many times. */
  sixel(bits: number, times: number): void;
  /** Back to the left. */
  start(): void;
  /** To the next six rows. */
  next(): void;
  colour(numbers: readonly number[]): void;
  /** What the program says of the size. */
  raster(numbers: readonly number[]): void;
}

const CODE = { repeat: 0x21, raster: 0x22, colour: 0x23, start: 0x24, next: 0x2d, first: 0x3f, last: 0x7e } as const;

function read(text: string, reader: Reader): void {
  let times = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= CODE.first && code <= CODE.last) {
      reader.sixel(code - CODE.first, times);
      times = 1;
    } else if (code === CODE.start) reader.start();
    else if (code === CODE.next) reader.next();
    else if (code === CODE.repeat || code === CODE.raster || code === CODE.colour) {
      const { numbers, end } = numbersAfter(text, at);
      at = end;
      if (code === CODE.repeat) times = Math.max(1, numbers[0] ?? 1);
      else if (code === CODE.raster) reader.raster(numbers);
      else reader.colour(numbers);
    }
  }
}

/** The numbers of a command with semicolons between them, and where its last character stands. */
function numbersAfter(text: string, command: number): { numbers: number[]; end: number } {
  const numbers = [0];
  let at = command + 1;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit >= 0 && digit <= 9) {
      const last = numbers.length - 1;
      numbers[last] = Math.min(0xffffff, (numbers[last] ?? 0) * 10 + digit);
    } else if (text[at] === ';' && numbers.length < 5) numbers.push(0);
    else break;
  }
  return { numbers, end: at - 1 };
}

function measure(text: string): { width: number; height: number } {
  let width = 0;
  let height = 0;
  let at = 0;
  let top = 0;
  read(text, {
    sixel(bits, times) {
      at += times;
      if (bits === 0) return;
      width = Math.max(width, at);
      height = Math.max(height, top + 32 - Math.clz32(bits));
    },
    start: () => (at = 0),
    next: () => {
      at = 0;
      top += 6;
    },
    colour: () => {},
    raster([, , across = 0, down = 0]) {
      width = Math.max(width, across);
      height = Math.max(height, down);
    },
  });
  return { width, height };
}

/** Little-endian, as all processors are that Electron runs on. */
function colour(red: number, green: number, blue: number): number {
  return (OPAQUE | (level(blue) << 16) | (level(green) << 8) | level(red)) >>> 0;
}

function level(percent: number): number {
  return Math.round((Math.min(100, percent) * 255) / 100);
}

/** Hue in degrees with blue at 0, as DEC has it; lightness and saturation in percent. */
function ofHls(hue: number, lightness: number, saturation: number): number {
  const light = Math.min(100, lightness) / 100;
  const strength = (Math.min(100, saturation) / 100) * Math.min(light, 1 - light);
  const part = (turn: number): number => {
    const place = (turn + (hue + 240) / 30) % 12;
    return (light - strength * Math.max(-1, Math.min(place - 3, 9 - place, 1))) * 100;
  };
  return colour(part(0), part(8), part(4));
}
