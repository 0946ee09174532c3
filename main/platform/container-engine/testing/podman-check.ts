import { PODMAN_REFUSAL, podmanImages, presentEngines, tryPodman } from './engines.ts';

/** Before the engine tests: where Podman is there and cannot run a container, its tests are left out, and it is said why. */
export async function setup(): Promise<void> {
  if (!presentEngines().includes('podman')) {
    process.stderr.write('Podman is not tested: it is not installed, or this user is not root\n');
    return;
  }
  // Where the image cannot be brought, something is wrong with the tests and not with the machine.
  await podmanImages();
  try {
    await tryPodman();
  } catch (thrown) {
    process.env[PODMAN_REFUSAL] = thrown instanceof Error ? thrown.message : String(thrown);
    process.stderr.write(`Podman is not tested: it cannot run a container here: ${process.env[PODMAN_REFUSAL]}\n`);
  }
}
