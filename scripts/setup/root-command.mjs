import { spawnSync } from 'node:child_process';
import { findProgram, isRoot } from './command.mjs';

/** @typedef {(program: string, args: readonly string[]) => [string, string[]]} AsRoot */

/**
 * How to run a program as root without asking anybody: directly, or through a sudo that needs no password. Undefined when neither is possible.
 * @returns {AsRoot | undefined}
 */
export function rootCommand() {
  if (isRoot()) return (program, args) => [program, [...args]];
  const sudo = findProgram('sudo');
  if (sudo === undefined || spawnSync(sudo, ['-n', 'true']).status !== 0) return undefined;
  return (program, args) => [sudo, ['-n', program, ...args]];
}
