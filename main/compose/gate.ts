import type { SessionId } from '../../schema/entities.ts';
import type { Approvals } from '../kernel/approvals/approvals.ts';
import { questionDetails } from '../kernel/approvals/question-details.ts';
import type { AuditLog } from '../kernel/audit/audit-log.ts';
import { boxSubjects } from '../kernel/boxes/handlers.ts';
import type { Gate } from '../kernel/dispatch/gate.ts';
import type { SubjectsOf } from '../kernel/dispatch/ports.ts';
import type { RunningActs } from '../kernel/dispatch/running-acts.ts';
import { policySubjects } from '../kernel/policy/handlers.ts';
import type { PolicyInForce } from '../kernel/policy/policy-in-force.ts';
import type { PolicyUpdates } from '../kernel/policy/policy-updates.ts';
import type { Recordings } from '../kernel/policy/recordings.ts';
import type { Redactor } from '../kernel/policy/redactor.ts';
import { TokenIssuer } from '../kernel/policy/token-issuer.ts';
import { secretSubjects } from '../kernel/secrets/handlers.ts';
import { toolSubjects } from '../kernel/tools/handlers.ts';
import type { Tools } from '../kernel/tools/tools.ts';
import { type composeChanges, mergeConditions, mergeSubjects } from './changes.ts';

export interface GateParts {
  readonly policy: PolicyInForce;
  readonly recordings: Recordings;
  readonly updates: PolicyUpdates;
  readonly log: AuditLog;
  readonly approvals: Approvals;
  readonly redactor: () => Redactor;
  readonly tools: Tools;
  readonly editorSubjects: ReadonlyMap<string, SubjectsOf>;
  readonly reviewing: ReturnType<typeof composeChanges>;
  readonly sessionOf: Gate['sessionOf'];
  readonly reach: NonNullable<Gate['reach']>;
  readonly running: RunningActs;
}

/** What stands between a request and its handler. */
export function composeGate(parts: GateParts): Gate {
  const { policy, recordings, updates, log, approvals, redactor, tools, reviewing } = parts;
  const redact = (text: string): string => redactor().redact(text);
  return {
    policy: recordings,
    audit: log,
    review: approvals,
    tokens: new TokenIssuer({ engine: policy.engine, record: (entry) => log.record(entry), redact }),
    redact,
    redaction: redactor,
    subjects: new Map<string, SubjectsOf>([
      ['tool.call', toolSubjects(tools)],
      ['secret.hand', secretSubjects],
      ...parts.editorSubjects,
      ...boxSubjects,
      ['merge.apply', mergeSubjects(reviewing)],
      ...policySubjects(updates),
    ]),
    conditions: mergeConditions(reviewing),
    details: questionDetails({
      policyText: () => policy.edited.text,
      policyVersion: (id) => updates.version(id).text,
      // The contract has validated the id.
      textOf: (session, path, signal) => tools.textOf(session as SessionId, path, signal),
    }),
    sessionOf: parts.sessionOf,
    reach: parts.reach,
    running: parts.running,
  };
}
