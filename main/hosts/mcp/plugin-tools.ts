import { createHash } from 'node:crypto';
import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import { type SessionId, SessionId as SessionIdSchema, type Tool } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import type { KernelTool, ToolAnswer, ToolCall } from './kernel-tool.ts';
import { limitedValue } from './output-limit.ts';
import type { ToolParts } from './run-tools.ts';

/** What the programs that steer models take for a tool's name is shorter and plainer than what the protocol allows. */
const NAME_LIMIT = 64;
const DIGEST_LENGTH = 8;
/** Under which names a session is asked for: the first that the tool itself does not use. */
const SESSION_KEYS = ['session', 'cavern_session'];

type JsonObject = Record<string, unknown>;

/** The tools of every enabled plugin; `taken` are names that none of them may have. */
export function pluginTools(parts: ToolParts, tools: readonly Tool[], taken: Iterable<string>): KernelTool[] {
  const names = plainNames(tools, taken);
  return tools.map((tool) => pluginTool(parts, tool, names.get(tool.name) ?? tool.name));
}

/** `fs.read` as `fs_read`; where two would be the same or one is too long, the end is a digest of the whole name. */
export function plainNames(tools: readonly Pick<Tool, 'name'>[], taken: Iterable<string>): Map<string, string> {
  const used = new Map<string, number>([...taken].map((name) => [name, 1]));
  for (const { name } of tools) used.set(plainName(name), (used.get(plainName(name)) ?? 0) + 1);
  return new Map(
    tools.map(({ name }) => {
      const plain = plainName(name);
      const isOwn = used.get(plain) === 1 && plain.length <= NAME_LIMIT;
      return [name, isOwn ? plain : `${plain.slice(0, NAME_LIMIT - DIGEST_LENGTH - 1)}_${digest(name)}`];
    }),
  );
}

function plainName(name: string): string {
  return name.replaceAll('.', '_');
}

function digest(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH);
}

function pluginTool({ client, place }: ToolParts, tool: Tool, name: string): KernelTool {
  const { input, sessionKey, inner } = inputOf(tool);
  return {
    name,
    title: tool.name,
    description: tool.description,
    input,
    sessionKey,
    ...(isObject(tool.output) ? { output: tool.output } : {}),
    annotations: {
      readOnlyHint: tool.effects.every((effect) => effect === 'read'),
      // A sandbox writes to a copy.
      destructiveHint: false,
      openWorldHint: tool.effects.includes('network'),
    },
    async run({ [sessionKey]: session, ...rest }, call) {
      if (typeof session !== 'string') {
        throw new Fault('invalid_input', `Cannot call ${name}: \`${sessionKey}\` is missing`, {
          fix: 'Start a sandbox with sandbox_start and name its session.',
        });
      }
      // The contract checks its form with the call.
      const id = session as SessionId;
      await place.check(id);
      return callTool(client, { session: id, name: tool.name, input: inner === 'whole' ? rest['input'] : rest }, call);
    },
  };
}

interface ToolInput {
  readonly input: JsonObject;
  readonly sessionKey: string;
  /** Whether the tool's own input is what stands beside the session, or one member. */
  readonly inner: 'members' | 'whole';
}

function inputOf(tool: Tool): ToolInput {
  const schema = tool.input;
  const members = isObject(schema) && schema['type'] === 'object' && isObject(schema['properties'] ?? {});
  if (!isObject(schema) || !members) {
    const properties = { session: SessionIdSchema, input: schema };
    const input = { type: 'object', properties, required: ['session', 'input'], additionalProperties: false };
    return { input, sessionKey: 'session', inner: 'whole' };
  }
  const own = isObject(schema['properties']) ? schema['properties'] : {};
  const sessionKey = SESSION_KEYS.find((key) => !(key in own)) ?? `cavern_${digest(tool.name)}`;
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const input = {
    ...schema,
    properties: { [sessionKey]: SessionIdSchema, ...own },
    required: [sessionKey, ...required],
  };
  return { input, sessionKey, inner: 'members' };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws Fault */
async function callTool(
  client: Client<Areas>,
  input: { readonly session: SessionId; readonly name: string; readonly input: unknown },
  { signal, onReview, progress }: ToolCall,
): Promise<ToolAnswer> {
  for await (const event of client.tool.call(input, { signal, onReview })) {
    if (event.type === 'progress') {
      progress(event.message);
    } else if (event.type === 'output') {
      progress(event.text.trimEnd().split('\n').at(-1)?.slice(0, 200) ?? '');
    } else {
      const { value, leftOut } = limitedValue(event.result);
      return { structured: value, leftOut };
    }
  }
  throw new Fault('cancelled', `Cannot finish ${input.name}: it was cancelled`);
}
