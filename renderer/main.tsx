import { installStyleNonce, styleNonce } from './ui/style-nonce.ts';
import { lazy, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { Fault } from '../schema/fault.ts';
import { bridgeChannel } from './app/bridge-channel.ts';
import { createKernelClient } from './app/kernel-client.ts';
import { ErrorReports } from './app/error-reports.ts';
import { createServices, ServicesProvider } from './app/services.tsx';
import { listenForKeys } from './app/commands/window-keys.ts';
import { detachedPanel, wantsLogs } from './app/window-slot.ts';
import { applyAppearance, applyRememberedAppearance } from './app/theme.ts';
import { interactive } from './shell/interactive-mark.ts';
import { rememberFocus } from './shell/regions.ts';
import { Shell } from './shell/shell.tsx';
import { createShellStores } from './shell/shell-stores.ts';
import { addWindowCommands } from './shell/window-commands.ts';
import './ui/tokens.css';
import './ui/base.css';

const DetachedWindow = lazy(async () => ({
  default: (await import('./shell/detached-window.tsx')).DetachedWindow,
}));

// Before the first layout: what is laid out without it asks the system for a dozen other fonts, one after the other.
void document.fonts.load('1em Inter');
installStyleNonce(styleNonce());
applyRememberedAppearance();
reportViolations();

const services = createServices(createKernelClient(bridgeChannel(window.cavern, interactive())));
const stores = createShellStores(services);
const errors = new ErrorReports(services.client);
errors.listen(window);
// The page's life is the window's; the streams end with it.
const { signal } = new AbortController();

void services.sessions.follow(signal);
void stores.approvals.follow(signal);
void stores.audit.follow(signal);
void stores.policy.policy.follow(signal);
stores.policy.policy.store.subscribe(({ documents }, former) => {
  if (documents !== former.documents) void stores.doctor.policyChanged();
});
services.settings.store.subscribe(({ settings }, former) => {
  if (settings === undefined) return;
  const { theme, textSize } = former.settings ?? {};
  if (settings.theme !== theme || settings.textSize !== textSize) applyAppearance(settings);
});
void services.settings.load().then(() => {
  const { problem } = services.settings.store.getState();
  if (problem !== undefined) {
    services.notices.fail(
      new Fault('invalid_setting', 'Cannot use the settings file: it was set aside', {
        why: problem,
        fix: 'The usual settings are in force. The file lies beside the new one, to be mended or thrown away.',
      }),
    );
  }
});
requestIdleCallback(() => {
  // For the help and the settings, which list them also where the changes were never shown.
  void import('./features/changes/shortcuts.ts').then(({ CHANGES_COMMANDS }) =>
    services.commands.add(CHANGES_COMMANDS),
  );
  void stores.doctor.check();
  stores.doctor.watch(signal);
  void stores.policy.recordings.load();
  void stores.gateway.follow(signal);
  void services.settings.follow(signal);
  if (detachedPanel === undefined) void stores.detached.follow(signal);
});

addWindowCommands(services, stores);
// Where the page of a window that crashed leads.
if (wantsLogs) services.workbench.show('logs');
listenForKeys(services.commands);
rememberFocus();

const root = document.getElementById('root');
if (root === null) throw new Error('Cannot start the window: index.html has no #root');
// What a panel's own boundary caught is an error of ours all the same.
createRoot(root, {
  onCaughtError(thrown) {
    console.error(thrown);
    errors.write(thrown);
  },
}).render(
  <ServicesProvider services={services}>
    {detachedPanel === undefined ? (
      <Shell stores={stores} />
    ) : (
      <Suspense fallback={null}>
        <DetachedWindow stores={stores} detached={detachedPanel} />
      </Suspense>
    )}
  </ServicesProvider>,
);

/** Tests read the console: a page that its own policy refuses something is broken. */
function reportViolations(): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`Content security policy: ${event.effectiveDirective} refused ${event.blockedURI || 'inline'}`);
  });
}
