import type { Handlers } from '../../../schema/contract/contract.ts';
import type { Submitter, task } from '../../../schema/contract/task.ts';
import type { schedule } from '../../../schema/contract/schedule.ts';
import type { CallContext, Caller } from '../dispatch/context.ts';
import type { Schedules } from './schedules.ts';
import type { Scheduler } from './scheduler.ts';
import { withoutResult } from './task-document.ts';
import { readTaskFile } from './task-file.ts';

const LISTED = 1000;

export function taskHandlers(scheduler: Scheduler): Handlers<typeof task, CallContext> {
  return {
    submit: async ({ tasks }, { caller }) => ({ tasks: await scheduler.submit(tasks, submitterOf(caller)) }),
    async submitFile({ text, session }, { caller }) {
      const file = readTaskFile(text, session);
      try {
        return { tasks: await scheduler.submit(file.tasks, submitterOf(caller)) };
      } catch (thrown) {
        throw file.place(thrown);
      }
    },
    list({ session, states, limit = LISTED, offset = 0 }) {
      const tasks = scheduler.list().filter((one) => {
        return (session === undefined || one.session === session) && (states?.includes(one.state) ?? true);
      });
      return { tasks: tasks.slice(offset, offset + limit).map(withoutResult) };
    },
    forecast: () => ({ starts: scheduler.forecast() }),
    get: (input) => scheduler.get(input.task),
    cancel: (input) => scheduler.cancel(input.task),
    prioritise: (input) => scheduler.prioritise(input.task, input.priority),
    hold: (input) => scheduler.hold(input.task),
    release: (input) => scheduler.release(input.task),
    async *watch(_input, { signal }) {
      for await (const tasks of scheduler.watch(signal)) yield { tasks: tasks.map(withoutResult) };
    },
  };
}

export function scheduleHandlers(schedules: Schedules): Handlers<typeof schedule, CallContext> {
  return {
    add: (request, { caller }) => schedules.add(request, submitterOf(caller)),
    edit: ({ schedule, change }, { caller }) => schedules.edit(schedule, change, submitterOf(caller)),
    list: () => ({ schedules: schedules.list() }),
    pause: (input) => schedules.setState(input.schedule, 'paused'),
    resume: (input) => schedules.setState(input.schedule, 'active'),
    run: (input) => schedules.runNow(input.schedule),
    history: (input) => ({ runs: schedules.history(input.schedule) }),
    remove: (input) => ({ removed: schedules.remove(input.schedule) }),
  };
}

function submitterOf({ actor, tags, containerId }: Caller): Submitter {
  return { actor, tags: [...tags], containerId };
}
