import { join } from 'node:path';
import { checkout } from './folders.mjs';

/** The Node the checkout pins, as a devDependency: the one that runs the command line, the tests and the tools. */
export const pinnedNode = join(
  checkout,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
