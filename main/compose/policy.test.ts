import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AuditEntry } from '../../schema/audit-record.ts';
import { VirtualClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { PolicyEngine } from '../kernel/policy/policy-engine.ts';
import { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import { textDigest } from '../kernel/policy/text-digest.ts';
import { diskPolicyFiles } from '../platform/policy-files/disk-policy-files.ts';
import { recordWorkspaceDocument } from './policy.ts';

const DEFAULT = fileURLToPath(new URL('../../profiles/policy.yaml', import.meta.url));
const TIGHTER = `version: 1
combining: deny-overrides
rules:
  - { name: no-notes, match: { syscall: fs.write }, action: deny }
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cavern-policy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('each change of a workspace’s own document is recorded, with what it is then', () => {
  const clock = new VirtualClock(1000);
  const recorded: AuditEntry[] = [];
  const log = { record: (entry: AuditEntry) => void recorded.push(entry) };
  const inForce = new PolicyInForce({
    engine: new PolicyEngine({ builtins: [], newTokenId: () => 'token' }),
    files: diskPolicyFiles({ defaultPath: DEFAULT, userPath: join(folder, 'policy.yaml') }),
    clock,
    logger: silentLogger,
    workspaces: () => [],
    onReplace: () => undefined,
    onWorkspaceDocument: (document) => recordWorkspaceDocument(log, document),
  });
  const workspace = join(folder, 'workspace');
  mkdirSync(join(workspace, '.cavern'), { recursive: true });
  const path = join(workspace, '.cavern', 'policy.yaml');
  const written = (text: string): void => {
    writeFileSync(path, text);
    clock.advance(1000);
    inForce.workspacePolicy([workspace]);
  };
  inForce.workspacePolicy([workspace]);
  expect(recorded).toEqual([]);
  written(TIGHTER);
  written(`${TIGHTER}  - { name: }\n`);
  written(TIGHTER);
  rmSync(path);
  clock.advance(1000);
  inForce.workspacePolicy([workspace]);
  clock.advance(1000);
  inForce.workspacePolicy([workspace]);

  const digest = textDigest(TIGHTER);
  const inForceAgain = { reason: 'the document is in force', data: { layer: 'workspace', digest } };
  expect(recorded).toMatchObject([
    { type: 'policy_changed', actor: 'kernel', path, ...inForceAgain },
    { path, reason: 'the document does not load', data: { line: 5, lastValid: true } },
    { path, ...inForceAgain },
    { path, reason: 'the document is gone' },
  ]);
});
