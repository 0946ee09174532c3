import { isRoot } from './command.mjs';
import { ensurePackages, missingPackages } from './system-packages.mjs';

/** The engine that the tests run on beside Docker. Debian's package takes a low-level runtime with it that Docker has brought already. */
const packages = ['podman'];

/**
 * Brings the second engine where the tests can use it: they start a service of their own, as root. Nothing but tests needs it, so a
 * machine that cannot have it goes on without; the tests then say that they left it out.
 * @type {import('./steps.mjs').Step}
 */
export const secondEngineStep = {
  name: 'second engine for the tests',
  done: () => process.platform !== 'linux' || !isRoot() || missingPackages(packages).length === 0,
  detail: () => (missingPackages(packages).length === 0 ? 'podman' : '(left out)'),
  async run(progress) {
    try {
      await ensurePackages(packages, progress);
    } catch (error) {
      progress(`going on without it: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  },
};
