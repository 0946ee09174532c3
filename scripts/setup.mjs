import { runCommand } from './setup/front.mjs';

/** `npm run setup`: everything but opening the window. `--only NAME` runs one step of it, `--window none` leaves out what only a window needs. */
await runCommand(async () => {
  const { parseArgs } = await import('node:util');
  const { allSteps } = await import('./setup/all-steps.mjs');
  const { runSteps } = await import('./setup/steps.mjs');
  const { values } = parseArgs({
    options: { only: { type: 'string' }, window: { type: 'string', default: 'virtual screen' } },
  });
  const steps = allSteps({
    window: values.window === 'none' || values.window === 'screen' ? values.window : 'virtual screen',
  });
  const chosen = values.only === undefined ? steps : steps.filter((step) => step.name === values.only);
  if (chosen.length === 0) {
    process.stderr.write(
      `Cannot run step "${values.only}": the steps are ${steps.map((step) => step.name).join(', ')}\n`,
    );
    return 2;
  }
  await runSteps(chosen);
  return 0;
});
