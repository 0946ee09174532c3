import type { Check, Doctor } from '../../../schema/contract/app.ts';
import { toFault } from '../../../schema/fault.ts';

/** What the sandboxes find out about engine, image and workspace layer. */
export interface SandboxReport {
  readonly engine: Doctor['engine'];
  readonly image: Doctor['image'];
  readonly workspaceStrategy: string;
  readonly diskLimit: string;
  readonly checks: readonly Check[];
}

export interface DoctorOptions {
  readonly node: string;
  readonly electron: string | null;
  readonly keystore: 'os' | 'file';
  readonly sandboxes: () => Promise<SandboxReport>;
  readonly policy: () => { loaded: boolean; source: string; errors: readonly { line: number; message: string }[] };
  readonly audit: () => { writable: boolean; startVerified: boolean; head: number };
  /** What this start had to repair of the database; null where it was sound. */
  readonly repaired: string | null;
  readonly settingsProblem: () => string | null;
}

const NOTHING: SandboxReport = {
  engine: null,
  image: { ready: false, name: '' },
  workspaceStrategy: 'unknown',
  diskLimit: 'unknown',
  checks: [],
};

function policyCheck(policy: ReturnType<DoctorOptions['policy']>): Check {
  const [error] = policy.errors;
  if (error === undefined && policy.loaded)
    return { name: 'policy', ok: true, message: `in force from ${policy.source}`, fix: null };
  return {
    name: 'policy',
    ok: false,
    message: error
      ? `${policy.source}, line ${error.line}: ${error.message}`
      : 'no valid policy is loaded: everything is denied',
    fix: `Correct it, and try it with \`cavern policy check ${policy.source}\`.`,
  };
}

function auditCheck(audit: ReturnType<DoctorOptions['audit']>): Check {
  if (!audit.writable) {
    return {
      name: 'audit',
      ok: false,
      message: 'the log cannot be written',
      fix: 'Free disk space; Cavern recovers by itself.',
    };
  }
  const message = audit.startVerified ? `chain verified, ${audit.head} records` : 'the chain is broken';
  return {
    name: 'audit',
    ok: audit.startVerified,
    message,
    fix: audit.startVerified ? null : 'See `cavern audit verify`.',
  };
}

/** Everything a session needs, each failure with its remedy. Never throws: what cannot be asked is itself a failed check. */
export async function examine(options: DoctorOptions): Promise<Doctor> {
  let report = NOTHING;
  const checks: Check[] = [];
  try {
    report = await options.sandboxes();
  } catch (thrown) {
    const fault = toFault(thrown);
    checks.push({ name: 'engine', ok: false, message: fault.message, fix: fault.fix ?? null });
  }
  const problem = options.settingsProblem();
  checks.push(...report.checks, policyCheck(options.policy()), auditCheck(options.audit()), {
    name: 'settings',
    ok: problem === null,
    message: problem ?? 'read',
    fix:
      problem === null
        ? null
        : 'Mend the file that was set aside and put it back while Cavern is closed, or remove it.',
  });
  checks.push({
    name: 'database',
    ok: options.repaired === null,
    message: options.repaired ?? 'opened as it was left',
    fix: options.repaired === null ? null : 'See what was lost with `cavern audit log --type chain_break`.',
  });
  const { engine, image, workspaceStrategy, diskLimit } = report;
  const { node, electron, keystore } = options;
  return {
    ok: checks.every((check) => check.ok),
    node,
    electron,
    engine,
    image,
    workspaceStrategy,
    diskLimit,
    keystore,
    checks,
  };
}
