/** What the parts of a sandbox's start are called. */
export const START_PHASES: Readonly<Record<string, string>> = {
  layer: 'Workspace, and its secrets hidden',
  volume: 'Copy-on-write mount',
  create: 'Container made',
  image: 'Image',
  start: 'Container started',
  agent: 'Agent answers',
  pool: 'Taken from those started ahead',
};
