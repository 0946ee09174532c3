import { useEffect, useState } from 'react';
import type { Change, Failure } from '../../../../schema/entities.ts';
import { failureOf } from '../../../app/failure.ts';
import type { ChangesStore } from '../changes-store.ts';

export type ConflictSides = Awaited<ReturnType<ChangesStore['client']['merge']['conflict']>>;

export type ConflictRead =
  | { readonly state: 'reading' }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'read'; readonly sides: ConflictSides };

/** The three sides of a conflict, read anew when either changed. */
export function useConflict(change: Change, { client, session }: ChangesStore): ConflictRead {
  const [read, setRead] = useState<ConflictRead>({ state: 'reading' });
  useEffect(() => {
    let isWanted = true;
    const put = (next: ConflictRead): void => (isWanted ? setRead(next) : undefined);
    client.merge
      .conflict({ session, path: change.path })
      .then((sides) => put({ state: 'read', sides }))
      .catch((thrown: unknown) => put({ state: 'failed', failure: failureOf(thrown) }));
    return () => {
      isWanted = false;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- other content is another conflict
  }, [client, session, change.path, change.sha256]);
  return read;
}
