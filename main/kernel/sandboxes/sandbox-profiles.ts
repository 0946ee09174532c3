import type { SessionId } from '../../../schema/entities.ts';
import { Fault } from '../../../schema/fault.ts';
import { narrowedProfile } from './cave.ts';
import type { Profile } from './profiles.ts';
import type { SandboxRecords } from './sandbox-records.ts';
import type { SandboxRecord } from './sandbox-store.ts';

/** The profiles that there are, and what the sandbox of each session was started with. */
export class SandboxProfiles {
  readonly all: ReadonlyMap<string, Profile>;
  readonly #records: Pick<SandboxRecords, 'get'>;

  constructor(all: ReadonlyMap<string, Profile>, records: Pick<SandboxRecords, 'get'>) {
    this.all = all;
    this.#records = records;
  }

  /** @throws Fault `profile_unknown` */
  named(name: string): Profile {
    const profile = this.all.get(name);
    if (profile) return profile;
    throw new Fault('profile_unknown', `Cannot start a sandbox: there is no profile "${name}"`, {
      fix: `Use one of: ${[...this.all.keys()].sort().join(', ')}.`,
    });
  }

  /** What a sandbox was started with; undefined where its profile is no longer there. */
  ofRecord({ sandbox, narrowing }: Pick<SandboxRecord, 'sandbox' | 'narrowing'>): Profile | undefined {
    const profile = this.all.get(sandbox.profile);
    return profile && narrowedProfile(profile, narrowing);
  }

  /** What the sandbox of a session may use; undefined where there is none, or its profile is no longer there. */
  ofSession(session: SessionId): Profile | undefined {
    const record = this.#records.get(session);
    return record && this.ofRecord(record);
  }

  /** The groups of hosts that a session may reach at most; undefined: all that the policy has. */
  groupsOf(session: SessionId): readonly string[] | undefined {
    return this.#records.get(session)?.narrowing?.groups;
  }
}
