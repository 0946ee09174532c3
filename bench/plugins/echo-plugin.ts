import Type from 'typebox';
import { definePlugin } from '../../plugins/sdk/src/define-plugin.ts';
import { tool } from '../../plugins/sdk/src/tool.ts';

/** The least that a plugin of the SDK can do: what is measured is the way to it and back. */
export const echoPlugin = definePlugin({
  id: 'echo',
  version: '1.0.0',
  displayName: 'echo',
  description: 'Says what it was told',
  publisher: 'bench',
  license: 'MIT',
  capabilities: [],
  tools: {
    say: tool({
      description: 'Say it again',
      input: Type.Object({ text: Type.String() }, { additionalProperties: false }),
      output: Type.Object({ text: Type.String() }),
      outputMode: 'value',
      effects: ['read'],
      timeoutMs: 60_000,
      run: async ({ text }) => ({ text }),
    }),
  },
});
