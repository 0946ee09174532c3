import { getBuiltinModule } from 'node:process';
import { expect, test } from 'vitest';
import { directSchemaWork } from './direct-schema-work.fixture.ts';
import type { RegisteredTool } from './ports.ts';
import { PreparedTools, validInput } from './prepared-tools.ts';

/** A tool as it is read from its plugin's files once more. */
function readAgain(): RegisteredTool {
  return {
    tool: {
      name: 'fs.list',
      plugin: 'fs',
      description: 'Lists',
      input: { type: 'object', properties: { depth: { type: 'integer', default: 1 } } },
      output: { type: 'object' },
      outputMode: 'value',
      effects: ['read'],
      timeoutMs: 1000,
    },
    entry: '/inside/fs/index.cjs',
    runtime: 'node',
    tags: [],
    capabilities: [],
  };
}

function collectGarbage(): void {
  getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  const collect: unknown = getBuiltinModule('node:vm').runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('garbage cannot be collected');
  collect();
}

test('a tool is compiled once, and again when its plugin was read again', async () => {
  let found = readAgain();
  const tools = new PreparedTools({ tool: async () => found }, directSchemaWork);
  const first = await tools.get('fs.list');
  expect(await tools.get('fs.list')).toBe(first);
  found = readAgain();
  const second = await tools.get('fs.list');
  expect(second).not.toBe(first);
  expect(await validInput(second, {})).toMatchObject({ value: { depth: 1 } });
});

test('what was compiled of plugins that were read again is let go', async () => {
  const former: WeakRef<object>[] = [];
  const source = {
    async tool() {
      const found = readAgain();
      former.push(new WeakRef(found.tool.input as object));
      return found;
    },
  };
  const tools = new PreparedTools(source, directSchemaWork);
  for (let turn = 0; turn < 600; turn += 1) await tools.get('fs.list');
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const held = former.filter((schema) => schema.deref() !== undefined).length;
  expect(held).toBeLessThanOrEqual(256);
});
