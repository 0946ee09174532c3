import { readFileSync } from 'node:fs';
import { SetupError } from './setup-error.mjs';

/** The switches by which a Linux system forbids an ordinary user the namespaces that Chromium's sandbox is made of. */
const switches = [
  { name: 'kernel.unprivileged_userns_clone', forbids: '0', allows: '1' },
  { name: 'kernel.apparmor_restrict_unprivileged_userns', forbids: '1', allows: '0' },
  { name: 'user.max_user_namespaces', forbids: '0', allows: '15000' },
];

/**
 * Stops where Chromium could not sandbox its processes. The sandbox is never switched off for an ordinary user.
 * @param {(name: string) => string | undefined} [readSwitch] the value of a kernel parameter
 * @throws {SetupError} with the command that allows it
 */
export function requireChromiumSandbox(readSwitch = readKernelParameter) {
  const closed = switches.filter(({ name, forbids }) => readSwitch(name) === forbids);
  if (closed.length === 0) return;
  throw new SetupError({
    what: "Cannot open the window: this system forbids the namespaces that Chromium's sandbox needs",
    why: closed.map(({ name, forbids }) => `${name} = ${forbids}`).join(', '),
    remedy: `Run:  sudo sysctl -w ${closed.map(({ name, allows }) => `${name}=${allows}`).join(' ')}   (to keep it: the same lines in /etc/sysctl.d/60-cavern.conf)`,
  });
}

/** @param {string} name */
function readKernelParameter(name) {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
