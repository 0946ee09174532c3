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
