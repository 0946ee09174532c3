import type { Command } from './command.ts';
import { auditCommands } from './commands/audit.ts';
import { bench } from './commands/bench.ts';
import { changesCommands } from './commands/changes.ts';
import { configCommands } from './commands/config.ts';
import { doctor } from './commands/doctor.ts';
import { fsck } from './commands/fsck.ts';
import { imageCommands } from './commands/image.ts';
import { keyCommands } from './commands/key.ts';
import { mcpCommands } from './commands/mcp.ts';
import { pluginCommands } from './commands/plugin.ts';
import { policyCommands } from './commands/policy.ts';
import { reviewCommands } from './commands/review.ts';
import { caveCommands } from './commands/cave.ts';
import { portCommands } from './commands/port.ts';
import { profileCommands } from './commands/profile.ts';
import { prune } from './commands/prune.ts';
import { run } from './commands/run.ts';
import { secretCommands } from './commands/secret.ts';
import { serve } from './commands/serve.ts';
import { sandboxCommands } from './commands/sandbox.ts';
import { scheduleCommands } from './commands/schedule.ts';
import { sessionCommands } from './commands/session.ts';
import { shell } from './commands/shell.ts';
import { snapshotCommands } from './commands/snapshot.ts';
import { taskCommands } from './commands/task.ts';
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
  ...configCommands,
  prune,
  fsck,
  serve,
  ...mcpCommands,
  bench,
];
