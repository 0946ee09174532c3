/** A size or a time that is not written as the specification demands; the message names the text. */
export class UnitError extends Error {
  override readonly name = 'UnitError';
}

const SIZES: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ['KiB', 1024n],
  ['MiB', 1024n ** 2n],
  ['GiB', 1024n ** 3n],
  ['kB', 1000n],
  ['MB', 1000n ** 2n],
  ['GB', 1000n ** 3n],
]);

const TIMES: ReadonlyMap<string, bigint> = new Map([
  ['ms', 1n],
  ['s', 1000n],
  ['m', 60_000n],
  ['h', 3_600_000n],
]);

/** Longer than any number that fits; keeps a hostile document from making huge integers. */
const MAX_TEXT_LENGTH = 32;

const MAX_VALUE = BigInt(Number.MAX_SAFE_INTEGER);

function parseUnit(text: string, units: ReadonlyMap<string, bigint>): number | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const parts = /^([0-9]+)(?:\.([0-9]+))?([A-Za-z]*)$/.exec(text);
  if (parts === null) return undefined;
  const [, whole = '', fraction = '', unit = ''] = parts;
  const factor = units.get(unit);
  if (factor === undefined) return undefined;
  // Whole numbers throughout: 0.1 has no exact binary form, and "exact" is the promise.
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * factor;
  if (scaled % scale !== 0n) return undefined;
  const value = scaled / scale;
  return value > MAX_VALUE ? undefined : Number(value);
}

/**
 * Bytes of a size such as `512`, `100KiB` or `1.5MB` (spec: policy.md, Units).
 * @throws UnitError for anything else, and for more bytes than a number holds exactly.
 */
export function parseSizeBytes(text: string): number {
  const value = parseUnit(text, SIZES);
  if (value === undefined) {
    throw new UnitError(
      `Cannot read size "${text}": a size is a whole number of bytes, or of kB, MB, GB, KiB, MiB or GiB`,
    );
  }
  return value;
}

/**
 * Milliseconds of a time such as `100ms`, `1.5s`, `5m` or `2h` (spec: policy.md, Units).
 * @throws UnitError for anything else, and for a time that is not a whole number of milliseconds.
 */
export function parseTimeMs(text: string): number {
  const value = parseUnit(text, TIMES);
  if (value === undefined) {
    throw new UnitError(
      `Cannot read time "${text}": a time is a number of ms, s, m or h that makes whole milliseconds`,
    );
  }
  return value;
}
