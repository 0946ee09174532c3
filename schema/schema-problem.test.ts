import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { describedProblem, schemaProblems } from './schema-problem.ts';

const schema = {
  type: 'object',
  required: ['kind'],
  additionalProperties: false,
  properties: {
    kind: { enum: ['file', 'folder', 7] },
    version: { const: 2 },
    'a/b~c': { type: 'array', items: { type: 'integer' } },
    text: { type: 'string', maxLength: 3 },
  },
};

it.each([
  [{ kind: 'link' }, '/kind must be equal to one of the allowed values: "file", "folder", 7, and is "link"'],
  [{ kind: 7, version: null }, '/version must be equal to constant: 2, and is null'],
  [{ kind: 7, 'a/b~c': [1, [2, 3]] }, '/a~1b~0c/1 must be integer, and is a list of 2'],
  [{ kind: 7, extra: 1 }, 'the output must NOT have additional properties: extra, and is an object with kind, extra'],
  [{}, "the output must have required property 'kind', and is an empty object"],
  [undefined, 'the output must be object, and is not there'],
  [{ kind: 7, text: 'x"\n\u001b' }, '/text must NOT have more than 3 characters, and is "x\\"\\n\\u001b"'],
  [{ kind: 7, text: 's'.repeat(61) }, '/text must NOT have more than 3 characters, and is a text of 61 characters'],
  [
    { kind: 7, ['n'.repeat(61)]: 1 },
    'the output must NOT have additional properties: (a name of 61 characters), and is an object with kind, (a name of 61 characters)',
  ],
])('a problem names its place, what was expected and what came: %j', (value, said) => {
  const validate = new Ajv2020({ strictTypes: false }).compile(schema);
  validate(value);
  expect(schemaProblems(validate.errors).map((problem) => describedProblem(problem, value, 'the output'))).toEqual([
    said,
  ]);
});
