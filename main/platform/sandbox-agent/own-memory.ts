/** PR_SET_DUMPABLE of <linux/prctl.h>. */
const SET_DUMPABLE = 4;

type Prctl = (option: number, value: number, a: number, b: number, c: number) => number;

/**
 * Keeps every other process of the sandbox out of the agent's memory and descriptors. They run as the same user, and could
 * otherwise write into `/proc/1/mem` and speak to the kernel in the agent's place.
 */
export async function protectOwnMemory(): Promise<void> {
  // Loaded only here: the agent also runs where it is not process 1.
  const koffi = await import('koffi');
  const libc = koffi.default.load('libc.so.6');
  // The prototype is the type.
  const prctl = libc.func('int prctl(int, ulong, ulong, ulong, ulong)') as unknown as Prctl;
  if (prctl(SET_DUMPABLE, 0, 0, 0, 0) !== 0) throw new Error('Cannot protect the agent: prctl failed');
}
