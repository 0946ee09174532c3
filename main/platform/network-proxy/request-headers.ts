import type { IncomingMessage } from 'node:http';
import type { Credential } from '../../kernel/network/network-gate.ts';

/** A message's headers, read as a proxy has to. */
export interface MessageHeaders {
  readonly hosts: readonly string[];
  /** Name and value in turn, in their order and writing, without what concerns this connection only. */
  readonly passed: readonly string[];
  /** What is wrong with them; undefined: nothing. */
  readonly problem: string | undefined;
}

/** RFC 9110, 7.6.1, and the names that older clients use. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]);
/** Naming one of these in `Connection` would have the proxy strip what the message's meaning hangs on. */
const NEVER_NOMINATED = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'cookie',
  'authorization',
]);

export function headersOf(message: Pick<IncomingMessage, 'rawHeaders'>): MessageHeaders {
  const pairs = pairsOf(message.rawHeaders);
  const valuesOf = (wanted: string): string[] =>
    pairs.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const nominated = valuesOf('connection')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...nominated]);
  return {
    hosts: valuesOf('host'),
    passed: pairs.filter(([name]) => !dropped.has(name.toLowerCase())).flat(),
    problem: problemOf(valuesOf, nominated),
  };
}

/** With a secret that the operator handed in, in the place of what the sandbox may have written there. */
export function withCredential(passed: readonly string[], credential: Credential | undefined): readonly string[] {
  if (credential === undefined) return passed;
  const others = pairsOf(passed).filter(([name]) => name.toLowerCase() !== credential.header.toLowerCase());
  return [...others.flat(), credential.header, credential.value.reveal()];
}

/** Two readings of where a message ends, or of where it goes, are how a request is smuggled past a proxy. */
function problemOf(valuesOf: (name: string) => readonly string[], nominated: readonly string[]): string | undefined {
  const [lengths, encodings] = [valuesOf('content-length'), valuesOf('transfer-encoding')];
  if (valuesOf('host').length > 1) return 'it has more than one Host';
  if (lengths.length + encodings.length > 1) return 'it has more than one length';
  if (encodings.some((value) => value.toLowerCase() !== 'chunked')) return 'its transfer encoding is not chunked';
  if (lengths.some((value) => !/^[0-9]+$/.test(value))) return 'its length is not a number';
  const name = nominated.find((each) => NEVER_NOMINATED.has(each));
  return name === undefined ? undefined : `its Connection names ${name}`;
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return pairs;
}
