import { createHash } from 'node:crypto';

/** SHA-256 of a document's text, in lower-case hexadecimal: by it an update names the document that it was written on. */
export function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
