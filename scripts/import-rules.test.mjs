import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = resolve(import.meta.dirname, '..');

/** One file for each rule that breaks it, and what it imports. */
const VIOLATIONS = [
  ['no-circular', 'main/base/a.ts', "import { b } from './b.ts';\nexport const a = b;"],
  ['schema-only-typebox', 'schema/bad.ts', "import { x } from '../main/base/x.ts';\nexport const y = x;"],
  ['base-imports-nothing', 'main/base/bad.ts', "import type { T } from '../kernel/k/t.ts';\nexport type U = T;"],
  ['kernel-no-platform', 'main/kernel/k/bad.ts', "import { p } from '../../platform/p.ts';\nexport const q = p;"],
  ['kernel-no-io', 'main/kernel/k/io.ts', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;"],
  [
    'kernel-no-io',
    'main/kernel/k/window.ts',
    "import type { BrowserWindow } from 'electron';\nexport type W = BrowserWindow;",
  ],
  [
    'platform-only-kernel-and-node',
    'main/platform/bad.ts',
    "import { h } from '../hosts/h/h.ts';\nexport const i = h;",
  ],
  [
    'hosts-only-dispatch-and-transport',
    'main/hosts/h/bad.ts',
    "import { k } from '../../kernel/k/k.ts';\nexport const l = k;",
  ],
  ['cli-only-the-client', 'main/cli/bad.ts', "export const load = () => import('../kernel/k/k.ts');"],
  [
    'only-entries-compose',
    'main/kernel/k/compose.ts',
    "import type { C } from '../../compose.ts';\nexport type D = C;",
  ],
  ['preload-only-electron', 'preload/bad.ts', "import { x } from '../main/base/x.ts';\nexport const y = x;"],
  ['renderer-no-main', 'renderer/app/bad.ts', "import type { T } from '../../main/kernel/k/t.ts';\nexport type U = T;"],
  [
    'features-never-each-other',
    'renderer/features/one/bad.ts',
    "import { t } from '../two/t.ts';\nexport const u = t;",
  ],
  ['ui-knows-no-feature', 'renderer/ui/bad.ts', "import { t } from '../features/two/t.ts';\nexport const u = t;"],
  [
    'plugins-only-sdk-and-schema',
    'plugins/fs/src/bad.ts',
    "import { g } from '../../git/src/g.ts';\nexport const h = g;",
  ],
  ['not-to-tests', 'main/kernel/k/uses-test.ts', "import { t } from './k.test.ts';\nexport const u = t;"],
];

const GOOD = {
  'main/base/x.ts': 'export const x = 1;',
  'main/base/b.ts': "import { a } from './a.ts';\nexport const b = () => a;",
  'main/kernel/k/k.ts': 'export const k = 1;',
  'main/kernel/k/t.ts': 'export type T = number;',
  'main/kernel/k/k.test.ts': 'export const t = 1;',
  'main/platform/p.ts': "import type { T } from '../kernel/k/t.ts';\nexport const p: T = 1;",
  'main/hosts/h/h.ts': 'export const h = 1;',
  'main/compose.ts': 'export type C = number;',
  'renderer/features/two/t.ts': 'export const t = 1;',
  'plugins/git/src/g.ts': 'export const g = 1;',
  'plugins/sdk/src/s.ts': 'export const s = 1;',
  'plugins/fs/src/good.ts': "import { s } from '../../sdk/src/s.ts';\nexport const r = s;",
};

describe('the import rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cavern-import-rules-'));
  /** @type {{ rule: string, from: string }[]} */
  let found = [];

  beforeAll(() => {
    const files = { ...GOOD, ...Object.fromEntries(VIOLATIONS.map(([, path, text]) => [path, text])) };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${text}\n`);
    }
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    const cruiser = join(repository, 'node_modules/.bin/depcruise');
    const config = join(repository, '.dependency-cruiser.cjs');
    const output = execFileSync(
      process.execPath,
      [cruiser, '--config', config, '--output-type', 'json', 'main', 'schema', 'renderer', 'preload', 'plugins'],
      {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    found = JSON.parse(output).summary.violations.map(
      (/** @type {{ rule: { name: string }, from: string }} */ violation) => ({
        rule: violation.rule.name,
        from: violation.from,
      }),
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(VIOLATIONS)('%s is broken by %s', (rule, path) => {
    expect(found).toContainEqual({ rule, from: path });
  });

  it('leave what is allowed alone', () => {
    const allowed = Object.keys(GOOD).filter((path) => !path.startsWith('main/base/'));
    expect(found.filter((violation) => allowed.includes(violation.from))).toEqual([]);
  });

  it('are all proved here', () => {
    const proved = new Set(VIOLATIONS.map(([rule]) => rule));
    const config = execFileSync(
      process.execPath,
      [
        '-p',
        `JSON.stringify(require(${JSON.stringify(join(repository, '.dependency-cruiser.cjs'))}).forbidden.map(r => r.name))`,
      ],
      { encoding: 'utf8' },
    );
    expect(new Set(proved)).toEqual(new Set(JSON.parse(config)));
  });
});
