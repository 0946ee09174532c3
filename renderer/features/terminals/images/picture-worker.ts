import { fileSize } from './file-size.ts';
import { readInlineFile, shownSize } from './inline-file.ts';
import type { PictureAnswer, PictureRequest } from './picture.ts';
import { drawSixel } from './sixel.ts';

/** Pixels of a file as it is decoded, before it is made smaller: a photograph. */
const DECODED_LIMIT = 24_000_000;

async function decode(request: PictureRequest): Promise<PictureAnswer> {
  return request.picture.protocol === 'sixel' ? decodeSixel(request) : decodeFile(request);
}

async function decodeSixel({ picture, limit }: PictureRequest): Promise<PictureAnswer> {
  const drawn = drawSixel(picture.text, limit);
  return drawn && createImageBitmap(new ImageData(drawn.rgba, drawn.width, drawn.height));
}

async function decodeFile({ picture, place, limit }: PictureRequest): Promise<PictureAnswer> {
  const file = readInlineFile(picture.text);
  if (file === undefined) return undefined;
  const bytes = Uint8Array.from(atob(file.base64), (character) => character.charCodeAt(0));
  const size = fileSize(bytes);
  if (size === undefined || size.width * size.height === 0 || size.width * size.height > DECODED_LIMIT)
    return undefined;
  const decoded = await createImageBitmap(new Blob([bytes], { type: size.type }));
  // A photograph says by itself how it is turned: its size is what it is now.
  const { width, height } = shownSize(decoded, file, place, limit);
  try {
    return await createImageBitmap(decoded, { resizeWidth: width, resizeHeight: height, resizeQuality: 'medium' });
  } finally {
    decoded.close();
  }
}

addEventListener('message', async ({ data }: MessageEvent<PictureRequest>) => {
  // Broken, or not what it says: there is nothing to show, and nobody to tell but who printed it.
  const answer = await decode(data).catch(() => undefined);
  postMessage(answer, { transfer: answer === undefined ? [] : [answer] });
});
