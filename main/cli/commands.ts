import type { Command } from './command.ts';
import { auditCommands } from './commands/audit/audit.ts';
import { bench } from './commands/machine/bench.ts';
import { changesCommands } from './commands/changes/changes.ts';
import { completionCommands } from './commands/machine/completion.ts';
import { configCommands } from './commands/machine/config.ts';
import { doctor } from './commands/machine/doctor.ts';
import { fsck } from './commands/machine/fsck.ts';
import { imageCommands } from './commands/sandbox/image.ts';
import { keyCommands } from './commands/access/key.ts';
import { mcpCommands } from './commands/access/mcp.ts';
import { pluginCommands } from './commands/plugin/plugin.ts';
import { policyCommands } from './commands/policy/policy.ts';
import { reviewCommands } from './commands/changes/review.ts';
import { reviewInteractively } from './commands/changes/review-interactively.ts';
import { caveCommands } from './commands/sandbox/cave.ts';
import { portCommands } from './commands/sandbox/port.ts';
import { profileCommands } from './commands/sandbox/profile.ts';
import { prune } from './commands/sandbox/prune.ts';
import { run } from './commands/run/run.ts';
import { secretCommands } from './commands/access/secret.ts';
import { serve } from './commands/access/serve.ts';
import { serviceCommands } from './commands/access/service.ts';
import { sandboxCommands } from './commands/sandbox/sandbox.ts';
import { scheduleCommands } from './commands/tasks/schedule.ts';
import { sessionCommands } from './commands/sandbox/session.ts';
import { shell } from './commands/run/shell.ts';
import { snapshotCommands } from './commands/sandbox/snapshot.ts';
import { taskCommands } from './commands/tasks/task.ts';
import { toolCommands } from './commands/tool.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  doctor,
  run,
  shell,
  ...sessionCommands,
  ...toolCommands,
  ...taskCommands,
  ...scheduleCommands,
  ...changesCommands,
  reviewInteractively,
  ...reviewCommands,
  ...snapshotCommands,
  ...policyCommands,
  ...auditCommands,
  ...pluginCommands,
  ...imageCommands,
  ...profileCommands,
  ...caveCommands,
  ...portCommands,
  ...sandboxCommands,
  ...secretCommands,
  ...keyCommands,
  ...configCommands(() => commands),
  prune,
  fsck,
  serve,
  ...serviceCommands,
  ...mcpCommands,
  bench,
  ...completionCommands(() => commands),
];
