import parse from 'semver/functions/parse.js';
import type { VersionStep } from '../../../../schema/contract/plugin.ts';

/** Where a version stands to another, by the precedence of Semantic Versioning 2.0.0. What is no version is never newer. */
export function versionStep(from: string, to: string): VersionStep {
  const [before, now] = [parse(from), parse(to)];
  const order = before === null || now === null ? -1 : now.compare(before);
  if (order === 0) return 'same';
  return order > 0 ? 'newer' : 'older';
}
