import { runCommand } from './setup/front.mjs';

/** `npm run dist`: packages the app as a folder in dist/. `--all` makes installers too, `--test` lets the end-to-end tests attach. */
await runCommand(async () => {
  const { parseArgs } = await import('node:util');
  const { allSteps } = await import('./setup/all-steps.mjs');
  const { runSteps } = await import('./setup/steps.mjs');
  const { packageApp } = await import('./dist/package-app.mjs');
  const { values } = parseArgs({ options: { all: { type: 'boolean' }, test: { type: 'boolean' } } });
  const withoutEngine = allSteps({ window: 'screen' }).filter(
    (step) => !['container engine', 'sandbox image'].includes(step.name),
  );
  await runSteps(withoutEngine, { quiet: 'when done' });
  const folder = await packageApp({
    inspectable: values.test === true,
    targets: values.all ? 'all' : 'dir',
    progress: (text) => process.stderr.write(`  ${text}\n`),
  });
  process.stderr.write(`✓ packaged: ${folder}\n`);
  return 0;
});
