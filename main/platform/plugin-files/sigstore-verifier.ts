import { readFileSync } from 'node:fs';
import type { SigstoreSigner, VerifySigstore } from '../../kernel/plugins/packages/verification.ts';

type TrustMaterial = import('@sigstore/verify').TrustMaterial;

async function trustMaterialIn(file: string): Promise<TrustMaterial> {
  const [{ toTrustMaterial }, { TrustedRoot }] = await Promise.all([
    import('@sigstore/verify'),
    import('@sigstore/protobuf-specs'),
  ]);
  return toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(readFileSync(file, 'utf8'))));
}

/**
 * Verifies Sigstore bundles offline against a trusted root (`trusted_root.json` of Sigstore's TUF repository, or a team's own):
 * certificate of its authority, logged by its certificate log, signature over these bytes and no other, entered into its
 * transparency log while the certificate was valid. `rootFile` is asked for with every bundle; the first that is there counts.
 */
export function sigstoreVerifier(rootFile: () => string): VerifySigstore {
  const loaded = new Map<string, Promise<TrustMaterial>>();
  const load = async (file: string): Promise<TrustMaterial> => {
    const known = loaded.get(file) ?? trustMaterialIn(file);
    loaded.set(file, known);
    // A file that could not be read may be put right.
    known.catch(() => loaded.delete(file));
    return known;
  };
  return async (bundle, bytes): Promise<SigstoreSigner> => {
    const [{ bundleFromJSON }, { toSignedEntity, Verifier }] = await Promise.all([
      import('@sigstore/bundle'),
      import('@sigstore/verify'),
    ]);
    const verifier = new Verifier(await load(rootFile()));
    const entity = toSignedEntity(bundleFromJSON(bundle), bytes);
    if (entity.key.$case !== 'certificate') throw new Error('it is signed with a bare key, not with a certificate');
    const { identity } = verifier.verify(entity);
    const subject = identity?.subjectAlternativeName;
    const issuer = identity?.extensions?.issuer;
    if (subject === undefined || issuer === undefined) throw new Error('its certificate names nobody');
    return { issuer, subject };
  };
}
