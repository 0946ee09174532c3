import { app } from './app.ts';
import { approval } from './approval.ts';
import { audit } from './audit.ts';
import { box } from './box.ts';
import { changes, merge } from './changes.ts';
import { diagnostics } from './diagnostics.ts';
import { gateway } from './gateway.ts';
import { image } from './image.ts';
import { key } from './key.ts';
import { plugin } from './plugin.ts';
import { policy } from './policy.ts';
import { port } from './port.ts';
import { review } from './review.ts';
import { sandbox } from './sandbox.ts';
import { schedule } from './schedule.ts';
import { secret } from './secret.ts';
import { session } from './session.ts';
import { snapshot } from './snapshot.ts';
import { task } from './task.ts';
import { terminal } from './terminal.ts';
import { tool } from './tool.ts';
import { windowArea } from './window.ts';

/** Every area of the contract. Hosts, clients, validators and documentation are all made from this one value. */
export const areas = {
  app,
  diagnostics,
  session,
  image,
  sandbox,
  box,
  port,
  secret,
  terminal,
  tool,
  task,
  schedule,
  approval,
  changes,
  merge,
  review,
  snapshot,
  policy,
  audit,
  key,
  gateway,
  plugin,
  window: windowArea,
} as const;
export type Areas = typeof areas;
