import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { argv, exit, stderr } from 'node:process';
import { checkout } from './setup/folders.mjs';
import { stageSdk } from './sdk/stage-sdk.mjs';

/** `node scripts/sdk.mjs [FOLDER]`: writes the SDK as `npm publish` would send it, into dist/ or a folder. */
const staged = join(checkout, 'out', 'sdk');
const target = resolve(argv[2] ?? join(checkout, 'dist'));
try {
  await stageSdk(staged);
  mkdirSync(target, { recursive: true });
  const { status } = spawnSync('npm', ['pack', '--pack-destination', target], { cwd: staged, stdio: 'inherit' });
  exit(status ?? 1);
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  exit(1);
}
