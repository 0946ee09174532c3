import type { Logger } from '../base/logger.ts';
import type { Home } from '../platform/home/home.ts';
import type { ProgramFiles } from '../program-files.ts';

export interface ComposeOptions {
  readonly home: Home;
  readonly files: ProgramFiles;
  readonly version: string;
  readonly electron: string | null;
  readonly logger: Logger;
  /** What a host with a screen can do. */
  readonly window?: {
    pickFolder(): Promise<string | null>;
    openExternal(url: string): Promise<void>;
  };
}
