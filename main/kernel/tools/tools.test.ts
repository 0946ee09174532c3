import { describe, expect, it } from 'vitest';
import type { ToolEvent } from '../../../schema/contract/tool.ts';
import type { ActId, SandboxId, SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { VirtualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { directTextWork } from '../changes/diff/direct-text-work.fixture.ts';
import type { CallContext } from '../dispatch/context.ts';
import type { AgentConnection, AgentRequestOptions } from '../sandboxes/agent-port.ts';
import { directSchemaWork } from './direct-schema-work.fixture.ts';
import type { KernelSideTools, RegisteredTool } from './ports.ts';
import { pathsIn } from './tool-schema.ts';
import { Tools } from './tools.ts';

const session = 's1' as SessionId; // of that form
const path = { type: 'string', format: 'workspace-path' };

const registered: RegisteredTool = {
  tool: {
    name: 'fs.write',
    plugin: 'fs',
    description: 'Writes',
    input: {
      type: 'object',
      required: ['path'],
      additionalProperties: false,
      properties: {
        path,
        content: { type: 'string' },
        encoding: { type: 'string', default: 'utf8' },
        more: { type: 'array', items: path },
      },
    },
    output: {
      type: 'object',
      required: ['size'],
      properties: { size: { type: 'integer' }, truncated: { type: 'boolean' } },
    },
    outputMode: 'value',
    effects: ['write'],
    timeoutMs: 5000,
  },
  entry: '/inside/fs/index.cjs',
  runtime: 'node',
  tags: ['core_plugin'],
  capabilities: [],
};

/** Gives what the tool gives. */
type Answer = (params: unknown, options: AgentRequestOptions) => Promise<unknown>;

interface Setup {
  readonly answer?: Answer;
  /** Of the agent. */
  readonly protocol?: 1 | 2 | 4;
  /** Of an MCP server. */
  readonly start?: RegisteredTool['start'];
  readonly kernelSide?: Partial<KernelSideTools>;
  readonly capabilities?: RegisteredTool['capabilities'];
}

function setUp(setup: Setup = {}) {
  const { answer = async () => ({ size: 1 }), protocol = 2, kernelSide = {}, capabilities = [], start } = setup;
  const offered: RegisteredTool = start === undefined ? registered : { ...registered, runtime: 'mcp', start };
  const requests: { method: string; params: unknown }[] = [];
  const notes: unknown[] = [];
  const clock = new VirtualClock();
  const connection: AgentConnection = {
    sandbox: 'b1' as SandboxId, // of that form
    peer: { pid: 1, uid: 1000, containerId: '' },
    hello: { protocol, agent: '0', node: 'v24', pid: 1, terminals: [] },
    async request(method, params, options = {}) {
      requests.push({ method, params });
      const output = await answer(params, options);
      return protocol === 1 ? output : { output, durationMs: 0.001 };
    },
    onEvent: () => () => undefined,
    onClose: () => () => undefined,
  };
  const layer = {
    session,
    workspace: '/w',
    upper: '/u',
    mask: '/m',
    maskedPaths: [],
    startedAtMs: 0,
    strategy: 'overlay',
  } as const;
  const tools = new Tools({
    source: {
      tools: async () => [registered],
      tool: async (name) => (name === 'fs.write' ? { ...offered, capabilities } : undefined),
      onAnswer: () => undefined,
      settingsOf: async () => (start === undefined ? undefined : { limit: 7 }),
    },
    sandboxes: { connection: () => connection, layer: () => layer },
    kernelSide: {
      call: async () => undefined,
      resolve: (_layer, paths) => paths.map((each) => `resolved/${each}`),
      ...kernelSide,
    },
    texts: directTextWork,
    schemas: directSchemaWork,
    operator: async () => ({ name: 'Ada', email: 'ada@example.org' }),
    clock,
    logger: silentLogger,
  });
  const call = (input: unknown, signal = new AbortController().signal): AsyncGenerator<ToolEvent> => {
    const context: CallContext = {
      caller: { actor: 'operator', tags: [], containerId: '', peerPid: 0 },
      signal,
      act: 'a1' as ActId, // of that form
      decision: { decision: 'allow', via: 'rules', rule: 'r', reasons: [], flagged: false, warnings: [] },
      receivedAt: performance.now() - 100,
      reviewMs: 40,
      note: (note) => void notes.push(note),
    };
    return tools.call({ session, name: 'fs.write', input }, context);
  };
  return { tools, call, requests, notes, clock };
}

async function all(events: AsyncIterable<ToolEvent>): Promise<ToolEvent[]> {
  const seen: ToolEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

async function faultOf(events: AsyncIterable<ToolEvent>): Promise<Fault> {
  try {
    await all(events);
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  return expect.fail('it was not refused');
}

describe('tools', () => {
  it('run in the sandbox, tell what happens on the way and account for their time', async () => {
    const { call, requests, notes } = setUp({
      answer: async (_params, { onEvent }) => {
        await onEvent?.('tool.progress', { message: 'half', done: 1, total: 2 });
        await onEvent?.('tool.output', { text: 'live' });
        await onEvent?.('tool.unheard', { text: 'of' });
        return { size: 3, truncated: true };
      },
    });
    const events = await all(call({ path: 'a', content: 'x' }));
    expect(events).toMatchObject([
      { type: 'progress', message: 'half', done: 1, total: 2 },
      { type: 'output', text: 'live' },
      { type: 'result', result: { size: 3 }, durationMs: 0.001, truncated: true, decision: { rule: 'r' } },
    ]);
    const last = events.at(-1);
    const overheadMs = last?.type === 'result' ? last.overheadMs : 0;
    expect(overheadMs).toBeGreaterThanOrEqual(59);
    expect(overheadMs).toBeLessThan(5000);
    expect(requests).toEqual([
      {
        method: 'plugin.request',
        params: {
          plugin: 'fs',
          entry: '/inside/fs/index.cjs',
          method: 'tool.call',
          params: { tool: 'fs.write', input: { path: 'a', content: 'x', encoding: 'utf8' } },
        },
      },
    ]);
    expect(notes).toEqual([{ tool: 'fs.write', output: 'size=3 truncated=true' }]);
  });

  it('take the answers of an agent that was started by the version before', async () => {
    const { call } = setUp({
      protocol: 1,
      answer: async (_params, { onEvent }) => {
        await onEvent?.('tool.finished', { durationMs: 0.002 });
        return { size: 3 };
      },
    });
    expect(await all(call({ path: 'a' }))).toMatchObject([{ type: 'result', result: { size: 3 }, durationMs: 0.002 }]);
  });

  it('start an MCP server with what is set, and not where its sandbox could not hand it over', async () => {
    const start = {
      program: 'node',
      args: ['--limit', '${settings.limit}'],
      env: { LIMIT: '${settings.limit}' },
    } as const;
    const { call, requests } = setUp({ start, protocol: 4 });
    await all(call({ path: 'a' }));
    expect(requests).toMatchObject([
      { params: { runtime: 'mcp', program: 'node', args: ['--limit', '7'], env: { LIMIT: '7' } } },
    ]);
    const older = setUp({ start, protocol: 2 });
    const { message, fix } = await faultOf(older.call({ path: 'a' }));
    expect({ message, fix, requests: older.requests }).toEqual({
      message: 'Cannot run the plugin "fs": its sandbox cannot start it as its manifest says',
      fix: 'Start the session anew, and call again.',
      requests: [],
    });
  });

  it('write no mark of a redaction that the file did not hold: the secret would be lost', async () => {
    const held = 'key = [redacted:sk]';
    const answers: Pick<KernelSideTools, 'call'> = {
      call: async ({ name }) => (name === 'fs.read' ? { result: { content: held } } : undefined),
    };
    const { call, requests } = setUp({ kernelSide: answers });
    const fault = await faultOf(call({ path: 'a', content: `${held}\nother = [redacted:github]` }));
    expect({ code: fault.code, requests: requests.length }).toEqual({ code: 'invalid_input', requests: 0 });
    await all(call({ path: 'a', content: `# a comment\n${held}` }));
    expect(requests).toHaveLength(1);
  });

  it('tell the operator’s name only to a plugin that may know it', async () => {
    const { call, requests } = setUp({ capabilities: [{ name: 'operator.identity' }] });
    await all(call({ path: 'a' }));
    expect(requests).toMatchObject([{ params: { params: { operator: { name: 'Ada' } } } }]);
  });

  it('refuse input that is not of the schema, with pointers, before anything is asked', async () => {
    const { call, requests, tools } = setUp();
    const fault = await faultOf(call({ path: 'a\0b', more: ['x', 7], extra: 1 }));
    expect({ code: fault.code, data: fault.data }).toEqual({
      code: 'invalid_input',
      data: {
        errors: [
          { pointer: '', message: 'must NOT have additional properties: extra' },
          { pointer: '/path', message: 'must match format "workspace-path"' },
          { pointer: '/more/1', message: 'must be string' },
        ],
      },
    });
    expect(requests).toEqual([]);
    await expect(tools.subjects({ session, name: 'no.such', input: {} })).rejects.toMatchObject({
      code: 'tool_unknown',
    });
  });

  it('refuse an answer from inside that is not of the schema, and say where, what was expected and what came', async () => {
    const { call } = setUp({ answer: async () => ({ size: 'big' }) });
    expect((await faultOf(call({ path: 'a' }))).toShape()).toEqual({
      code: 'invalid_output',
      message: 'Cannot answer fs.write: /size must be integer, and is "big"',
      retryable: false,
      why: 'It is not of the tool’s own output schema, so nobody was given it.',
      fix: 'The plugin "fs" has to be mended, by its author: the tool, or what it says of its output.',
      data: { errors: [{ pointer: '/size', message: 'must be integer' }] },
    });
  });

  it('name no more of a wrong answer than fits into a line, and no part of a long text', async () => {
    const long = setUp({ answer: async () => ({ size: 'k'.repeat(5000) }) });
    expect((await faultOf(long.call({ path: 'a' }))).message).toBe(
      'Cannot answer fs.write: /size must be integer, and is a text of 5000 characters',
    );
    const wide = setUp({
      answer: async () => Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`m${n}`, n])),
    });
    expect((await faultOf(wide.call({ path: 'a' }))).message).toBe(
      "Cannot answer fs.write: the output must have required property 'size', and is an object with m0, m1, m2, m3, m4, m5, m6, m7 and 4992 more",
    );
  });

  it('carry the tool’s own code in the data, so that inside nobody can speak with the kernel’s', async () => {
    const failing = (code: string) =>
      setUp({ answer: async () => Promise.reject(new Fault(code, 'Cannot do it: no')) });
    const faults = await Promise.all(
      ['disk_full', 'denied', 'audit_unavailable', 'disconnected', 'session_not_running'].map((code) =>
        faultOf(failing(code).call({ path: 'a' })),
      ),
    );
    expect(faults.map(({ code, data }) => ({ code, data }))).toEqual([
      { code: 'tool_failed', data: { code: 'disk_full' } },
      { code: 'tool_failed', data: { code: 'denied' } },
      { code: 'tool_failed', data: { code: 'audit_unavailable' } },
      { code: 'sandbox_failed', data: undefined },
      { code: 'session_not_running', data: undefined },
    ]);
  });

  it('end when their time is up', async () => {
    const { call, clock } = setUp({
      answer: (_params, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Fault('cancelled', 'x')));
          clock.advance(5000);
        }),
    });
    expect((await faultOf(call({ path: 'a' }))).code).toBe('tool_timeout');
  });

  it('are cancelled when nobody listens any more, and wait while nobody takes their output', async () => {
    let aborted = false;
    let sent = 0;
    const { call } = setUp({
      async answer(_params, { onEvent, signal }) {
        signal?.addEventListener('abort', () => {
          aborted = true;
        });
        for (;;) {
          if (aborted) throw new Fault('cancelled', 'x');
          sent += 1;
          await onEvent?.('tool.output', { text: 'more' });
        }
      },
    });
    for await (const event of call({ path: 'a' })) {
      expect(event.type).toBe('output');
      break;
    }
    expect({ aborted, bounded: sent < 100 }).toEqual({ aborted: true, bounded: true });
  });

  it('are answered beside the kernel where that can be done', async () => {
    const { call, requests } = setUp({ kernelSide: { call: async () => ({ result: { size: 9 } }) } });
    expect(await all(call({ path: 'a' }))).toMatchObject([{ type: 'result', result: { size: 9 } }]);
    expect(requests).toEqual([]);
  });
});

describe('what the policy judges', () => {
  it('is every path of the input, where it leads, and the size of what is written', async () => {
    const { tools } = setUp();
    expect(
      await tools.subjects({
        session,
        name: 'fs.write',
        input: { path: 'a', content: 'Zm9v', encoding: 'base64', more: ['b', 'a'] },
      }),
    ).toEqual([
      { syscall: 'fs.write', tool: 'fs.write', tags: ['core_plugin'], size: 3, path: 'a', resolvedPath: 'resolved/a' },
      { syscall: 'fs.write', tool: 'fs.write', tags: ['core_plugin'], size: 3, path: 'b', resolvedPath: 'resolved/b' },
    ]);
  });

  it('is found through every way that a schema can say it', () => {
    const schema = {
      $defs: { p: path },
      type: 'object',
      properties: {
        either: { anyOf: [{ type: 'integer' }, path] },
        tuple: { type: 'array', prefixItems: [{ type: 'string' }, path], items: { $ref: '#/$defs/p' } },
        map: { type: 'object', additionalProperties: { $ref: '#/$defs/p' }, propertyNames: path },
        all: { allOf: [{ type: 'string' }, path] },
        plain: { type: 'string' },
      },
    };
    const input = { either: 'a', tuple: ['no', 'b', 'c'], map: { d: 'e' }, all: 'f', plain: 'no' };
    expect(pathsIn(schema, input).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});
