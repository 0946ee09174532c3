import { describe, expect, it } from 'vitest';
import { requireChromiumSandbox } from './chromium-sandbox.mjs';

/** @param {Record<string, string>} switches */
const kernel = (switches) => (/** @type {string} */ name) => switches[name];

describe("Chromium's sandbox", () => {
  it('is not asked about where the kernel has no such switch', () => {
    expect(() => requireChromiumSandbox(kernel({}))).not.toThrow();
  });

  it('stops the start where AppArmor forbids it, with the command that allows it', () => {
    const restricted = kernel({
      'kernel.apparmor_restrict_unprivileged_userns': '1',
      'user.max_user_namespaces': '9000',
    });
    expect(() => requireChromiumSandbox(restricted)).toThrow(
      'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
    );
  });

  it('names every switch that forbids it in one command', () => {
    const closed = kernel({ 'kernel.unprivileged_userns_clone': '0', 'user.max_user_namespaces': '0' });
    expect(() => requireChromiumSandbox(closed)).toThrow(
      'sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000',
    );
  });
});
