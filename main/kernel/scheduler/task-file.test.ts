import { expect, test } from 'vitest';
import { Fault } from '../../../schema/fault.ts';
import { readTaskFile } from './task-file.ts';

test.each([
  ['tasks:\n  - name: a\n    command: [x]\n    prio: 3\n', 'line 4, column 5: The key "prio" is unknown'],
  ['tasks:\n  - name: a\n    priority: 9\n', 'line 3, column 15: "priority" cannot be 9: it is one of 1, 2, 3, 4, 5'],
  ['tasks:\n  - command: [x]\n', 'line 2, column 5: "tasks" needs a "name"'],
  ['tasks: [\n', 'line 2, column 1'],
  ['', 'line 1, column 1: The document is empty'],
])('what is wrong with a file is told with its line and column: %j', (text, message) => {
  expect(() => readTaskFile(text, undefined)).toThrow(message);
});

test('a refusal of its tasks is told with the place of the task, and the session of the file is that of each', () => {
  const file = readTaskFile(
    'session: s1\ntasks:\n  - name: a\n    command: [x]\n  - name: b\n    command: [y]\n',
    undefined,
  );
  expect(file.tasks).toEqual([
    { session: 's1', name: 'a', command: ['x'] },
    { session: 's1', name: 'b', command: ['y'] },
  ]);
  const placed = file.place(new Fault('task_invalid', 'Cannot submit task "b": it is wrong'));
  expect(placed).toMatchObject({ message: 'Cannot submit task "b": it is wrong (line 5, column 5)' });
});
