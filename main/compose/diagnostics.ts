import { homedir } from 'node:os';
import type { Doctor } from '../../schema/contract/app.ts';
import type { Clock } from '../base/clock.ts';
import { diagnosticsHandlers } from '../kernel/diagnostics/handlers.ts';
import type { SettingsStore } from '../kernel/settings/settings.ts';
import { CrashReports } from '../platform/diagnostics/crash-reports.ts';
import { crashSource } from '../platform/diagnostics/crash-source.ts';
import { logFiles } from '../platform/diagnostics/log-files.ts';
import { saveArchive } from '../platform/diagnostics/save-archive.ts';
import type { ComposeOptions } from './compose-options.ts';

export interface DiagnosticsParts {
  readonly clock: Clock;
  readonly settings: SettingsStore;
  readonly redact: (text: string) => string;
  readonly doctor: () => Promise<Doctor>;
}

/** The log, crash reports and diagnostics bundles of the home. */
export function composeDiagnostics(
  { home, version, electron, logger }: ComposeOptions,
  { clock, settings, redact, doctor }: DiagnosticsParts,
) {
  const reports = new CrashReports({ logs: home.logs, version, redact, now: () => clock.now() });
  return diagnosticsHandlers({
    clock,
    log: logFiles(home.logs),
    crashes: crashSource(home.logs),
    save: saveArchive,
    reportCrash({ message, stack }) {
      logger.error('an error in a page that nobody caught', { part: 'window', error: message });
      reports.write({ part: 'page', reason: message, stack });
    },
    versions: () => ({
      cavern: version,
      node: process.versions.node,
      electron,
      chrome: process.versions['chrome'] ?? null,
      platform: process.platform,
      architecture: process.arch,
    }),
    settings: () => settings.current,
    doctor,
    redact,
    userFolder: homedir(),
  });
}
