import { Fault } from '../../../schema/fault.ts';
import type { Decision } from '../../../schema/policy.ts';

/** The policy, or a person, said no. */
export function denial(syscall: string, decision: Decision): Fault {
  return new Fault('denied', `Cannot run ${syscall}: the policy denies it`, {
    why: `rule ${decision.rule ?? 'none'}: ${decision.reasons.join('; ')}`,
    fix: decision.reasons.includes('no_rule_allows')
      ? `If it shall be allowed, add a rule to your policy: match: { syscall: ${syscall} }, action: allow. \`cavern policy show\` names its file, and \`cavern policy update FILE\` puts it in force.`
      : 'See `cavern policy explain` for every rule that was considered.',
    data: { decision },
  });
}

/** A person has to look, and nobody is to be asked now. */
export function reviewNeeded(syscall: string, decision: Decision): Fault {
  return new Fault('needs_review', `Cannot run ${syscall}: the policy wants a person to look first`, {
    why: decision.reasons.join('; '),
    fix: 'Approve it in the window, or give the answer with the call where you may (--yes).',
    data: { decision },
  });
}

/** The record cannot be written. */
export function auditUnavailable(syscall: string): Fault {
  return new Fault('audit_unavailable', `Cannot run ${syscall}: the audit log cannot be written`, {
    why: 'What changes something must be recorded first.',
    fix: 'Free disk space or repair the home folder; Cavern recovers by itself.',
  });
}
