/** What a picture's file says of itself. */
export interface FileSize {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif';
  readonly width: number;
  readonly height: number;
}

/** Frame headers of JPEG: C0 to CF without DHT (C4), JPG (C8) and DAC (CC). ITU T.81, table B.1. */
const NOT_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);

/** How many pixels a PNG, JPEG or GIF has when it is decoded, read from its head; undefined for anything else. */
export function fileSize(bytes: Uint8Array): FileSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint32(0) === 0x89504e47 && view.getUint32(12) === 0x49484452) {
      return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
    }
    if (view.getUint16(0) === 0xffd8) return jpegSize(view);
    if (view.getUint32(0) === 0x47494638) return gifSize(view);
  } catch {
    // It ends before it says its size.
  }
  return undefined;
}

function jpegSize(view: DataView): FileSize | undefined {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && !NOT_FRAMES.has(marker)) {
      return { type: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    } else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** A first frame that reaches beyond the screen that the file names makes the picture larger. */
function gifSize(view: DataView): FileSize {
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  let at = 13 + tableLength(view.getUint8(10));
  while (view.getUint8(at) === 0x21) {
    at += 2;
    while (view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    at += 1;
  }
  if (view.getUint8(at) !== 0x2c) return { type: 'image/gif', width: 0, height: 0 };
  return {
    type: 'image/gif',
    width: Math.max(screen.width, view.getUint16(at + 1, true) + view.getUint16(at + 5, true)),
    height: Math.max(screen.height, view.getUint16(at + 3, true) + view.getUint16(at + 7, true)),
  };
}

function tableLength(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}
