import type { FastifyInstance } from 'fastify';
import { malformed } from './fault-answer.ts';

/** No document of the contract is anywhere near as deep. */
const NESTING_LIMIT = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Whether brackets outside of strings open deeper than the limit. Looks at each character once; the text need not be JSON. */
export function isTooDeep(text: string, limit = NESTING_LIMIT): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isInString) {
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) isInString = true;
    else if (OPENING.has(code)) {
      depth += 1;
      if (depth > limit) return true;
    } else if (CLOSING.has(code)) depth -= 1;
  }
  return false;
}

/** Bodies are JSON or nothing: a form that a web page can send without asking first is refused by its type. */
export function readJsonBodies(app: FastifyInstance): void {
  // Refuses members that would reach a prototype.
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined);
    if (isTooDeep(body)) return done(malformed('its body is nested too deeply'), undefined);
    void parse(request, body, (failure, value) => {
      if (failure) done(malformed('its body is not JSON'), undefined);
      else done(null, value);
    });
  });
}
