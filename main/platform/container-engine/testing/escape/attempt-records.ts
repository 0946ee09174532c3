import type { AuditRecord } from '../../../../../schema/audit-record.ts';
import type { Areas } from '../../../../../schema/contract/areas.ts';
import type { Client } from '../../../../../schema/contract/contract.ts';
import type { SessionId } from '../../../../../schema/entities.ts';

/** The script of a command is kept in the chain, cut at 500 characters: what it tries stands in front. */
export function marked(name: string, script: string): string {
  return `: ${JSON.stringify(markOf(name))}\n${script}`;
}

function markOf(name: string): string {
  return `attempt: ${name};`;
}

/** What was tried in one session, and by which of the operator's calls. */
interface Tried {
  readonly session: SessionId;
  readonly name: string;
}

interface MadeCall {
  readonly session: SessionId;
  readonly method: string;
}

/**
 * What "recorded" means of an attempt. A system call that the kernel of the machine refuses leaves no trace of its own; what is in
 * the chain is the act that made it: its decision, with rule, session and sandbox, and its end, with the exit code and the limits
 * that were met, or with the failure. What a guard of ours refuses has a record of its own besides, which the tests ask for by its reason.
 */
export class AttemptRecords {
  readonly #client: Client<Areas>;
  readonly #tried: Tried[] = [];
  readonly #made: MadeCall[] = [];

  constructor(client: Client<Areas>) {
    this.#client = client;
  }

  get count(): number {
    return this.#tried.length + this.#made.length;
  }

  note(session: SessionId, name: string): void {
    this.#tried.push({ session, name });
  }

  /** A call of the operator's that came to an end, by which something inside might have reached the host. */
  noteCall(session: SessionId, method: string): void {
    this.#made.push({ session, method });
  }

  /** The attempts of which the chain does not hold both, and the calls that it holds less often than they were made. */
  async missing(): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const session of new Set([...this.#tried, ...this.#made].map((each) => each.session))) {
      const acts = actsOf(await this.#recordsOf(session));
      const inputs = acts.filter(isRecorded).map(({ decided }) => decided?.input ?? '');
      const names = this.#tried.filter((each) => each.session === session).map(({ name }) => name);
      missing.push(...names.filter((name) => !inputs.some((input) => input.includes(escaped(markOf(name))))));
      for (const [method, times] of timesOf(this.#made.filter((each) => each.session === session))) {
        const held = acts.filter(({ ended }) => ended?.data?.['call'] === method).length;
        if (held < times) missing.push(`${method}: ${held} of ${times}`);
      }
    }
    return missing;
  }

  async #recordsOf(session: SessionId): Promise<readonly AuditRecord[]> {
    const records: AuditRecord[] = [];
    let before: number | null = Number.MAX_SAFE_INTEGER;
    while (before !== null) {
      const page = await this.#client.audit.log({ filters: { session }, limit: 1_000, before });
      records.push(...page.records);
      before = page.next;
    }
    return records;
  }
}

interface Act {
  decided?: AuditRecord;
  ended?: AuditRecord;
}

function actsOf(records: readonly AuditRecord[]): readonly Act[] {
  const acts = new Map<string, Act>();
  for (const record of records) {
    const { act, type } = record;
    if (act === undefined) continue;
    const found = acts.get(act) ?? {};
    acts.set(act, found);
    if (type === 'call_decided' || type.endsWith('_intended')) found.decided = record;
    else if (type === 'call_finished' || type === 'merge_finished') found.ended = record;
  }
  return [...acts.values()];
}

function isRecorded({ decided, ended }: Act): boolean {
  if (decided?.decision === undefined || decided.session === undefined || ended === undefined) return false;
  return typeof ended.data?.['exitCode'] === 'number' ? ended.sandbox !== undefined : ended.reason !== undefined;
}

/** As it stands within a JSON text. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function timesOf(made: readonly MadeCall[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { method } of made) times.set(method, (times.get(method) ?? 0) + 1);
  return times;
}
