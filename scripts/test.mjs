import { runCommand } from './setup/front.mjs';

/** `npm test`: sets up what a fresh clone needs, then runs every check. Ends with one line on standard output: `N passed, N failed`. */
await runCommand(
  async () => {
    const { parseArgs } = await import('node:util');
    const { allSteps } = await import('./setup/all-steps.mjs');
    const { runSteps } = await import('./setup/steps.mjs');
    const { faultPackages, languagePackages, packagesStep, shellPackages } = await import(
      './setup/system-packages.mjs'
    );
    const { allSuites, escapeSuites } = await import('./test/suites.mjs');
    const { runSuites } = await import('./test/run-suites.mjs');
    const { values } = parseArgs({
      options: { long: { type: 'boolean' }, escape: { type: 'boolean' }, only: { type: 'string', multiple: true } },
    });
    if (values.long) process.env.CAVERN_LONG = '1';
    await runSteps([
      packagesStep('failing disks', faultPackages),
      packagesStep('shells and a reader of manuals', shellPackages),
      packagesStep('Python, Go and Rust for the plugin test', languagePackages),
      ...allSteps({ window: 'virtual screen' }),
    ]);
    if (values.escape) process.env.CAVERN_ESCAPE = 'all';
    const suites = values.escape ? escapeSuites() : allSuites();
    const { only } = values;
    if (only === undefined) return runSuites(suites);
    const chosen = suites.map((group) => group.filter(({ name }) => only.includes(name)));
    return runSuites(chosen.filter((group) => group.length > 0));
  },
  { onFailure: () => process.stdout.write('0 passed, 1 failed\n') },
);
