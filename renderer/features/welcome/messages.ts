import { inLanguage } from '../../ui/language.ts';

const english = {
  title: 'Open a folder',
  lead: 'Cavern gives a sandbox a copy-on-write view of the folder. The folder itself stays as it is until you merge.',
  pathLabel: 'Folder',
  pathPlaceholder: '/home/you/project',
  open: 'Start session',
  browse: 'Browse…',
  sample: 'Try it on a sample project',
  sampleText: 'A few files of Cavern’s own, to look at the whole road with: work, look, merge.',
  recent: 'Recent folders',
  cave: 'Sandboxes of its cave.yaml',
  caveWrong: 'Its cave.yaml cannot be used',
  line: (line: number) => `line ${line}`,
  startNamed: (name: string) => `Start ${name}`,
  images: 'Images of profiles',
  pullImage: 'Pull',
  buildImage: 'Build',
  usedBy: (profiles: readonly string[]) => `Used by ${profiles.join(', ')}`,
  checks: 'System checks',
  checking: 'Checking this machine…',
  recheck: 'Check again',
  openPolicy: 'Open the policy',
  allGood: 'Everything a session needs is in place.',
  /** By the names that the kernel gives them. */
  checkNames: {
    engine: 'Container engine',
    image: 'Sandbox image',
    workspace: 'Copy-on-write',
    'disk limit': 'Limit of the disk',
    policy: 'Policy',
    audit: 'Audit chain',
    settings: 'Settings',
    database: 'Database',
  } as Readonly<Record<string, string>>,
  passed: 'passed',
  failed: 'failed',
  someBad: (count: number) => (count === 1 ? 'One check failed.' : `${count} checks failed.`),
} as const;

export const messages = inLanguage('welcome', english);
