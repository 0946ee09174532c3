import { useEffect, useState } from 'react';
import { useServices } from '../../../app/services.tsx';
import { messages } from '../messages.ts';
import { secretsOf } from './secrets-of.ts';

/** The secrets that a plugin is given, which go with it; nothing where it is given none. */
export function SecretsGone({ id }: { readonly id: string }) {
  const { client, notices } = useServices();
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    secretsOf(client, id, abort.signal).then(
      ({ handings }) => setNames([...new Set(handings.map(({ name }) => name))]),
      notices.fail,
    );
    return () => abort.abort();
  }, [client, id, notices]);
  return names.length === 0 ? null : <p>{messages.removeSecrets(names)}</p>;
}
