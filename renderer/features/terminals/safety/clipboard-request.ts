/** Longer texts are not put into a clipboard by a program: nobody could look them over. */
const LIMIT_CHARACTERS = 64 * 1024;

/**
 * What a program wants to have copied (OSC 52: `c;BASE64`). Undefined for anything else, a wish to read the clipboard among it, which is
 * never granted.
 */
export function clipboardRequest(data: string): string | undefined {
  const [, encoded] = /^[cpqs0-7]*;([A-Za-z0-9+/]+={0,2})$/.exec(data) ?? [];
  if (encoded === undefined || encoded.length > LIMIT_CHARACTERS) return undefined;
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
