/** Where the text of a tiny module lies in its memory. */
const TEXT_AT = 1024;
const ALLOCATED_AT = 32_768;

type Bytes = readonly number[];

export interface TinyModule {
  /** Lies in its memory. */
  readonly text?: string;
  /** The code of `call`, its end included. */
  readonly body: (text: { readonly at: number; readonly length: number }) => Bytes;
  /** Functions that it takes, `[module, name]`, of the type (i32, i32) → i64; `output` and `progress` give nothing. */
  readonly imports?: readonly (readonly [string, string])[];
  /** Sections of its own, before the exports: an id and the content. */
  readonly sections?: readonly (readonly [number, Bytes])[];
  readonly memoryPages?: number;
}

const unsigned = (value: number): Bytes => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]);

function signed(value: bigint): Bytes {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}

const utf8 = (text: string): Bytes => [...new TextEncoder().encode(text)];
const name = (text: string): Bytes => [...unsigned(utf8(text).length), ...utf8(text)];
const section = (id: number, content: Bytes): Bytes => [id, ...unsigned(content.length), ...content];
const list = (items: readonly Bytes[]): Bytes => [...unsigned(items.length), ...items.flat()];
const code = (body: Bytes): Bytes => [...unsigned(body.length + 1), 0, ...body];

export const i32 = (value: number): Bytes => [0x41, ...signed(BigInt(value))];
export const i64 = (value: bigint): Bytes => [0x42, ...signed(value)];
/** A place in memory as a plugin gives it. */
export const place = ({ at, length }: { at: number; length: number }): Bytes =>
  i64((BigInt(at) << 32n) | BigInt(length));

/** The binary form of a plugin's module with one function of interest: WebAssembly Core Specification 2.0, 5.5. */
export function tinyModule({ text = '', body, imports = [], sections = [], memoryPages = 1 }: TinyModule): Uint8Array {
  const typeOf = (of: string): number => (of === 'output' || of === 'progress' ? 2 : 1);
  const functions = imports.map(([from, of]) => [...name(from), ...name(of), 0, typeOf(of)]);
  const types = [
    [0x60, 1, 0x7f, 1, 0x7f],
    [0x60, 2, 0x7f, 0x7f, 1, 0x7e],
    [0x60, 2, 0x7f, 0x7f, 0],
  ];
  const exported = (of: string, index: number): Bytes => [...name(of), 0, ...unsigned(imports.length + index)];
  const length = utf8(text).length;
  return new Uint8Array([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, list(types)),
    ...section(2, list([...functions, [...name('env'), ...name('memory'), 2, 0, ...unsigned(memoryPages)]])),
    ...section(3, list([[0], [1]])),
    ...sections.flatMap(([id, content]) => section(id, content)),
    ...section(7, list([exported('alloc', 0), exported('call', 1)])),
    ...section(10, list([code([...i32(ALLOCATED_AT), 0x0b]), code(body({ at: TEXT_AT, length }))])),
    ...section(11, list([[0, ...i32(TEXT_AT), 0x0b, ...unsigned(length), ...utf8(text)]])),
  ]);
}
