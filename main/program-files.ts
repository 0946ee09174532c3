import { join } from 'node:path';

/** What the program brings along and hands to engines and sandboxes; all of it lies on the real disk, outside of the app's archive. */
export interface ProgramFiles {
  readonly root: string;
  readonly agent: string;
  readonly plugins: string;
  readonly profiles: string;
  readonly renderer: string;
  readonly preload: string;
}

/** `outFolder` is the build's output: beside the running bundle, or inside the packaged app's archive. */
export function programFiles(outFolder: string): ProgramFiles {
  const onDisk = outFolder.replace(/app\.asar([\\/]|$)/, 'app.asar.unpacked$1');
  return {
    root: outFolder,
    agent: join(onDisk, 'agent'),
    plugins: join(onDisk, 'plugins'),
    profiles: join(onDisk, 'profiles'),
    renderer: join(outFolder, 'renderer'),
    preload: join(outFolder, 'preload', 'index.cjs'),
  };
}
