import { constants } from 'node:os';
import type { ExceededLimit } from '../../../schema/agent-protocol.ts';
import { oomKills, pidsRefused } from './control-group.ts';

/** What the sandbox's control group had counted when a command began. */
export interface LimitCounts {
  readonly oomKills: number;
  readonly pidsRefused: number;
}

export function limitCounts(): LimitCounts {
  return { oomKills: oomKills(), pidsRefused: pidsRefused() };
}

/**
 * The limits that were met while a command ran. Memory and processes are counted for the whole sandbox: where two commands run at
 * once, both are told.
 */
export function exceededLimits(
  before: LimitCounts,
  end: { readonly exitCode: number; readonly timedOut: boolean; readonly wasKilled: boolean },
): ExceededLimit[] {
  const now = limitCounts();
  const exceeded: ExceededLimit[] = [];
  if (end.timedOut) exceeded.push('time');
  if (!end.wasKilled && now.oomKills > before.oomKills) exceeded.push('memory');
  if (now.pidsRefused > before.pidsRefused) exceeded.push('processes');
  if (end.exitCode === 128 + constants.signals.SIGXFSZ) exceeded.push('fileSize');
  return exceeded;
}
