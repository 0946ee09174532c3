import { installStyleNonce, styleNonce } from './ui/style-nonce.ts';
import { createRoot } from 'react-dom/client';
import { Fault } from '../schema/fault.ts';
import { bridgeChannel } from './app/bridge-channel.ts';
import { firstFrame } from './ui/first-frame.ts';
import { createKernelClient } from './app/kernel-client.ts';
import { createServices, ServicesProvider } from './app/services.tsx';
import { applyRememberedTheme, applyTheme } from './app/theme.ts';
import { Shell } from './shell/shell.tsx';
import { createShellStores } from './shell/shell-stores.ts';
import './ui/tokens.css';
import './ui/base.css';

installStyleNonce(styleNonce());
applyRememberedTheme();
reportViolations();

const services = createServices(createKernelClient(bridgeChannel(window.cavern, firstFrame())));
const stores = createShellStores(services);
// The page's life is the window's; the streams end with it.
const { signal } = new AbortController();

void services.sessions.follow(signal);
void stores.approvals.follow(signal);
void stores.audit.follow(signal);
void stores.policy.policy.follow(signal);
void services.settings.load().then(() => {
  const { settings, problem } = services.settings.store.getState();
  if (settings) applyTheme(settings.theme);
  if (problem !== undefined) {
    services.notices.fail(
      new Fault('invalid_setting', 'Cannot use the settings file: it was set aside', { why: problem }),
    );
  }
});
requestIdleCallback(() => {
  void stores.doctor.check();
  void stores.policy.recordings.load();
});

const root = document.getElementById('root');
if (root === null) throw new Error('Cannot start the window: index.html has no #root');
createRoot(root).render(
  <ServicesProvider services={services}>
    <Shell stores={stores} />
  </ServicesProvider>,
);

/** Tests read the console: a page that its own policy refuses something is broken. */
function reportViolations(): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`Content security policy: ${event.effectiveDirective} refused ${event.blockedURI || 'inline'}`);
  });
}
