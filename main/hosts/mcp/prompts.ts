import { type GetPromptResult, type Prompt, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

interface Flow {
  readonly prompt: Prompt;
  readonly text: (values: Readonly<Record<string, string>>) => string;
}

const FLOWS: readonly Flow[] = [
  {
    prompt: {
      name: 'start_in_sandbox',
      title: 'Start in a sandbox',
      description: 'Do a task in a sandbox on a folder and show what changed',
      arguments: [
        { name: 'task', description: 'What shall be done', required: true },
        { name: 'workspace', description: 'The folder; the one that was given to this agent if absent' },
      ],
    },
    text: ({ task = '', workspace }) =>
      [
        `Do this task in a Cavern sandbox: ${task}`,
        '',
        `1. Call sandbox_start${workspace === undefined ? '' : ` with workspace "${workspace}"`} and remember the session that it gives.`,
        '2. Work in it only: files through the fs_* and search_* tools, commands through sandbox_exec. All of it happens to a copy; nothing of the folder itself changes.',
        '3. Run the tests of the project in the sandbox before you call it done.',
        '4. Call changes_diff and tell what changed and why.',
        '5. Call changes_apply. A person may look first; wait for the answer, and if it is no, say why and ask what to change.',
      ].join('\n'),
  },
  {
    prompt: {
      name: 'review_changes',
      title: 'Review changes',
      description: 'Look at what a session changed as a reviewer would, without changing anything',
      arguments: [{ name: 'session', description: 'The session, as sandbox_list gives it', required: true }],
    },
    text: ({ session = '' }) =>
      [
        `Review what the Cavern session ${session} changed.`,
        '',
        `1. Call changes_diff with session "${session}".`,
        '2. For each file: what it does, what could break, what is missing (tests, documentation), and whether anything in it runs by itself or opens a door.',
        '3. Say which files may be merged as they are, which need work, and which should be left out. Do not call changes_apply.',
      ].join('\n'),
  },
];

export function listPrompts(): Prompt[] {
  return FLOWS.map(({ prompt }) => prompt);
}

/** @throws ProtocolError for one that is not there, or that lacks an argument */
export function promptOf(name: string, values: Readonly<Record<string, string>> = {}): GetPromptResult {
  const flow = FLOWS.find(({ prompt }) => prompt.name === name);
  if (flow === undefined)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no prompt "${name.slice(0, 128)}"`);
  const missing = flow.prompt.arguments?.find((argument) => argument.required === true && !values[argument.name]);
  if (missing)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The argument "${missing.name}" of ${name} is missing`);
  const { description } = flow.prompt;
  return {
    ...(description === undefined ? {} : { description }),
    messages: [{ role: 'user', content: { type: 'text', text: flow.text(values) } }],
  };
}
