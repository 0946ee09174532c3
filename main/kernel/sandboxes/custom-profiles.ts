import { toFault } from '../../../schema/fault.ts';
import { type Profile, type ProfileFile, type ProfileFiles, readProfiles } from './profiles.ts';

/** A profile of the operator's that cannot be used, and why. */
export interface ProfileProblem {
  readonly file: string;
  readonly message: string;
}

export interface AllProfiles {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly problems: readonly ProfileProblem[];
}

/**
 * The profiles that come along and the operator's own, each of a file of its own. One of those that is wrong, or has the name
 * of another, is left out and told: it must not take the others with it.
 * @throws Fault `profile_unknown` where one that comes along is wrong.
 */
export function allProfiles(files: ProfileFiles, own: readonly ProfileFile[]): AllProfiles {
  const profiles = new Map(readProfiles(files));
  const problems: ProfileProblem[] = [];
  for (const file of own) {
    try {
      for (const [name, profile] of readProfiles({ profiles: [file], seccomp: files.seccomp })) {
        if (profiles.has(name))
          problems.push({ file: file.name, message: `Cannot use ${file.name}: profile "${name}" is there already` });
        else profiles.set(name, profile);
      }
    } catch (thrown) {
      problems.push({ file: file.name, message: toFault(thrown).message });
    }
  }
  return { profiles, problems };
}
