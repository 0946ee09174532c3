import type { Handlers } from '../../../schema/contract/contract.ts';
import type { diagnostics } from '../../../schema/contract/diagnostics.ts';
import { Fault } from '../../../schema/fault.ts';
import type { Clock } from '../../base/clock.ts';
import type { CallContext } from '../dispatch/context.ts';
import { type BundleFile, type BundleSources, bundleFiles, LEFT_OUT } from './bundle.ts';
import { CRASH_FILE } from './crash-report.ts';
import { followLog, logPage } from './log-reading.ts';
import type { SaveArchive } from './ports.ts';

export interface DiagnosticsOptions extends BundleSources {
  readonly clock: Clock;
  readonly save: SaveArchive;
  /** Writes a report of an error in a page. */
  readonly reportCrash: (crash: { readonly message: string; readonly stack?: string | undefined }) => void;
}

const PAGE_LINES = 200;
/** What is shown of a file before the bundle is saved. */
const SHOWN_CHARACTERS = 20_000;

export function diagnosticsHandlers(options: DiagnosticsOptions): Handlers<typeof diagnostics, CallContext> {
  const { log, crashes, clock } = options;
  return {
    logs: ({ filter = {}, before, limit = PAGE_LINES }, { signal }) => logPage(log, { filter, before, limit }, signal),
    followLogs: ({ filter = {} }, { signal }) => followLog(log, filter, { clock, signal }),
    async crashes() {
      const files = await crashes.list();
      return { crashes: files.map(({ file, text }) => ({ file, text, ...partAndTime(file) })) };
    },
    async contents(_input, { signal }) {
      const files = await bundleFiles(options, signal);
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      return { name: `cavern-diagnostics-${day}.tar.gz`, entries: files.map(entryOf), leftOut: [...LEFT_OUT] };
    },
    async save({ file }, context) {
      const files = await bundleFiles(options, context.signal);
      try {
        const bytes = await options.save(file, files);
        context.note({ path: file });
        return { file, bytes, entries: files.map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text) })) };
      } catch (cause) {
        throw new Fault('export_failed', `Cannot save the diagnostics bundle: "${file}" cannot be written`, {
          cause,
          why: cause instanceof Error ? cause.message : String(cause),
          fix: 'Choose a folder that you may write to, by its absolute path.',
        });
      }
    },
    report({ message, stack }) {
      options.reportCrash({ message, stack });
      return {};
    },
  };
}

function entryOf({ name, about, text }: BundleFile) {
  const end = text.length > SHOWN_CHARACTERS ? `…\n${text.slice(-SHOWN_CHARACTERS)}` : text;
  return { name, about, bytes: Buffer.byteLength(text), text: end };
}

/** `crash-2026-11-22T02-31-07-123Z-page.txt` */
function partAndTime(file: string): { at: number; part: 'kernel' | 'page' | 'helper' } {
  const part = CRASH_FILE.exec(file)?.[1];
  const time = /^crash-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z/.exec(file);
  const [, day = '', hours = '', minutes = '', seconds = '', milliseconds = ''] = time ?? [];
  const at = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
  return { at: Number.isNaN(at) ? 0 : at, part: part === 'page' || part === 'helper' ? part : 'kernel' };
}
