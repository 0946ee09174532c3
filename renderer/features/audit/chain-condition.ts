import type { AuditVerification } from '../../../schema/contract/audit.ts';
import { messages } from './messages.ts';

export interface ChainCondition {
  readonly tone: 'good' | 'pending' | 'bad';
  readonly text: string;
  /** The first bad record, where it is known. */
  readonly badSeq: number | undefined;
}

/** The chain in one sentence. What is broken stays said while the next verification is under way. */
export function chainCondition(state: {
  readonly startVerified: boolean | null;
  readonly verification: AuditVerification | null;
}): ChainCondition {
  const { startVerified, verification } = state;
  if (verification?.firstBad) {
    const { seq, problem } = verification.firstBad;
    return { tone: 'bad', text: messages.bad(seq, problem), badSeq: seq };
  }
  if (startVerified === false) return { tone: 'bad', text: messages.badPlain, badSeq: undefined };
  if (verification && verification.endedAt !== null) {
    return { tone: 'good', text: messages.chainGood, badSeq: undefined };
  }
  const text = startVerified === true ? messages.chainStart : messages.chainPending;
  return { tone: 'pending', text, badSeq: undefined };
}
