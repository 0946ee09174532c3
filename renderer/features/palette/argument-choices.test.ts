import { describe, expect, it } from 'vitest';
import { areas } from '../../../schema/contract/areas.ts';
import { callDescriptions } from '../../../schema/contract/call-descriptions.ts';
import { formSchemaOf } from '../../ui/json-schema.ts';
import { choicesFor, withChoices } from './argument-choices.ts';

const calls = callDescriptions(areas);
const schemaOf = (name: string) => formSchemaOf(calls.find((call) => call.name === name)?.input);

const lists: Readonly<Record<string, unknown>> = {
  session: { sessions: [{ id: 's1', name: 'sample' }] },
  snapshot: { snapshots: [{ id: 'n1', name: 'before' }] },
  key: { keys: [{ id: 'k1' }] },
  tool: { tools: [{ name: 'fs.read' }] },
};
const asked: [string, unknown][] = [];
const list = (area: string, input: Record<string, unknown>): Promise<unknown> => {
  asked.push([area, input]);
  return area in lists ? Promise.resolve(lists[area]) : Promise.reject(new Error('nothing is listed'));
};

describe('what a form offers', () => {
  it('is what the areas list, by the names of the members', async () => {
    const choices = await choicesFor(schemaOf('session.stop'), {}, { own: 'session', list, calls });
    expect(choices).toEqual({ session: [{ value: 's1', label: 'sample (s1)' }] });
  });

  it('is asked for of the session that is chosen', async () => {
    asked.length = 0;
    const choices = await choicesFor(schemaOf('snapshot.restore'), { session: 's1' }, { own: 'snapshot', list, calls });
    expect(choices['snapshot']).toEqual([{ value: 'n1', label: 'before (n1)' }]);
    expect(asked).toContainEqual(['snapshot', { session: 's1' }]);
  });

  it('is the call’s own things where it asks for an id, and tools where it asks for one', async () => {
    expect(await choicesFor(schemaOf('key.revoke'), {}, { own: 'key', list, calls })).toEqual({
      id: [{ value: 'k1', label: 'k1' }],
    });
    const tools = await choicesFor(schemaOf('tool.call'), {}, { own: 'tool', list, calls });
    expect(tools['name']).toEqual([{ value: 'fs.read', label: 'fs.read' }]);
  });

  it('is nothing where a list cannot be had: then the text is typed', async () => {
    const schema = schemaOf('task.cancel');
    const choices = await choicesFor(schema, {}, { own: 'task', list, calls });
    expect(choices).toEqual({});
    expect(withChoices(schema, choices)).toEqual(schema);
  });
});
