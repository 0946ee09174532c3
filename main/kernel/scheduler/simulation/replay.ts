import { simulate } from './simulate.ts';

/** `node main/kernel/scheduler/simulation/replay.ts SEED`: prints every decision of a run, and the law it broke. */
for (const line of simulate(Number(process.argv[2]))) process.stdout.write(`${line}\n`);
