import type { PluginConsent, PluginInspection } from '../../../../schema/contract/plugin.ts';
import { Fault } from '../../../../schema/fault.ts';
import { serverCommand } from '../../../../schema/mcp/server-program.ts';
import type { PluginManifest } from '../../../../schema/plugin-manifest.ts';
import type { VerifiedPackage } from '../packages/verification.ts';
import type { StagedPackage } from '../ports.ts';
import type { Asked } from './asked.ts';
import { consentSentences, sameCapabilities } from './consent.ts';

/** A package in which nothing is wrong, on its way into the store. */
export interface Verified {
  readonly staged: StagedPackage;
  readonly verified: VerifiedPackage & { readonly manifest: PluginManifest };
  readonly digest: string;
}

/** What there is to know of a package before anybody agrees to it. */
export function inspectionOf({ verified, staged, digest }: Verified, asked: Asked): PluginInspection {
  const { manifest, signer, components } = verified;
  const { id, version, displayName, description, publisher, license, capabilities, tools } = manifest;
  const { files } = staged.content;
  const { runtime, args = [], env = {} } = manifest;
  const start = runtime === 'mcp' ? { start: { command: [...serverCommand(manifest), ...args], env } } : {};
  return {
    id,
    version,
    displayName,
    description,
    publisher,
    license,
    digest,
    signer: signer ?? null,
    ...asked,
    capabilities,
    mayDo: consentSentences(capabilities),
    ...start,
    tools: tools.map((tool) => ({ name: tool.name, description: tool.description, effects: [...tool.effects] })),
    components: [...components],
    contents: files.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
    files: files.length,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

/** Consent is to exactly this package, in the place of what was shown. Throws `consent_needed` with the inspection as data. */
export function checkConsent(inspection: PluginInspection, consent: PluginConsent | undefined): void {
  if (!inspection.needsConsent) return;
  if (consent !== undefined && isTo(consent, inspection)) return;
  const asked = inspection.installed === null ? inspection.mayDo : inspection.added;
  throw new Fault('consent_needed', `Cannot install "${inspection.id}": what it may do needs your consent`, {
    why: asked.length === 0 ? 'It asks for nothing beyond being called.' : asked.join(' '),
    fix: 'Look at what it may do, and give your consent with the call: --yes.',
    data: { inspection },
  });
}

function isTo({ digest, capabilities, replaces }: PluginConsent, inspection: PluginInspection): boolean {
  const isOfPackage = digest === inspection.digest && sameCapabilities(capabilities, inspection.capabilities);
  return isOfPackage && (replaces === undefined || replaces === inspection.replaces);
}

const TRUST_FIRST =
  'If you do trust who signed it: cavern plugin trust NAME KEY, with the name that is refused and the key that the publisher gave you by another way.';

/** What is kept of a package that nothing was kept of. */
export function refusalOf(problems: VerifiedPackage['problems']): Fault {
  const [first] = problems;
  return new Fault(
    'plugin_refused',
    `Cannot install the plugin: ${first?.code ?? 'unreadable'}: ${first?.message ?? ''}`,
    {
      why: 'A package is installed only when nothing is wrong with it; nothing of this one was kept.',
      ...(first?.code === 'untrusted_publisher' ? { fix: TRUST_FIRST } : {}),
      data: { problems: problems.slice(0, 50) },
    },
  );
}
