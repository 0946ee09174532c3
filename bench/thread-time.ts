import koffi from 'koffi';

/** clock_gettime(2). */
const CLOCK_THREAD_CPUTIME_ID = 3;

let now: ((into: Buffer) => void) | undefined;

/** The processor's time that this thread took so far, to the microsecond: what Node tells comes in steps of a clock tick. */
export function threadTimeMs(): number {
  if (now === undefined) {
    const clock = koffi.load('libc.so.6').func('int clock_gettime(int clock, uint8_t *time)');
    now = (into) => void clock(CLOCK_THREAD_CPUTIME_ID, into);
  }
  const time = Buffer.alloc(16);
  now(time);
  return Number(time.readBigInt64LE(0)) * 1000 + Number(time.readBigInt64LE(8)) / 1e6;
}
