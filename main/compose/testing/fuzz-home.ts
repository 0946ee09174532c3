import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Session, type SessionId } from '../../../schema/entities.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import type { Home } from '../../platform/home/home.ts';
import { Storage } from '../../platform/sqlite/storage.ts';

export const FUZZ_NAMESPACE = 'ci';

/** Sandboxes of programs that were stopped, and one session of the operator: what routes can be asked about without an engine. */
export interface PlantedSessions {
  readonly boxes: readonly SessionId[];
  readonly own: SessionId;
}

/** Plants them in a home that no kernel runs on. There is no engine behind its settings: nothing is ever started. */
export async function plantSessions(home: Home, boxCount: number): Promise<PlantedSessions> {
  await writeFile(home.settings, JSON.stringify({ engine: 'docker', engineSocket: join(home.root, 'no.sock') }));
  await using storage = await Storage.open({ database: home.database, clock: systemClock, logger: silentLogger });
  const kept = await storage.collection('session', Session);
  const common = { profile: 'workspace', state: 'stopped', createdAt: Date.now(), changedAt: Date.now() } as const;
  const boxes: SessionId[] = [];
  for (let n = 0; n < boxCount; n += 1) {
    const id = `box${n}` as SessionId; // of the form that ids have
    const workspace = join(home.workspaces, id);
    await mkdir(workspace, { recursive: true });
    await kept.putSynced(id, { ...common, id, name: `build-${n}`, namespace: FUZZ_NAMESPACE, workspace });
    boxes.push(id);
  }
  const own = 'own' as SessionId; // as above
  const workspace = join(home.root, 'project');
  await mkdir(workspace);
  await writeFile(join(workspace, 'a.txt'), 'a\n');
  await kept.putSynced(own, { ...common, id: own, name: 'mine', workspace });
  await kept.flush();
  return { boxes, own };
}
