import type { Areas } from '../../../schema/contract/areas.ts';
import type { Client } from '../../../schema/contract/contract.ts';
import type { SessionId, Tool } from '../../../schema/entities.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { CallDesk } from './call-desk.ts';
import { changeTools } from './change-tools.ts';
import { definitionOf, type KernelTool } from './kernel-tool.ts';
import type { Place } from './place.ts';
import { pluginTools } from './plugin-tools.ts';
import { listPrompts, promptOf } from './prompts.ts';
import { SessionResources } from './resources.ts';
import { runTools, type ToolParts } from './run-tools.ts';
import type { McpSurface } from './surface.ts';

export interface KernelSurfaceOptions {
  /** As the agent that is served; the kernel judges its calls. */
  readonly client: Client<Areas>;
  readonly place: Place;
  readonly questions: 'client' | 'window';
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the kernel offers to one agent. Disposing cancels what still runs for it. */
export type KernelSurface = McpSurface & Disposable;

/** The kernel for one agent: its calls of the contract as tools and resources, and the tools of every enabled plugin. */
export function kernelSurface(options: KernelSurfaceOptions): KernelSurface {
  const { client, place, logger } = options;
  const parts: ToolParts = { client, place };
  const desk = new CallDesk(options);
  const resources = new SessionResources(parts);
  const own = [...place.tools, ...runTools(parts), ...changeTools(parts)];
  const all = (tools: readonly Tool[]): KernelTool[] => [
    ...own,
    ...pluginTools(
      parts,
      tools,
      own.map(({ name }) => name),
    ),
  ];
  const find = async (name: string): Promise<KernelTool | undefined> =>
    own.find((tool) => tool.name === name) ??
    all((await client.tool.list({})).tools).find((tool) => tool.name === name);
  return {
    tools: async () => all((await client.tool.list({})).tools).map((tool) => definitionOf(tool, place.only)),
    async callTool({ name, input }, request) {
      const tool = await find(name);
      return tool && desk.call(tool, withSession(tool, input, place.only), request);
    },
    resources: () => resources.list(),
    templates: () => resources.templates(),
    readResource: (uri) => resources.read(uri),
    watchResource: (uri, watch) => resources.watch(uri, watch),
    prompts: listPrompts,
    prompt: promptOf,
    watchLists(watch) {
      const { signal } = watch;
      const failed = (thrown: unknown): void => {
        if (!signal.aborted) logger.warn('an MCP client is no longer told of changed lists', { thrown });
      };
      const names = ({ tools }: { tools: readonly Tool[] }): string => JSON.stringify(tools);
      eachOther(client.tool.watch({}, { signal }), names, watch.tools).catch(failed);
      const ids = ({ sessions }: { sessions: readonly { readonly id: string }[] }): string =>
        sessions.map(({ id }) => id).join();
      const sessions = place.watch?.(signal);
      if (sessions !== undefined) eachOther(sessions, ids, watch.resources).catch(failed);
    },
    [Symbol.dispose]: () => desk[Symbol.dispose](),
  };
}

function withSession(
  { sessionKey }: KernelTool,
  input: Record<string, unknown>,
  only: SessionId | undefined,
): Record<string, unknown> {
  return sessionKey === undefined || only === undefined ? input : { [sessionKey]: only, ...input };
}

/** Tells of each event after the first whose picture is another one than that of the event before. */
async function eachOther<T>(
  events: AsyncIterable<T>,
  pictureOf: (event: T) => string,
  tell: () => void,
): Promise<void> {
  let before: string | undefined;
  for await (const event of events) {
    const now = pictureOf(event);
    if (before !== undefined && before !== now) tell();
    before = now;
  }
}
