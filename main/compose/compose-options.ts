import type { DetachedPanel, WishEvent } from '../../schema/contract/window.ts';
import type { SessionId } from '../../schema/entities.ts';
import type { Logger } from '../base/logger.ts';
import type { Sealer } from '../platform/key-store/key-store.ts';
import type { Home } from '../platform/home/home.ts';
import type { ProgramFiles } from '../program-files.ts';

export interface ComposeOptions {
  readonly home: Home;
  readonly files: ProgramFiles;
  readonly version: string;
  readonly electron: string | null;
  readonly logger: Logger;
  /** Takes what redacts by the policy in force, for whoever writes the log. */
  readonly onRedaction?: (redact: (text: string) => string) => void;
  /** `read`: started to look at the record, and leaves none of its own start and end, so that reading twice reads the same. */
  readonly purpose?: 'work' | 'read';
  /** `command`: it ends with the one command that it was started for, and starts nothing ahead. */
  readonly life?: 'stays' | 'command';
  /** How the command line is started again: the executable and its first arguments; `cavern` if absent. */
  readonly program?: readonly [string, ...string[]];
  /** How names are resolved for sandboxes with a network; as the machine does it if absent. */
  readonly lookup?: (name: string) => Promise<readonly string[]>;
  /** The desktop's own key store, asked for only where the home's keys may lie in it. */
  readonly systemKeyStore?: () => Sealer | undefined;
  /** What a host with a screen can do. */
  readonly window?: {
    pickFolder(): Promise<string | null>;
    pickPackage(): Promise<string | null>;
    /** The folder of a small project to try things on. */
    sampleFolder(): Promise<string>;
    openExternal(url: string): Promise<void>;
    /** Where something is to be saved, as the operator says; null where they do not. */
    pickTarget(name: string): Promise<string | null>;
    /** Shows the folder with the logs in the desktop's own program. */
    openLogs(): Promise<void>;
    /** What the desktop wants a window to show, until the signal aborts. */
    wishes(window: number, signal: AbortSignal): AsyncIterable<WishEvent>;
    /** Opens another window on a session, or on a panel that leaves the window which asks. False where there are as many as there may be. */
    open(window: number, session: SessionId, panel: string | undefined): boolean;
    /** The panels of a window that have windows of their own, now and whenever that changes, until the signal aborts. */
    detached(window: number, signal: AbortSignal): AsyncIterable<readonly DetachedPanel[]>;
    /** Pastes into what has the focus there. False where the window is not the one in front. */
    paste(window: number): boolean;
  };
}
