import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { damagedText } from '../../http/testing/fuzzed-message.ts';
import { junk, valueOf } from '../../http/testing/fuzzed-request.ts';

/** One request to `/mcp`, more or less as the protocol would have it. */
export interface FuzzedMcp {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface FuzzedTool {
  readonly name: string;
  readonly inputSchema: TSchema;
}

export interface FuzzedServer {
  readonly tools: readonly FuzzedTool[];
  /** Texts that mean something to it, for members that are texts. */
  readonly known: readonly string[];
  /** Connections of the earlier revisions that are open. */
  readonly connections: readonly string[];
}

const MODERN = '2026-07-28';
const LEGACY = '2025-11-25';
const meta = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const METHODS = [
  'ping',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/subscribe',
  'prompts/list',
  'server/discover',
  'logging/setLevel',
  'completion/complete',
  'notifications/initialized',
  'notifications/cancelled',
  'no/such',
] as const;
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Input of a tool by its schema; its texts are often names that there are. */
function inputOf({ inputSchema }: FuzzedTool, known: readonly string[]): fc.Arbitrary<unknown> {
  return fc.tuple(valueOf(inputSchema), fc.constantFrom(...known)).map(([input, name]) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input) || !('session' in input)) return input;
    return { ...input, session: name };
  });
}

function paramsOf({ tools, known }: FuzzedServer): fc.Arbitrary<readonly [string, unknown]> {
  const text = fc.oneof(fc.constantFrom(...known), fc.string({ unit: 'binary', maxLength: 40 }));
  const calls = tools.map((tool) =>
    inputOf(tool, known).map((input): [string, unknown] => ['tools/call', { name: tool.name, arguments: input }]),
  );
  const of = (method: string, params: fc.Arbitrary<unknown>) =>
    params.map((value): readonly [string, unknown] => [method, value]);
  const client = { capabilities: {}, clientInfo: { name: 'fuzz', version: '1' } };
  return fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...calls) },
    { weight: 1, arbitrary: of('tools/call', fc.record({ name: text, arguments: junk })) },
    { weight: 1, arbitrary: of('resources/read', fc.record({ uri: text })) },
    { weight: 1, arbitrary: of('prompts/get', fc.record({ name: text, arguments: fc.dictionary(text, text) })) },
    {
      weight: 1,
      arbitrary: of(
        'initialize',
        fc.record({ protocolVersion: fc.oneof(fc.constantFrom(LEGACY, MODERN, ''), text) }).map((version) => ({
          ...client,
          ...version,
        })),
      ),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(
        fc.constantFrom(...METHODS),
        sometimes(fc.oneof(fc.constant({}), fc.record({ cursor: text }), fc.record({ uri: text }), junk)),
      ),
    },
  );
}

interface Message {
  readonly era: 'modern' | 'legacy' | 'odd';
  readonly method: string;
  readonly params: unknown;
  readonly text: string;
}

function messageOf(server: FuzzedServer): fc.Arbitrary<Message> {
  // Each its own: two at once under one id are one to the protocol.
  const id = fc.oneof(
    { weight: 8, arbitrary: fc.maxSafeNat() },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, 1.5, {}, []) },
  );
  return fc
    .tuple(paramsOf(server), id, fc.constantFrom<Message['era'][]>('modern', 'legacy', 'modern', 'legacy', 'odd'))
    .map(([[method, given], chosen, era]) => {
      const takesMeta = era === 'modern' && (given === undefined || (typeof given === 'object' && given !== null));
      const params = takesMeta ? { ...given, _meta: meta } : given;
      const id_ = method.startsWith('notifications/') ? {} : { id: chosen };
      const text = JSON.stringify({ jsonrpc: era === 'odd' ? '1.0' : '2.0', ...id_, method, params });
      return { era, method, params, text };
    });
}

/** What the revision of a message wants of its headers. */
function headersOf({ era, method, params }: Message, connection: string): Record<string, string> {
  const usual = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  if (era === 'odd' || method === 'initialize') return usual;
  if (era === 'legacy') return { ...usual, 'mcp-protocol-version': LEGACY, 'mcp-session-id': connection };
  const { name, uri = name }: { name?: unknown; uri?: unknown } = typeof params === 'object' ? { ...params } : {};
  const named = typeof uri === 'string' && /^[!-~]+$/.test(uri) ? { 'mcp-name': uri } : {};
  return { ...usual, 'mcp-protocol-version': MODERN, 'mcp-method': method, ...named };
}

/** Requests to a server of the protocol, in both kinds of revision. */
export function fuzzedMcp(server: FuzzedServer): fc.Arbitrary<FuzzedMcp> {
  const message = messageOf(server);
  const posted = fc
    .tuple(message, fc.constantFrom(...server.connections), sometimesOdd(oddBody(message)), sometimesOdd(oddHeaders))
    .map(([sent, connection, body, more]): FuzzedMcp => {
      return { method: 'POST', headers: { ...headersOf(sent, connection), ...more }, body: body ?? sent.text };
    });
  const others = fc
    .tuple(fc.constantFrom<FuzzedMcp['method']>('GET', 'DELETE', 'PUT'), oddHeaders)
    .map(([method, headers]): FuzzedMcp => ({ method, headers, body: undefined }));
  return fc.oneof({ weight: 20, arbitrary: posted }, { weight: 1, arbitrary: others });
}

const sometimesOdd = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });

function oddBody(message: fc.Arbitrary<Message>): fc.Arbitrary<string | undefined> {
  const texts = message.map(({ text }) => text);
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: damagedText(texts) },
    { weight: 1, arbitrary: fc.array(texts, { maxLength: 4 }).map((several) => `[${several.join(',')}]`) },
    { weight: 1, arbitrary: junk.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 5000 }).map((depth) => '{"a":'.repeat(depth)) },
  );
}

const oddHeaders: fc.Arbitrary<Record<string, string>> = fc
  .constantFrom<[string, string][]>(
    ['accept', 'application/json'],
    ['accept', 'text/event-stream'],
    ['accept', 'text/plain'],
    ['content-type', 'text/plain'],
    ['content-type', 'application/json; charset=utf-16'],
    ['mcp-protocol-version', '1999-01-01'],
    ['mcp-protocol-version', MODERN],
    ['mcp-session-id', 'none'],
    ['mcp-session-id', 'x'.repeat(500)],
    ['last-event-id', 'x'],
    ['mcp-method', 'x'],
    ['mcp-name', 'x'],
  )
  .map(([name, value]) => ({ [name]: value }));
