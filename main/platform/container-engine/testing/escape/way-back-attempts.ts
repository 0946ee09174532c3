import type { SessionId } from '../../../../../schema/entities.ts';
import type { BatteryKernel } from './battery-kernel.ts';

/** Swaps a folder for a link to beside the workspace and back, thousands of times, for some seconds. */
export const SWAP = `mkdir -p race/d; echo inside > race/d/secret.txt; cd race; perl -e '
  my $end = time + 2;
  while (time < $end) { rename "d", "e"; symlink $ENV{OUTSIDE}, "d"; unlink "d"; rename "e", "d" }'`;

/** Everything of a repository that names a program: each would leave a mark where only the host can. */
export const GIT_TRAPS = `
mark="touch '$OUTSIDE/pwned'"
mv .git moved && mv moved .git
mkdir -p .git/hooks
for hook in pre-commit post-commit post-checkout post-index-change reference-transaction pre-merge-commit post-merge post-rewrite update; do
  printf '#!/bin/sh\\n%s\\n' "$mark" > .git/hooks/$hook; chmod +x .git/hooks/$hook
done
git config core.hooksPath .git/hooks; git config core.fsmonitor "$mark"; git config core.sshCommand "$mark"
git config core.pager "$mark"; git config core.editor "$mark"; git config diff.external "$mark"; git config credential.helper "!$mark"
git config filter.trap.clean "$mark"; git config filter.trap.smudge "$mark"; git config filter.trap.process "$mark"
git config diff.trap.textconv "$mark"; git config merge.trap.driver "$mark"; git config gpg.program "$mark"; git config commit.gpgSign true
git config alias.status "!$mark"; git config include.path "$OUTSIDE/secret.txt"
echo '* filter=trap diff=trap merge=trap' > .gitattributes
echo changed >> src/a.txt; echo new > src/b.txt`;

/** A repository that says it lies beside the workspace. */
export const GIT_ELSEWHERE = 'mv .git kept; echo "gitdir: $OUTSIDE" > .git; echo more >> src/a.txt';

const approved = { review: 'approve' } as const;

/** All that the window does with a session's changes; what it refuses is refused. */
export async function lookAtChanges(kernel: BatteryKernel, session: SessionId): Promise<string> {
  const { changes, merge } = kernel.client;
  const seen: unknown[] = [];
  const tryIt = async (work: () => Promise<unknown>): Promise<void> => {
    seen.push(await work().catch((thrown: unknown) => String(thrown)));
  };
  const { changes: list } = await changes.list({ session }).catch(() => ({ changes: [] }));
  for (const { path } of list.slice(0, 20)) await tryIt(() => changes.diff({ session, path }));
  await tryIt(() => changes.export({ session }));
  await tryIt(() => merge.judge({ session }));
  await tryIt(async () => {
    const found = await merge.commits({ session }, approved);
    kernel.records.noteCall(session, 'merge.commits');
    return found;
  });
  await tryIt(() => mergeAll(kernel, session));
  return JSON.stringify(seen);
}

/** Reads and merges one path again and again while something inside works against it. */
export async function race(
  kernel: BatteryKernel,
  session: SessionId,
  path: string,
  swapping: Promise<unknown>,
): Promise<string> {
  const { changes } = kernel.client;
  const seen: string[] = [];
  const over = new AbortController();
  void swapping.finally(() => over.abort());
  while (!over.signal.aborted) {
    const diff = await changes.diff({ session, path }).catch((thrown: unknown) => String(thrown));
    const merged = await mergeAll(kernel, session, [path]).catch((thrown: unknown) => String(thrown));
    seen.push(JSON.stringify([diff, merged]));
  }
  return seen.join('\n');
}

async function mergeAll(kernel: BatteryKernel, session: SessionId, paths?: string[]): Promise<unknown> {
  const report = await kernel.client.merge.apply({ session, ...(paths ? { paths } : {}) }, approved);
  kernel.records.noteCall(session, 'merge.apply');
  return report;
}
