import type { ApprovalKind } from '../../../schema/contract/approval.ts';

const BY_AREA: Readonly<Record<string, ApprovalKind>> = {
  fs: 'files',
  search: 'files',
  changes: 'files',
  git: 'git',
  test: 'command',
  sandbox: 'command',
  terminal: 'command',
  merge: 'merge',
  network: 'network',
  policy: 'policy',
  plugin: 'plugin',
};

/** What a question is about, for grouping. */
export function approvalKind(syscall: string): ApprovalKind {
  return BY_AREA[syscall.split('.', 1)[0] ?? ''] ?? 'other';
}

/** Each of these is asked about, every time: a standing answer to them would be a policy of its own. */
export function isAskedEachTime(syscall: string): boolean {
  return approvalKind(syscall) === 'policy' || syscall.startsWith('key.');
}

/** A pattern for the folder that all paths lie in; undefined where they have none in common. */
export function suggestedGlob(paths: readonly string[]): string | undefined {
  const [first] = paths;
  if (first === undefined) return undefined;
  let folder = first.split('/').slice(0, -1);
  for (const path of paths) {
    const segments = path.split('/');
    const common = folder.findIndex((segment, index) => segments[index] !== segment);
    if (common >= 0) folder = folder.slice(0, common);
  }
  if (folder.length > 0) return `${folder.join('/').replace(/[\\*?[\]{}()!+@|]/g, String.raw`\$&`)}/**`;
  return paths.length === 1 ? first.replace(/[\\*?[\]{}()!+@|]/g, String.raw`\$&`) : undefined;
}
