import { resolve } from 'node:path';
import type { Areas } from '../../../../schema/contract/areas.ts';
import type { Client } from '../../../../schema/contract/contract.ts';
import { usageFault } from '../../output/print.ts';

/** The team's folder that a line names, or else the one of the settings. Throws `usage` where there is neither. */
export async function teamFolder(client: Client<Areas>, named: string | undefined, usage: string): Promise<string> {
  if (named !== undefined) return resolve(named);
  const { teamPlugins } = (await client.app.settings({})).settings;
  if (teamPlugins !== '') return teamPlugins;
  throw usageFault('Cannot look at offers: the line names no folder, and neither does the setting teamPlugins', usage);
}
