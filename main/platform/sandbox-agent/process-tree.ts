import { readdirSync, readFileSync } from 'node:fs';
import { CALL_MARK } from '../../../schema/staged-files.ts';

const ROUNDS = 20;

let marks = 0;

/** A mark that nothing else in this sandbox carries. Not from node:crypto, whose loading would make every start slower. */
export function newMark(): string {
  marks += 1;
  return `${process.pid}-${Math.round(performance.timeOrigin)}-${marks}`;
}

/**
 * Kills a process group and everything that carries the mark. New processes may appear between looking and killing, so
 * it looks again until nothing is found. What has cleared its environment escapes; the end of the sandbox ends that too.
 */
export async function killTree(group: number, mark: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    kill(-group);
    const found = marked(mark);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Kills what is left of a terminal's session: a background job that ignored the hang-up. */
export function killSession(session: number): void {
  for (const pid of processes()) if (sessionOf(pid) === session) kill(pid);
}

function marked(mark: string): number[] {
  const entry = `${CALL_MARK}=${mark}\0`;
  return processes().filter((pid) => readOf(pid, 'environ').includes(entry) && stateOf(pid) !== 'Z');
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

/** Empty for a process that is gone or another user's. */
function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** The fields of proc(5)'s stat from the state on; the name before them may hold anything. */
function statOf(pid: number): string[] {
  const text = readOf(pid, 'stat');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

const stateOf = (pid: number): string | undefined => statOf(pid)[0];
const sessionOf = (pid: number): number => Number(statOf(pid)[3]);

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
