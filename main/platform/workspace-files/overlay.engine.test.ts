import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterEach, expect, test } from 'vitest';
import { type LayerFixture, layerFixture, picture, whiteout } from './layer-fixture.ts';

const IMAGE = 'cavern/workspace:latest';
const { signal } = new AbortController();
/** A sandbox never runs as root. */
const USER = process.getuid?.() === 0 ? 1000 : (process.getuid?.() ?? 1000);
const docker = new Docker();
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step().catch(() => undefined);
});

/** Before the session starts: a change of owner changes the ctime. */
function giveToUser(workspace: string): void {
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', `${USER}:${USER}`, workspace]);
}

/** Runs a script in a sandbox whose /workspace is a real overlay of the fixture's folders. */
async function inSandbox(fixture: LayerFixture, script: string): Promise<void> {
  const name = `cavern-test-changes-${process.pid}-${Date.now()}`;
  const { root, workspace, upper } = fixture;
  const work = join(root, 'work');
  const mask = join(root, 'mask');
  for (const folder of [work, mask]) mkdirSync(folder, { recursive: true });
  for (const path of fixture.layer.maskedPaths) whiteout(mask, path);
  if (process.getuid?.() === 0) {
    for (const folder of [work, mask, upper]) execFileSync('chown', ['-R', `${USER}:${USER}`, folder]);
    execFileSync('chmod', ['755', root]);
  }
  const o = `lowerdir=${mask}:${workspace},upperdir=${upper},workdir=${work},userxattr`;
  const volume = await docker.createVolume({
    Name: name,
    Driver: 'local',
    DriverOpts: { type: 'overlay', device: 'overlay', o },
  });
  undo.push(() => docker.getVolume(name).remove());
  const container = await docker.createContainer({
    Image: IMAGE,
    name,
    User: `${USER}:${USER}`,
    Cmd: ['sh', '-ec', script],
    WorkingDir: '/workspace',
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      Mounts: [{ Type: 'volume', Source: volume.name, Target: '/workspace' }],
    },
  });
  undo.push(() => container.remove({ force: true }));
  await container.start();
  const { StatusCode: status } = await container.wait();
  const log = (await container.logs({ stdout: true, stderr: true })).toString();
  await container.remove({ force: true });
  await docker.getVolume(name).remove();
  expect({ status, log }).toMatchObject({ status: 0 });
}

async function changesOf(fixture: LayerFixture): Promise<string[]> {
  const listed = await fixture.changes.list({ session: fixture.session, signal });
  return listed.map((change) => [change.kind, change.from, change.path, change.mode].filter(Boolean).join(' '));
}

test('what a sandbox does in a real overlay is listed, merged and undone', async () => {
  const text = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join('');
  using fixture = layerFixture({
    workspace: {
      modify: 'one\n',
      same: 'same\n',
      touched: 'touched\n',
      mode: 'mode\n',
      gone: 'gone\n',
      'tree/a': 'a\n',
      'tree/sub/b': 'b\n',
      'opaque/old': 'old\n',
      'opaque/kept': 'kept\n',
      'move/one': `${text}one\n`,
      'move/two': `${text}two\n`,
      link: { link: 'same' },
      'type/file': 'f\n',
      tofolder: 'f\n',
      hard: 'hard\n',
      'emptied/x': 'x\n',
    },
    plantBefore: giveToUser,
  });
  const before = picture(fixture.workspace);
  await inSandbox(
    fixture,
    `echo two > modify; cp same s; mv s same; touch touched; chmod +x mode; rm gone; rm -rf tree
     rm -rf opaque; mkdir opaque; echo kept > opaque/kept; echo new > opaque/new
     mv move moved; echo more >> moved/two
     ln -sfn modify link; rm -rf type; echo now > type; rm tofolder; mkdir tofolder; echo in > tofolder/in
     ln hard hard2; mkdir -p fresh/empty; rm emptied/x; mkfifo pipe; echo 1 > added; chmod 4755 added || true
     git init -q repo; echo r > repo/r; mkdir temp; echo t > temp/t; rm -rf temp; echo x > short; rm short`,
  );
  expect(await changesOf(fixture)).toEqual([
    'added added 104755',
    'deleted emptied/x',
    'added fresh/empty 040000',
    'deleted gone',
    'added hard2 100644',
    'modified link 120000',
    'modified mode 100755',
    'modified modify 100644',
    'renamed move/one moved/one 100644',
    'renamed move/two moved/two 100644',
    'added opaque/new 100644',
    'deleted opaque/old',
    'added pipe 010644',
    'added repo/r 100644',
    'deleted tofolder',
    'added tofolder/in 100644',
    'deleted tree/a',
    'deleted tree/sub/b',
    'added type 100644',
    'deleted type/file',
  ]);
  const outcome = await fixture.changes.merge({ session: fixture.session, mode: 'apply', signal });
  expect(outcome.refused.map(({ path }) => path)).toEqual(['added', 'pipe']);
  expect(picture(fixture.workspace)).toMatchObject({
    modify: 'file 644 two\n',
    mode: 'file 755 mode\n',
    link: 'link modify',
    'moved/two': `file 644 ${text}two\nmore\n`,
    opaque: 'folder 755',
    'opaque/kept': 'file 644 kept\n',
    'opaque/new': 'file 644 new\n',
    type: 'file 644 now\n',
    'tofolder/in': 'file 644 in\n',
    emptied: 'folder 755',
    'fresh/empty': 'folder 755',
  });
  expect(picture(fixture.workspace)).not.toHaveProperty('tree');
  expect(picture(fixture.workspace)).not.toHaveProperty('move');
  expect(await changesOf(fixture)).toEqual(['added added 104755', 'added pipe 010644']);
  await fixture.changes.undo({ session: fixture.session, signal });
  expect(picture(fixture.workspace)).toEqual(before);
});

test('a repository that was moved is not listed, nor a hidden file that went with its folder', async () => {
  using fixture = layerFixture({
    workspace: { 'config/.env': 'SECRET=1\n', 'config/a': 'a\n' },
    maskedPaths: ['config/.env'],
    plantBefore: (workspace) => {
      execFileSync('git', ['init', '-q', workspace]);
      writeFileSync(join(workspace, 'tracked'), 't\n');
      giveToUser(workspace);
    },
  });
  await inSandbox(fixture, `test ! -e config/.env; mv .git elsewhere; mv config settings; echo evil > settings/.env`);
  expect(await changesOf(fixture)).toEqual([
    'deleted config/.env',
    'added settings/.env 100644',
    'renamed config/a settings/a 100644',
  ]);
  const outcome = await fixture.changes.merge({ session: fixture.session, mode: 'apply', signal });
  expect(outcome).toMatchObject({ left: ['settings/.env'], refused: [{ path: 'config/.env' }] });
  const now = picture(fixture.workspace);
  expect([now['config/.env'], now['.git/HEAD'], now['settings/.env']]).toEqual([
    'file 644 SECRET=1\n',
    'file 644 ref: refs/heads/master\n',
    undefined,
  ]);
});

test('a discarded change is gone from the overlay when it is mounted again', async () => {
  using fixture = layerFixture({ workspace: { 'd/a': 'a\n', 'd/sub/b': 'b\n', c: 'c\n' }, plantBefore: giveToUser });
  await inSandbox(fixture, 'rm -rf d; echo C > c; echo n > n');
  await fixture.changes.discard({ session: fixture.session, paths: ['d/sub/b', 'c'], signal });
  await inSandbox(fixture, 'test "$(cat d/sub/b c n)" = "$(printf "b\\nc\\nn")"; test ! -e d/a; echo again >> d/sub/b');
  expect(await changesOf(fixture)).toEqual(['deleted d/a', 'modified d/sub/b 100644', 'added n 100644']);
});
