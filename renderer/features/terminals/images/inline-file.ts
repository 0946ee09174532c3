/** A length as iTerm2 has it: cells, pixels, a share of the pane, or what the picture has. */
export type InlineLength = { readonly unit: 'cells' | 'pixels' | 'percent'; readonly amount: number } | 'auto';

/** A picture that came in a sequence of iTerm2 (`OSC 1337 ; File = …`). */
export interface InlineFile {
  readonly width: InlineLength;
  readonly height: InlineLength;
  readonly shape: 'kept' | 'stretched';
  readonly base64: string;
}

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where pictures are shown: the pane and one of its cells, in pixels. */
export interface PicturePlace {
  readonly pane: Size;
  readonly cell: Size;
}

const UNITS = { '': 'cells', px: 'pixels', '%': 'percent' } as const;

/** Reads the sequence's text. Undefined for what is not a file, and for a file that is to be downloaded: a terminal downloads nothing. */
export function readInlineFile(text: string): InlineFile | undefined {
  const begin = text.indexOf(':');
  if (!text.startsWith('File=') || begin < 0 || begin > 4096) return undefined;
  const given = new Map(
    text
      .slice('File='.length, begin)
      .split(';')
      .map((argument) => {
        const [name = '', ...value] = argument.split('=');
        return [name, value.join('=')] as const;
      }),
  );
  if (given.get('inline') !== '1') return undefined;
  return {
    width: lengthOf(given.get('width')),
    height: lengthOf(given.get('height')),
    shape: given.get('preserveAspectRatio') === '0' ? 'stretched' : 'kept',
    base64: text.slice(begin + 1),
  };
}

function lengthOf(text = ''): InlineLength {
  const [, amount = '', unit = ''] = /^(\d{1,5})(px|%|)$/.exec(text) ?? [];
  if (Number(amount) === 0) return 'auto';
  // The expression lets nothing else through.
  return { unit: UNITS[unit as keyof typeof UNITS], amount: Number(amount) };
}

/** How large it is shown: as asked for; else in its own size, or smaller so that it fits the pane; never with more than `limit` pixels. */
export function shownSize(
  picture: Size,
  { width, height, shape }: Omit<InlineFile, 'base64'>,
  place: PicturePlace,
  limit: number,
): Size {
  const across = pixelsOf(width, place.pane.width, place.cell.width);
  const down = pixelsOf(height, place.pane.height, place.cell.height);
  const wide = across === undefined ? Number.POSITIVE_INFINITY : across / picture.width;
  const high = down === undefined ? Number.POSITIVE_INFINITY : down / picture.height;
  const fitting = Math.min(
    1,
    place.pane.width / picture.width,
    (place.pane.height - place.cell.height) / picture.height,
  );
  const factor = across === undefined && down === undefined ? fitting : Math.min(wide, high);
  const asked =
    shape === 'stretched' && across !== undefined && down !== undefined
      ? { width: across, height: down }
      : { width: picture.width * factor, height: picture.height * factor };
  const shrunk = Math.min(1, Math.sqrt(limit / (asked.width * asked.height)));
  return {
    width: Math.max(1, Math.floor(asked.width * shrunk)),
    height: Math.max(1, Math.floor(asked.height * shrunk)),
  };
}

function pixelsOf(length: InlineLength, pane: number, cell: number): number | undefined {
  if (length === 'auto') return undefined;
  if (length.unit === 'pixels') return length.amount;
  return length.unit === 'cells' ? length.amount * cell : (length.amount * pane) / 100;
}
