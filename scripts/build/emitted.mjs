import { join } from 'node:path';
import { checkout } from '../setup/folders.mjs';
import { run } from '../setup/command.mjs';
import { pinnedNode } from '../setup/pinned-node.mjs';

/**
 * Writes schema/json from the TypeBox definitions.
 * @returns {Promise<void>}
 */
export async function emitSchemas() {
  await run(pinnedNode, ['schema/emit.ts'], { cwd: checkout });
}

/**
 * Writes out/reference from the command table: the manual and the completions of the shells.
 * @returns {Promise<void>}
 */
export async function emitReference() {
  await run(pinnedNode, ['main/cli/reference/emit.ts', join(checkout, 'out', 'reference')], { cwd: checkout });
}
