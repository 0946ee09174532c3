import { execFileSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionId } from '../../../schema/entities.ts';
import { newId } from '../../base/id.ts';
import { INSIDE } from '../../kernel/sandboxes/container-spec.ts';
import type { PluginPlace, SandboxGrants } from '../../kernel/sandboxes/plugins/plugin-place.ts';
import type { Sandboxes } from '../../kernel/sandboxes/sandboxes.ts';
import { diskLayerReader } from '../workspace-files/layers/disk-layer-reader.ts';
import { writeGitIdentityFile } from './git-identity-file.ts';
import { type EngineName, type TestEngine, openEngine, presentEngines } from './testing/engines.ts';
import { SandboxMachine, shell, shellOn } from './testing/sandbox-machine.ts';

const signal = AbortSignal.timeout(600_000);

/** A fixed picture of a folder: names, kinds, modes, contents. */
function picture(folder: string): string {
  return execFileSync(
    'sh',
    ['-c', 'find . -printf "%P %y %m %l\\n" | sort; find . -type f -exec sha256sum {} + | sort'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
}

describe.each(presentEngines())('sandboxes on %s', (name: EngineName) => {
  let opened: TestEngine;
  let machine: SandboxMachine;
  let sandboxes: Sandboxes;
  let workspace = '';

  beforeAll(async () => {
    opened = await openEngine(name);
    machine = await SandboxMachine.open({ connect: async () => opened.engine });
  });
  beforeEach(async () => {
    sandboxes = machine.sandboxes();
    workspace = join(machine.folder, `wörk, "s": p\\ace 'q' ${newId()}`);
    await mkdir(join(workspace, 'src'), { recursive: true });
    await writeFile(join(workspace, 'src/a.txt'), 'one\n');
    await writeFile(join(workspace, '.env'), 'TOKEN=x\n');
    await writeFile(join(workspace, 'src/.env.local'), 'TOKEN=y\n');
    await writeFile(join(workspace, 'run.sh'), '#!/bin/sh\necho ran\n');
    await chmod(join(workspace, 'run.sh'), 0o755);
    await symlink('src/a.txt', join(workspace, 'link'));
  });
  afterEach(() => sandboxes[Symbol.asyncDispose]());
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });

  const start = async (): Promise<SessionId> => {
    const session = newId<SessionId>();
    await sandboxes.start({
      session,
      workspace: await sandboxes.checkWorkspace(workspace),
      profile: 'workspace',
      signal,
    });
    return session;
  };

  /** In the sandbox that a plugin has to itself in a session. */
  const inPlugin = async (
    of: Sandboxes,
    session: SessionId,
    { plugin, script, ...grants }: { readonly plugin: string; readonly script: string } & Partial<SandboxGrants>,
  ) => {
    await mkdir(join(machine.folder, 'plugins', plugin), { recursive: true });
    const place: PluginPlace = {
      session,
      plugin,
      entry: `${INSIDE.installed}/${plugin}/index.cjs`,
      profile: 'workspace',
      hosts: [],
      workspace: 'write',
      operator: 'untold',
      ...grants,
    };
    return of.plugins.use(place, signal, async (connection) => ({
      ...(await shellOn(connection, script)),
      sandbox: connection.sandbox,
      containerId: connection.peer.containerId,
    }));
  };

  it('give a view of the workspace that is written to freely, while the folder itself does not change', async () => {
    const before = picture(workspace);
    const session = await start();
    const result = await shell(
      sandboxes,
      session,
      'set -e; ./run.sh; echo two >> src/a.txt; cat link; rm run.sh; mv src moved; mkdir -p new/deep; echo n > new/deep/f; chmod 600 moved/a.txt; stat -c %U:%a . moved/a.txt',
    );
    expect(result).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^ran\none\ntwo\n/), stderr: '' });
    expect(picture(workspace)).toBe(before);
    const { upper } = sandboxes.layer(session);
    expect((await readdir(upper)).sort()).toEqual(['moved', 'new', 'run.sh', 'src']);
    const gone = await lstat(join(upper, 'run.sh'));
    expect([gone.isCharacterDevice(), gone.rdev]).toEqual([true, 0]);
    expect(await readFile(join(upper, 'moved/a.txt'), 'utf8')).toBe('one\ntwo\n');
    await sandboxes.remove(session);
    expect(await machine.leftWithEngine(opened.engine)).toEqual([]);
    expect(picture(workspace)).toBe(before);
  });

  it('know their user by a name that nobody inside can change, and hide secrets: inside they do not exist', async () => {
    const session = await start();
    const told = await shell(sandboxes, session, 'whoami; id -gn; echo x >> /etc/passwd || echo refused');
    expect(told.stdout).toBe('cavern\ncavern\nrefused\n');
    expect(sandboxes.layer(session).maskedPaths).toEqual(['.env', 'src/.env.local']);
    const { stdout } = await shell(
      sandboxes,
      session,
      'ls -A . src; cat .env 2>&1; find / -name ".env*" 2>/dev/null; stat -c %a src',
    );
    expect(stdout).toBe(
      '.:\nlink\nrun.sh\nsrc\n\nsrc:\na.txt\ncat: .env: No such file or directory\n755\n'.replace(
        '755',
        (await lstat(join(workspace, 'src'))).mode.toString(8).slice(-3),
      ),
    );
    await sandboxes.remove(session);
  });

  it('hide secrets that come while they run, also where they have looked before, and list none of that as a change', async () => {
    await mkdir(join(workspace, 'locked'));
    await chmod(join(workspace, 'locked'), 0o555);
    const session = await start();
    await shell(sandboxes, session, 'ls -A . src locked; cat src/.env .npmrc 2>/dev/null; echo own > own.key');
    await writeFile(join(workspace, 'src/.env'), 'TOKEN=new\n');
    await writeFile(join(workspace, '.npmrc'), '//r.test/:_authToken=abc\n');
    await chmod(join(workspace, 'locked'), 0o755);
    await writeFile(join(workspace, 'locked/id_rsa'), 'key\n');
    await chmod(join(workspace, 'locked'), 0o555);
    await writeFile(join(workspace, 'own.key'), 'the operator’s\n');
    const look = () => shell(sandboxes, session, 'ls -A . src locked; cat own.key; stat -c %a locked');
    await expect
      .poll(async () => (await look()).stdout, { timeout: 60_000, interval: 500 })
      .toBe('.:\nlink\nlocked\nown.key\nrun.sh\nsrc\n\nlocked:\n\nsrc:\na.txt\nown\n555\n');
    const layer = sandboxes.layer(session);
    expect(layer.maskedPaths).toEqual(['.env', '.npmrc', 'locked/id_rsa', 'own.key', 'src/.env', 'src/.env.local']);
    const marks = await diskLayerReader.marks(layer, signal);
    expect(marks.filter(({ mark }) => mark !== 'folder').map(({ path }) => path)).toEqual(['own.key']);
    expect(await readFile(join(workspace, 'src/.env'), 'utf8')).toBe('TOKEN=new\n');
    await chmod(join(workspace, 'locked'), 0o755);
    await sandboxes.remove(session);
  });

  it('let an ordinary user inside change whatever the operator may change', async () => {
    if (process.getuid?.() === 0) await chown(join(workspace, 'run.sh'), 1000, 1000);
    await chmod(join(workspace, 'src/a.txt'), 0o600);
    const session = await start();
    const { stdout } = await shell(
      sandboxes,
      session,
      'id -u; echo more >> src/a.txt && echo written; stat -c %u src/a.txt .',
    );
    const own = process.getuid?.() === 0 ? 1000 : process.getuid?.();
    expect(stdout).toBe(`${own}\nwritten\n${own}\n${own}\n`);
    await sandboxes.remove(session);
  });

  it('keep what was written through a stop and a new start', async () => {
    const session = await start();
    await shell(sandboxes, session, 'echo kept > kept; rm src/a.txt');
    await sandboxes.stop(session);
    expect(await machine.leftWithEngine(opened.engine)).toEqual([]);
    await sandboxes.start({ session, workspace, profile: 'workspace', signal });
    expect((await shell(sandboxes, session, 'cat kept; ls src')).stdout).toBe('kept\n');
    await sandboxes.remove(session);
  });

  it('work with git, a server on the loopback interface and temporary programs, and reach nothing else', async () => {
    const session = await start();
    const { stdout, stderr, exitCode } = await shell(
      sandboxes,
      session,
      `set -e
       git init -q . && git -c user.name=a -c user.email=a@b add -A && git -c user.name=a -c user.email=a@b commit -qm one && git status --short
       node -e 'const s=require("http").createServer((q,r)=>r.end("hello\\n")).listen(0,"127.0.0.1",()=>require("http").get({port:s.address().port,host:"127.0.0.1"},r=>{r.pipe(process.stdout);r.on("end",()=>s.close())}))'
       cp /bin/true /tmp/program && /tmp/program && echo executed
       node -e 'require("net").connect(80,"1.1.1.1").on("error",e=>console.log(e.code))'`,
    );
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'hello\nexecuted\nENETUNREACH\n', stderr: '' });
    await sandboxes.remove(session);
  });

  it('work on a folder of another file system', async () => {
    const elsewhere = await mkdtemp('/dev/shm/cavern-');
    await writeFile(join(elsewhere, 'a'), 'a');
    const session = newId<SessionId>();
    await sandboxes.start({ session, workspace: elsewhere, profile: 'workspace', signal });
    expect((await shell(sandboxes, session, 'cat a; echo b > a && cat a')).stdout).toBe('ab\n');
    expect(await readFile(join(elsewhere, 'a'), 'utf8')).toBe('a');
    await sandboxes.remove(session);
    await rm(elsewhere, { recursive: true });
  });

  it('go on through a restart of the kernel, and what is not wanted any more is gone after it', async () => {
    const [kept, dropped] = [await start(), await start()];
    await shell(sandboxes, kept, 'echo state > /tmp/state');
    const own = await inPlugin(sandboxes, kept, { plugin: 'kept', script: 'echo $$ > /tmp/state; echo $HOSTNAME' });
    await inPlugin(sandboxes, dropped, { plugin: 'kept', script: 'true' });
    expect(own.exitCode).toBe(0);
    await sandboxes[Symbol.asyncDispose]();
    const second = machine.sandboxes();
    expect([...(await second.recover([kept]))]).toEqual([kept]);
    expect((await shell(second, kept, 'cat /tmp/state')).stdout).toBe('state\n');
    const again = await inPlugin(second, kept, { plugin: 'kept', script: 'test -s /tmp/state && echo its own' });
    expect([again.sandbox, again.stdout]).toEqual([own.sandbox, 'its own\n']);
    const left = await machine.leftWithEngine(opened.engine);
    const { sandbox } = second.connection(kept);
    const held = [own.sandbox, sandbox, sandbox].map((id) => `cavern-${id}`);
    expect(left.filter((each) => !each.includes(kept)).sort()).toEqual(held.sort());
    await second.remove(kept);
    await second.remove(dropped);
    expect(await machine.leftWithEngine(opened.engine)).toEqual([]);
    await second[Symbol.asyncDispose]();
  });

  it('stand still when they are paused by hand, keep what they are at, and can be stopped like that', async () => {
    const session = await start();
    await shell(sandboxes, session, '(sleep 1000 &) ; echo kept > /tmp/kept; echo session > seen.txt');
    // A plugin's own sandbox sees the same files at once, and neither the other's processes nor what lies in its memory.
    const script =
      'cat seen.txt; echo plugin > seen.txt; ls /tmp; pgrep -c sleep; ls /opt/cavern/installed /opt/cavern';
    const beside = await inPlugin(sandboxes, session, { plugin: 'beside', script });
    expect(beside.stdout).toBe('session\n0\n/opt/cavern:\nagent\ninstalled\n\n/opt/cavern/installed:\nbeside\n');
    expect((await shell(sandboxes, session, 'cat seen.txt; rm seen.txt')).stdout).toBe('plugin\n');
    const { containerId = '', pausedAt } = await sandboxes.standstill.hold(session, 'operator');
    const paused = [containerId, beside.containerId].map(async (id) => (await opened.engine.inspect(id))?.paused);
    expect([pausedAt, ...(await Promise.all(paused))]).toEqual([expect.any(Number), true, true]);
    const waiting = shell(sandboxes, session, 'cat /tmp/kept; pgrep -c sleep');
    const { pausedAt: none } = await sandboxes.standstill.release(session, 'operator');
    expect([none, (await waiting).stdout]).toEqual([undefined, 'kept\n1\n']);
    await sandboxes.standstill.hold(session, 'operator');
    await sandboxes.remove(session);
    expect(await machine.leftWithEngine(opened.engine)).toEqual([]);
  });

  it('show a plugin of the workspace and of the operator what it was granted, and no more', async () => {
    writeGitIdentityFile(join(machine.folder, 'identity'), { name: 'Ada', email: 'ada@example.org' });
    const session = await start();
    const script =
      'cat src/a.txt; ls -A /workspace | wc -l; echo x > src/a.txt; echo x > new.txt; rm -f run.sh; chmod 777 .; mount -o remount,rw /workspace; git config --system user.email';
    const reader = await inPlugin(sandboxes, session, { plugin: 'reader', script, workspace: 'read' });
    const { stdout: entries } = await shell(sandboxes, session, 'ls -A | wc -l');
    expect(reader.stdout).toBe(`one\n${entries}`);
    const nobody = await inPlugin(sandboxes, session, {
      plugin: 'nobody',
      script,
      workspace: 'none',
      operator: 'told',
    });
    expect(nobody.stdout).toBe('0\nada@example.org\n');
    // What is written in the session is seen by who may read, at once.
    expect((await shell(sandboxes, session, 'cat src/a.txt; test -e run.sh; echo seen > later.txt')).stdout).toBe(
      'one\n',
    );
    const later = await inPlugin(sandboxes, session, { plugin: 'reader', script: 'cat later.txt', workspace: 'read' });
    expect(later.stdout).toBe('seen\n');
    expect((await readdir(sandboxes.layer(session).upper)).sort()).toEqual(['later.txt']);
    await sandboxes.remove(session);
  });

  it('say why a container ended', async () => {
    const session = await start();
    const running = sandboxes.list().find((sandbox) => sandbox.session === session);
    const failed = new Promise<string | undefined>((resolve) => {
      sandboxes.onChange((sandbox) => {
        if (sandbox.state === 'failed') resolve(sandbox.failure?.message);
      });
    });
    await opened.engine.kill(running?.containerId ?? '');
    expect(await failed).toBe(`Sandbox "${running?.id}" ended: it was killed`);
    expect(await machine.leftWithEngine(opened.engine)).toEqual([]);
    await sandboxes.remove(session);
  });

  it('are checked by doctor in the way that they are used', async () => {
    expect(await sandboxes.doctor()).toMatchObject({
      engine: { kind: name },
      image: { ready: true },
      workspaceStrategy: 'overlay',
      checks: [{ ok: true }, { ok: true }, { ok: true }, { ok: true }],
    });
    expect(await machine.leftWithEngine(opened.engine)).toEqual([]);
  });
});
