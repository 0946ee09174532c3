/** Everything that a terminal does not show as itself, but line ends and tabs: what came out of a sandbox must not steer it. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text as a terminal may be given it: each character that would steer it is shown instead. */
export function printable(text: string): string {
  return text.replaceAll(STEERING, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? `^${String.fromCharCode(code + 0x40)}` : `<${code.toString(16).padStart(4, '0')}>`;
  });
}
