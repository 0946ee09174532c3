import { useEffect, useState } from 'react';
import { fingerprintOf } from './publisher-key.ts';

/** The fingerprint of a public key, empty until it was computed. */
export function useFingerprint(publicKey: string | undefined): string {
  const [computed, setComputed] = useState({ of: '', fingerprint: '' });
  useEffect(() => {
    if (publicKey === undefined) return undefined;
    let isWanted = true;
    void fingerprintOf(publicKey).then((fingerprint) => {
      if (isWanted) setComputed({ of: publicKey, fingerprint });
    });
    return () => {
      isWanted = false;
    };
  }, [publicKey]);
  return computed.of === publicKey ? computed.fingerprint : '';
}
