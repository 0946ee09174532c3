import { stopStartedEngine } from './setup/engine.mjs';

/** Stops the container engine that the set-up started, if it started one; an engine that was there is left alone. */
if (await stopStartedEngine()) process.stderr.write('stopped the container engine that the set-up had started\n');
