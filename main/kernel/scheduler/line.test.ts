import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SessionTurns, Station } from './station.ts';
import { Task, type TaskSpec } from './task.ts';

const spec: TaskSpec = {
  id: 'one',
  kind: 'command',
  priority: 3,
  session: 'session',
  profile: 'workspace',
  dependencies: [],
  effect: 'write',
  preemptible: false,
  timeoutMs: 1000,
};

test('a line gives its tasks by turn, whoever leaves and comes back in between', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 400 }), (picks) => {
      const room = { name: 'workspace', slots: 1, memoryBytes: 0, isBeside: false, used: 0 };
      const station = new Station(new SessionTurns('session', 1), room);
      const line = station.line(3);
      const tasks = Array.from({ length: 41 }, (_, index) => {
        const task = new Task(spec, station, 0);
        task.turn = index + 1;
        return task;
      });
      const inside = new Set<Task>();
      for (const pick of picks) {
        const task = tasks[pick];
        if (task === undefined) continue;
        if (inside.delete(task)) line.remove(task);
        else {
          inside.add(task);
          line.add(task);
        }
        const first = [...inside].sort((a, b) => a.turn - b.turn)[0];
        expect(line.head).toBe(first);
      }
      const left: number[] = [];
      for (let { head } = line; head !== undefined; { head } = line) {
        left.push(head.turn);
        line.remove(head);
      }
      expect(left).toEqual([...inside].map(({ turn }) => turn).sort((a, b) => a - b));
    }),
  );
});
