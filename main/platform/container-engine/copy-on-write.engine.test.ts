import { execFile, execFileSync } from 'node:child_process';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtAgent } from '../sandbox-agent/agent.fixture.ts';
import { type EngineName, type TestEngine, openEngine, presentEngines } from './testing/engines.ts';

const PROCESS = fileURLToPath(new URL('./testing/copy-on-write-process.ts', import.meta.url));
const MANY = process.env['CAVERN_LONG'] === '1' ? 100_000 : 1_500;
const MEBIBYTE = 1024 ** 2;
/** The image has an owner of its own for the folder that a view is mounted at, who is this one. */
const IMAGE_USER = 1000;
/** No image knows it. */
const ORDINARY = 4242;

/** What the sandbox sees of the workspace: names that are not UTF-8 are written with their bytes. */
const FIRST = [
  'Case folder 755',
  'a file 644 links=1 a',
  'b file 644 links=1 b',
  'dangling link /nowhere',
  'file file 644 links=1 file',
  'folder folder 755',
  'gone folder 755',
  'hard1 file 644 links=2 hard1',
  'hard2 file 644 links=2 hard1',
  'huge file 644 links=1 size=10737418240 sparse middle=000000000000',
  'link link a',
  'many folder 755',
  'mode444 file 444 links=1 mode444',
  'mode555 file 555 links=1 mode555',
  'mode600 file 600 links=1 mode600',
  'na\\xffme file 644 links=1 bytes',
  'noted file 644 links=1 noted note=outside',
  'plain file 644 links=1 plain',
  'readme.md file 644 links=1 readme.md',
  'replaced folder 755',
  'setgid folder 2750',
  'Case/c file 644 links=1 Case/c',
  'folder/sub folder 755',
  'folder/w file 644 links=1 folder/w',
  'folder/sub/z file 644 links=1 folder/sub/z',
  'gone/deep folder 755',
  'gone/y file 644 links=1 gone/y',
  'gone/deep/x file 644 links=1 gone/deep/x',
  'replaced/old file 644 links=1 replaced/old',
];

/** And after all that can be done to it, but for the two names of one file. */
const CHANGED = [
  'README.md file 644 links=1 readme.md',
  'a file 644 links=1 a',
  'b file 644 links=1 b',
  'cASE folder 755',
  'dangling link /nowhere',
  'empty folder 755',
  'hard3 file 644 links=2 plain note=new',
  'huge file 644 links=1 size=10737418240 sparse middle=6d6964646c65',
  'link link b',
  'many folder 755',
  'mode444 file 444 links=1 mode444',
  'mode555 file 555 links=1 mode555',
  'mode600 file 640 links=1 mode600',
  'moved folder 755',
  'new\\xff file 644 links=1 n',
  'noted file 644 links=1 noted note=inside',
  'n\\xfe file 644 links=1 bytes',
  'plain file 644 links=2 plain note=new',
  'renamed file 644 links=1 file',
  'replaced folder 755',
  'setgid folder 2750',
  'sparse file 644 links=1 size=1073741824 sparse middle=000000000000',
  'cASE/c file 644 links=1 Case/c',
  'moved/sub folder 755',
  'moved/w file 644 links=1 folder/w',
  'moved/sub/z file 644 links=1 folder/sub/z',
  'replaced/new file 644 links=1 new',
];

/** What of that is known as a change at once. */
const MARKS = [
  'file README.md',
  'file cASE/c',
  'file hard1',
  'file hard3',
  'file huge',
  'file link',
  'file many/0/0',
  'file mode600',
  'file moved/sub/z',
  'file moved/w',
  'file newÿ',
  'file noted',
  'file nþ',
  'file plain',
  'file renamed',
  'file replaced/new',
  'file sparse',
  'whiteout Case',
  'whiteout file',
  'whiteout folder',
  'whiteout gone',
  'whiteout many/1/0',
  'whiteout naÿme',
  'whiteout readme.md',
];

interface Seen {
  readonly strategy: string;
  readonly first: readonly string[];
  readonly changed: readonly string[];
  readonly again: readonly string[];
  readonly marks: readonly string[];
  readonly used: number;
  readonly left: readonly string[];
  readonly untouched: boolean;
}

interface View {
  readonly uid: number;
  /** `copy`: of an engine that mounts no overlays. */
  readonly asked: 'overlay' | 'copy';
  readonly strategy: 'overlay' | 'copy';
}

/** Podman gives the root of an overlay to the owner of the image's folder; whoever is another one gets a copy. */
const VIEWS: Readonly<Record<EngineName, readonly View[]>> = {
  docker: [
    { uid: ORDINARY, asked: 'overlay', strategy: 'overlay' },
    { uid: ORDINARY, asked: 'copy', strategy: 'copy' },
  ],
  podman: [
    { uid: IMAGE_USER, asked: 'overlay', strategy: 'overlay' },
    { uid: ORDINARY, asked: 'overlay', strategy: 'copy' },
  ],
};

const isHard = (line: string): boolean => /^hard[12] /.test(line);
const isCount = (line: string): boolean => /^many \d/.test(line);

/** As the process of an operator who is not root; whoever runs the tests is one, or gives the engine's socket to one. */
async function asOperator({ socket, scratchFolder }: TestEngine, { uid, asked }: View): Promise<Seen> {
  const folder = await mkdtemp(join(tmpdir(), 'cavern-cow-'));
  const argv = [process.execPath, PROCESS, folder, socket, asked, String(MANY)];
  try {
    if (process.getuid?.() === 0) {
      await chown(folder, uid, uid);
      const isOwn = dirname(socket) === scratchFolder;
      if (isOwn) await Promise.all([chmod(scratchFolder, 0o711), chmod(socket, 0o666)]);
      const group = execFileSync('stat', ['-c', '%g', socket], { encoding: 'utf8' }).trim();
      argv.unshift('setpriv', `--reuid=${uid}`, `--regid=${uid}`, `--groups=${isOwn ? uid : group}`);
    }
    const [program = '', ...args] = argv;
    const env = { ...process.env, HOME: folder };
    const { stdout } = await promisify(execFile)(program, args, { env, maxBuffer: 16 * MEBIBYTE, timeout: 900_000 });
    // The process is the test's own.
    return JSON.parse(stdout) as Seen;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.each(presentEngines())('a view of a workspace on %s', (name: EngineName) => {
  let opened: TestEngine;
  beforeAll(async () => {
    opened = await openEngine(name);
    // An operator without root cannot write where it is built.
    await builtAgent();
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  it.each(VIEWS[name])(
    'keeps what a folder can hold, and knows what changed: $strategy, user $uid',
    { timeout: 960_000 },
    async (view) => {
      const { strategy } = view;
      const seen = await asOperator(opened, view);
      expect(seen.strategy).toBe(strategy);
      expect(seen.first.filter((line) => !isCount(line))).toEqual(FIRST);
      expect(seen.first.find(isCount)).toMatch(new RegExp(`^many ${MANY} `));
      expect(seen.changed.filter((line) => !isCount(line) && !isHard(line))).toEqual(CHANGED);
      expect(seen.changed.find(isCount)).toMatch(new RegExp(`^many ${MANY - 1} `));
      // An overlay splits hard links when they are written to.
      expect(seen.changed.filter(isHard)).toEqual(
        strategy === 'overlay'
          ? ['hard1 file 644 links=1 changed', 'hard2 file 644 links=2 hard1']
          : ['hard1 file 644 links=2 changed', 'hard2 file 644 links=2 changed'],
      );
      expect(seen.again).toEqual(seen.changed);
      const other = strategy === 'overlay' ? [] : ['file hard2', 'whiteout replaced/old'];
      expect(seen.marks.filter((mark) => !mark.startsWith('folder ')).toSorted()).toEqual(
        [...MARKS, ...other].toSorted(),
      );
      // Of the ten gigabytes only what is not a hole.
      expect(seen.used).toBeLessThan(64 * MEBIBYTE);
      expect([seen.untouched, seen.left]).toEqual([true, []]);
    },
  );
});
