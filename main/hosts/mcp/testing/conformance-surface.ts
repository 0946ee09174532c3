import { setTimeout as delay } from 'node:timers/promises';
import {
  type CallToolResult,
  type ContentBlock,
  type GetPromptResult,
  type Prompt,
  type ServerContext,
  type TextContent,
  type Tool,
} from '@modelcontextprotocol/server';
import type { McpSurface } from '../surface.ts';

/** One red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** Of no length. */
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
const STEP_MS = 50;

const text = (words: string): TextContent => ({ type: 'text', text: words });
const image: ContentBlock = { type: 'image', data: PNG, mimeType: 'image/png' };
const embedded = (uri: string, mimeType: string, words: string): ContentBlock => ({
  type: 'resource',
  resource: { uri, mimeType, text: words },
});
const answer = (...content: ContentBlock[]): CallToolResult => ({ content });

interface Fixture {
  readonly description: string;
  readonly inputSchema?: Tool['inputSchema'];
  run(context: ServerContext, input: Record<string, unknown>): Promise<CallToolResult> | CallToolResult;
}

const EMPTY: Tool['inputSchema'] = { type: 'object', properties: {} };
const oneText = (name: string): Tool['inputSchema'] => ({
  type: 'object',
  properties: { [name]: { type: 'string' } },
  required: [name],
});

type FormSchema = Extract<
  Parameters<ServerContext['mcpReq']['elicitInput']>[0],
  { requestedSchema: unknown }
>['requestedSchema'];

function asking(description: string, requestedSchema: FormSchema): Fixture {
  return {
    description,
    async run({ mcpReq }) {
      const asked = { mode: 'form' as const, message: description, requestedSchema };
      const { action, content } = await mcpReq.elicitInput(asked, { relatedRequestId: mcpReq.id });
      return answer(text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`));
    },
  };
}

const options = ['option1', 'option2', 'option3'];

/** The tools that the public conformance suite wants of a server that it tests. */
const TOOLS: Readonly<Record<string, Fixture>> = {
  test_simple_text: {
    description: 'Gives text',
    run: () => answer(text('This is a simple text response for testing.')),
  },
  test_image_content: { description: 'Gives an image', run: () => answer(image) },
  test_audio_content: {
    description: 'Gives a sound',
    run: () => answer({ type: 'audio', data: WAV, mimeType: 'audio/wav' }),
  },
  test_embedded_resource: {
    description: 'Gives a resource',
    run: () => answer(embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')),
  },
  test_multiple_content_types: {
    description: 'Gives several kinds of content',
    run: () =>
      answer(
        text('Multiple content types test:'),
        image,
        embedded('test://mixed-content-resource', 'application/json', JSON.stringify({ test: 'data', value: 123 })),
      ),
  },
  test_tool_with_logging: {
    description: 'Logs while it runs',
    async run({ mcpReq }) {
      await mcpReq.log('info', 'Tool execution started');
      await delay(STEP_MS);
      await mcpReq.log('info', 'Tool processing data');
      await delay(STEP_MS);
      await mcpReq.log('info', 'Tool execution completed');
      return answer(text('Tool with logging executed successfully'));
    },
  },
  test_error_handling: {
    description: 'Fails',
    run: () => ({ isError: true, content: [text('This tool intentionally returns an error for testing')] }),
  },
  test_tool_with_progress: {
    description: 'Tells how far it is',
    async run({ mcpReq }) {
      const progressToken = mcpReq._meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progressToken !== undefined) {
          await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
        }
        await delay(STEP_MS);
      }
      return answer(text(String(progressToken ?? 'no token')));
    },
  },
  test_sampling: {
    description: 'Asks the model',
    inputSchema: oneText('prompt'),
    async run({ mcpReq }, { prompt }) {
      const messages = [{ role: 'user' as const, content: text(String(prompt)) }];
      const { content } = await mcpReq.requestSampling({ messages, maxTokens: 100 }, { relatedRequestId: mcpReq.id });
      return answer(text(`LLM response: ${JSON.stringify(content)}`));
    },
  },
  test_elicitation: {
    description: 'Asks the user',
    inputSchema: oneText('message'),
    async run({ mcpReq }, { message }) {
      const requestedSchema: FormSchema = {
        type: 'object',
        properties: {
          username: { type: 'string', description: 'User’s response' },
          email: { type: 'string', description: 'User’s email address' },
        },
        required: ['username', 'email'],
      };
      const asked = { mode: 'form' as const, message: String(message), requestedSchema };
      const { action, content } = await mcpReq.elicitInput(asked, { relatedRequestId: mcpReq.id });
      return answer(text(`User response: action=${action}, content=${JSON.stringify(content)}`));
    },
  },
  test_elicitation_sep1034_defaults: asking('Asks with defaults', {
    type: 'object',
    properties: {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    },
    required: [],
  }),
  test_elicitation_sep1330_enums: asking('Asks with choices', {
    type: 'object',
    properties: {
      untitledSingle: { type: 'string', enum: options },
      titledSingle: {
        type: 'string',
        oneOf: [
          { const: 'value1', title: 'First Option' },
          { const: 'value2', title: 'Second Option' },
        ],
      },
      legacyEnum: { type: 'string', enum: ['opt1', 'opt2'], enumNames: ['Option One', 'Option Two'] },
      untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
      titledMulti: {
        type: 'array',
        items: {
          anyOf: [
            { const: 'value1', title: 'First Choice' },
            { const: 'value2', title: 'Second Choice' },
          ],
        },
      },
    },
    required: [],
  }),
  test_reconnection: {
    description: 'Ends the stream before it answers',
    async run({ http }) {
      http?.closeSSE?.();
      await delay(STEP_MS);
      return answer(text('Reconnection test completed successfully'));
    },
  },
  json_schema_2020_12_tool: {
    description: 'Has a schema of draft 2020-12',
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: { address: { type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } } },
      properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
      additionalProperties: false,
    },
    run: () => answer(text('done')),
  },
};

const user = (content: ContentBlock): GetPromptResult['messages'][number] => ({ role: 'user', content });

const PROMPTS: Readonly<
  Record<string, Omit<Prompt, 'name'> & { get(values: Readonly<Record<string, string>>): ContentBlock[] }>
> = {
  test_simple_prompt: { description: 'Without arguments', get: () => [text('This is a simple prompt for testing.')] },
  test_prompt_with_arguments: {
    description: 'With arguments',
    arguments: [
      { name: 'arg1', required: true },
      { name: 'arg2', required: true },
    ],
    get: ({ arg1, arg2 }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  },
  test_prompt_with_embedded_resource: {
    description: 'With a resource',
    arguments: [{ name: 'resourceUri', required: true }],
    get: ({ resourceUri = '' }) => [
      embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'),
      text('Please process the embedded resource above.'),
    ],
  },
  test_prompt_with_image: {
    description: 'With an image',
    get: () => [image, text('Please analyze the image above.')],
  },
};

const WATCHED = 'test://watched-resource';
const RESOURCES: Readonly<
  Record<string, { readonly name: string; readonly mimeType: string; readonly text?: string; readonly blob?: string }>
> = {
  'test://static-text': {
    name: 'Text',
    mimeType: 'text/plain',
    text: 'This is the content of the static text resource.',
  },
  'test://static-binary': { name: 'Bytes', mimeType: 'image/png', blob: PNG },
  [WATCHED]: { name: 'Watched', mimeType: 'text/plain', text: 'as before' },
};
const TEMPLATE = /^test:\/\/template\/([^/]+)\/data$/;

/** Beside what a surface has: the fixtures of the public conformance suite. */
export function withConformanceFixtures(surface: McpSurface): McpSurface {
  return {
    ...surface,
    capabilities: { logging: {}, completions: {} },
    async tools() {
      const fixtures = Object.entries(TOOLS).map(([name, { description, inputSchema = EMPTY }]) => ({
        name,
        description,
        inputSchema,
      }));
      return [...(await surface.tools()), ...fixtures];
    },
    async callTool(call, request) {
      const fixture = TOOLS[call.name];
      return fixture === undefined ? surface.callTool(call, request) : fixture.run(request.context, call.input);
    },
    async resources() {
      const fixtures = Object.entries(RESOURCES).map(([uri, { name, mimeType }]) => ({ uri, name, mimeType }));
      return [...(await surface.resources()), ...fixtures];
    },
    templates: () => [...surface.templates(), { name: 'Template', uriTemplate: 'test://template/{id}/data' }],
    async readResource(uri) {
      const { mimeType, text: words, blob } = RESOURCES[uri] ?? {};
      if (words !== undefined) return { contents: [{ uri, mimeType, text: words }] };
      if (blob !== undefined) return { contents: [{ uri, mimeType, blob }] };
      const id = TEMPLATE.exec(uri)?.[1];
      if (id === undefined) return surface.readResource(uri);
      const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return { contents: [{ uri, mimeType: 'application/json', text: data }] };
    },
    watchResource: (uri, watch) => (uri === WATCHED ? Promise.resolve() : surface.watchResource(uri, watch)),
    prompts: () => [
      ...surface.prompts(),
      ...Object.entries(PROMPTS).map(([name, { get: _get, ...prompt }]) => ({ name, ...prompt })),
    ],
    prompt(name, values = {}) {
      const fixture = PROMPTS[name];
      return fixture === undefined ? surface.prompt(name, values) : { messages: fixture.get(values).map(user) };
    },
    extend(server) {
      server.setRequestHandler('completion/complete', () => ({
        completion: { values: ['test'], total: 1, hasMore: false },
      }));
    },
  };
}
