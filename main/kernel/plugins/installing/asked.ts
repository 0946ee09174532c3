import type { PluginInspection } from '../../../../schema/contract/plugin.ts';
import type { PluginCapability, PluginManifest } from '../../../../schema/plugin-manifest.ts';
import { consentSentences, keptCapabilities } from './consent.ts';
import { versionStep } from './version-step.ts';
import { type Agreed, widenings } from './widenings.ts';

/** What a package would take the place of. */
export interface Installed {
  readonly version: string;
  readonly digest: string;
  /** Undefined where it is refused now: then nothing that was agreed to counts. */
  readonly agreed: Agreed | undefined;
  /** Why it is refused. */
  readonly refused: string | undefined;
}

/** What a package has to be agreed to for. */
export type Asked = Pick<PluginInspection, 'installed' | 'replaces' | 'step' | 'added' | 'kept' | 'needsConsent'>;

interface Candidate {
  readonly manifest: PluginManifest;
  readonly signer: string | undefined;
  readonly digest: string;
}

const FIRST: Asked = { installed: null, replaces: null, step: null, added: [], kept: [], needsConsent: true };

/** Of a package that is to be installed. The very package that is there was agreed to, whatever has become of its copy. */
export function askedToInstall(candidate: Candidate, installed: Installed | undefined): Asked {
  if (installed === undefined) return FIRST;
  const { version, digest } = installed;
  const step = versionStep(version, candidate.manifest.version);
  const isAgain = digest === candidate.digest;
  const added = isAgain ? [] : [...versionSentences(installed, candidate), ...beyond(installed, candidate)];
  const agreed = isAgain ? candidate.manifest.capabilities : installed.agreed?.capabilities;
  const asked = { added, kept: kept(candidate, agreed), needsConsent: added.length > 0 };
  return { installed: version, replaces: digest, step, ...asked };
}

/** Of a build of a plugin under development: its author is known, and goes to and fro between versions. */
export function askedToReload(candidate: Candidate, agreed: Agreed | undefined): Asked {
  if (agreed === undefined) return FIRST;
  const { version } = agreed.manifest;
  const added = widenings(agreed, candidate);
  const step = versionStep(version, candidate.manifest.version);
  const asked = { added, kept: kept(candidate, agreed.capabilities), needsConsent: added.length > 0 };
  return { installed: version, replaces: null, step, ...asked };
}

/** Of a package that is not by whom the one before was handed secrets. */
export function withLostSecrets(asked: Asked, names: readonly string[]): Asked {
  if (names.length === 0) return asked;
  const lost = names.map((name) => `The secret "${name}" that you handed to it is taken back.`);
  return { ...asked, added: [...asked.added, ...lost], needsConsent: true };
}

function kept({ manifest }: Candidate, agreed: readonly PluginCapability[] = []): string[] {
  return consentSentences(keptCapabilities(agreed, manifest.capabilities));
}

function versionSentences({ version: before }: Installed, { manifest: { version } }: Candidate): string[] {
  switch (versionStep(before, version)) {
    case 'newer':
      return [];
    case 'older':
      return [`It is an older version: ${version} in the place of ${before}.`];
    case 'same':
      return before === version
        ? [`It is the same version ${version} with other contents.`]
        : [`It has other contents, and ${version} is not newer than ${before}.`];
  }
}

function beyond({ agreed, refused }: Installed, candidate: Candidate): string[] {
  if (agreed === undefined) {
    return [
      `What is installed is refused now, so nothing that you agreed to counts: ${refused ?? 'it cannot be read'}.`,
      ...consentSentences(candidate.manifest.capabilities),
    ];
  }
  const isUnproven = candidate.signer === undefined && agreed.signer === undefined;
  return [
    ...(isUnproven ? ['Nobody has signed it, so nothing shows that it is by whoever made the one before.'] : []),
    ...widenings(agreed, candidate),
  ];
}
