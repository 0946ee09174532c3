import { readSync, writeSync } from 'node:fs';
import Module from 'node:module';

/** Where the agent says what to run, and the plugin's connection from then on. */
const CONNECTION = 3;
/** Of Node's own, what every plugin of the SDK needs at its start. */
const NEEDED = ['node:net', 'node:path'];

/** A frame as everywhere, without what the codec would load: four bytes of length and JSON. */
function sayWaiting(): void {
  const json = Buffer.from('{"id":"0","type":"event","method":"waiting"}');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  writeSync(CONNECTION, Buffer.concat([length, json]));
}

/** Waits in the system's read, so that not a byte of what comes after is taken. */
function read(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(CONNECTION, bytes, at, length - at, null);
    // The agent has ended.
    if (count === 0) process.exit(0);
    at += count;
  }
  return bytes;
}

/** The arguments of the event `run { argv }`. */
function readRun(): string[] {
  // The agent alone writes here.
  const { params } = JSON.parse(read(read(4).readUInt32BE()).toString('utf8')) as { params: { argv: string[] } };
  return params.argv;
}

for (const name of NEEDED) process.getBuiltinModule?.(name);
sayWaiting();
const [first = '', ...others] = readRun();
const isMapped = first === '--enable-source-maps';
if (isMapped) process.setSourceMapsEnabled(true);
process.argv.splice(1, process.argv.length, ...(isMapped ? others : [first, ...others]));
Module.runMain();
