#!/usr/bin/env node
import { join } from 'node:path';
import { staleParts } from './build/part.mjs';
import { partsWithoutWindow } from './build/parts.mjs';
import { dependenciesStep } from './setup/dependencies.mjs';
import { checkout } from './setup/folders.mjs';
import { told } from './setup/front.mjs';
import { becomeProgram } from './setup/hand-over.mjs';
import { pinnedNode } from './setup/pinned-node.mjs';
import { runSteps } from './setup/steps.mjs';

/** `npm run -s cavern -- ARGS`: brings the dependencies and builds what is stale, then is the command line. Nothing of that goes to standard output. */
try {
  await runSteps([dependenciesStep, buildForCli()], { quiet: 'when done' });
} catch (error) {
  process.stderr.write(`${told(error)}\n`);
  process.exit(1);
}
await becomeProgram(pinnedNode, [join(checkout, 'out', 'cli', 'index.js'), ...process.argv.slice(2)]);

/** @returns {import('./setup/steps.mjs').Step} */
function buildForCli() {
  return {
    name: 'build of the command line',
    done: () => staleParts(partsWithoutWindow()).length === 0,
    run: async (progress) => {
      const { build } = await import('./build.mjs');
      await build({ parts: partsWithoutWindow(), progress });
    },
  };
}
