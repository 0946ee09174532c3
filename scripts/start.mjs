import { runCommand } from './setup/front.mjs';

/** `npm start`: everything a fresh clone needs, then the window; without a screen, the kernel alone. What follows `--` goes to the app. */
await runCommand(async () => {
  const { allSteps } = await import('./setup/all-steps.mjs');
  const { runSteps } = await import('./setup/steps.mjs');
  const { openWindow, serveKernel } = await import('./setup/launch.mjs');
  const { requireChromiumSandbox } = await import('./setup/chromium-sandbox.mjs');
  const { isRoot } = await import('./setup/command.mjs');

  const args = process.argv.slice(process.argv[2] === '--' ? 3 : 2);
  const hasScreen = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
  if (hasScreen && process.platform === 'linux' && !isRoot()) requireChromiumSandbox();
  await runSteps(allSteps({ window: hasScreen ? 'screen' : 'none' }));
  return hasScreen ? openWindow(args) : serveKernel(args);
});
