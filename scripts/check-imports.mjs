import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { checkout } from './setup/folders.mjs';

/**
 * Holds the sources to the rules of .dependency-cruiser.cjs. The cruiser's parser does not know `using` declarations
 * yet, so it is given a copy of the sources in which they read `const`; imports are the same in both.
 */
const sources = ['main', 'preload', 'renderer', 'schema', 'plugins'];
const usingDeclaration = /\b(?:await )?using (?=[\w$]+ = )/g;

const copy = mkdtempSync(join(tmpdir(), 'cavern-imports-'));
try {
  for (const name of sources) {
    cpSync(join(checkout, name), join(copy, name), {
      recursive: true,
      filter: (path) => !path.endsWith('node_modules'),
    });
    for (const path of readdirSync(join(copy, name), { recursive: true, encoding: 'utf8' })) {
      const file = join(copy, name, path);
      if (!/\.tsx?$/.test(file) || !statSync(file).isFile()) continue;
      const text = readFileSync(file, 'utf8');
      if (usingDeclaration.test(text)) writeFileSync(file, text.replaceAll(usingDeclaration, 'const '));
    }
  }
  for (const name of ['node_modules', 'package.json']) symlinkSync(join(checkout, name), join(copy, name));
  const cruiser = join(checkout, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const config = join(checkout, '.dependency-cruiser.cjs');
  const { status } = spawnSync(process.execPath, [cruiser, '--config', config, ...sources], {
    cwd: copy,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
