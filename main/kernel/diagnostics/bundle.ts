import type { Doctor, Settings } from '../../../schema/contract/app.ts';
import type { CrashSource, LogSource } from './ports.ts';

export interface BundleFile {
  readonly name: string;
  readonly about: string;
  readonly text: string;
}

export interface BundleSources {
  readonly versions: () => Readonly<Record<string, unknown>>;
  readonly settings: () => Settings;
  readonly doctor: () => Promise<Doctor>;
  readonly log: LogSource;
  readonly crashes: CrashSource;
  /** Takes secrets out. */
  readonly redact: (text: string) => string;
  /** The operator's own folder, which is written as `~`. */
  readonly userFolder: string;
}

const LOG_LIMIT_CHARACTERS = 2 * 1024 * 1024;
const CRASHES = 10;

/** What is in no bundle, whatever it would explain. */
export const LEFT_OUT: readonly string[] = [
  'Files of workspaces and sandboxes, and what terminals showed',
  'The audit chain, the policy and its history',
  'Keys, tokens and secrets, and the names of secrets',
  'Memory dumps of crashes (logs/crashes/dumps)',
  'Layouts and the folders opened last',
];

/** The files of a bundle: small texts that a person can read before it is handed to anybody. */
export async function bundleFiles(sources: BundleSources, signal: AbortSignal): Promise<BundleFile[]> {
  const clean = (text: string): string => withoutFolder(sources.redact(text), sources.userFolder);
  const json = (value: unknown): string => clean(`${JSON.stringify(value, null, 2)}\n`);
  const crashes = (await sources.crashes.list()).slice(0, CRASHES);
  return [
    { name: 'versions.json', about: 'Versions of Cavern and of what it runs on', text: json(sources.versions()) },
    { name: 'doctor.json', about: 'The checks of cavern doctor', text: json(await sources.doctor()) },
    { name: 'settings.json', about: 'Settings, without folders and layouts', text: json(shown(sources.settings())) },
    {
      name: 'kernel.log',
      about: 'The end of the kernel’s log, secrets redacted once more',
      text: await logText(sources.log, clean, signal),
    },
    ...crashes.map(({ file, text }) => ({ name: `crashes/${file}`, about: 'A crash report', text: clean(text) })),
  ];
}

function shown({ layout: _layout, recentWorkspaces, ...rest }: Settings): unknown {
  return { ...rest, recentWorkspaces: recentWorkspaces.length };
}

async function logText(log: LogSource, clean: (text: string) => string, signal: AbortSignal): Promise<string> {
  const newestFirst: string[] = [];
  let characters = 0;
  for await (const piece of log.back(undefined, signal)) {
    for (const { text } of piece) {
      const line = clean(text);
      characters += line.length + 1;
      if (characters > LOG_LIMIT_CHARACTERS) return lines(newestFirst);
      newestFirst.push(line);
    }
    // Redacting takes time; the pieces are small.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return lines(newestFirst);
}

function lines(newestFirst: readonly string[]): string {
  return newestFirst.length === 0 ? '' : `${newestFirst.toReversed().join('\n')}\n`;
}

function withoutFolder(text: string, folder: string): string {
  return folder.length > 1 ? text.replaceAll(folder, '~') : text;
}
