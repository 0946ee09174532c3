import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../base/id.ts';
import { type Profile, readProfiles } from '../../kernel/sandboxes/profiles.ts';
import { profileFiles } from './profile-files.ts';
import { TEST_IMAGE, type TestEngine, openEngine, presentEngines } from './testing/engines.ts';

const PROFILES = fileURLToPath(new URL('../../../profiles', import.meta.url));
const PROBE = fileURLToPath(new URL('./testing/syscall-probe.c', import.meta.url));
const EPERM = 1;
const ENOSYS = 38;

const REFUSED_EVERYWHERE = [
  'ptrace',
  'process_vm_readv',
  'mount',
  'umount2',
  'fsopen',
  'open_tree',
  'pivot_root',
  'chroot',
  'unshare_user',
  'setns',
  'clone_user',
  'keyctl',
  'add_key',
  'bpf',
  'userfaultfd',
  'perf_event_open',
  'io_uring_setup',
  'kexec_load',
  'init_module',
  'open_by_handle_at',
  'personality',
  'packet',
  'vsock',
  'alg',
  'netfilter',
];

const all = (names: readonly string[], result: number) => Object.fromEntries(names.map((name) => [name, result]));
const everywhere = { ...all(REFUSED_EVERYWHERE, EPERM), clone3: ENOSYS, unix: 0, thread: 0 };
const net = { netlink_route: 0, inet: 0, inet6: 0 };

/** The programs that use these lists, by list. */
const EXPECTED = [
  ['workspace', 'standard-net', { ...everywhere, ...net, fork: 0 }],
  ['policy-extension', 'strict', { ...everywhere, ...all(Object.keys(net), EPERM), fork: EPERM }],
] as const;

describe.each(presentEngines())('inside a container of %s', (name) => {
  const labels = { 'dev.cavern.test': newId() };
  let opened: TestEngine;
  let profiles: ReadonlyMap<string, Profile>;
  let folder = '';

  beforeAll(async () => {
    opened = await openEngine(name);
    folder = await mkdtemp(join(tmpdir(), 'cavern-seccomp-'));
    await chmod(folder, 0o755);
    execFileSync('cc', ['-O1', '-static', '-pthread', '-o', join(folder, 'probe'), PROBE]);
    profiles = readProfiles(await profileFiles(PROFILES));
  });
  afterAll(async () => {
    for (const { id } of await opened.engine.list(labels)) await opened.engine.remove(id);
    await opened[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(EXPECTED)(
    'profile %s (%s) refuses the system calls that reach out of it',
    async (profileName, _list, expected) => {
      const profile = profiles.get(profileName);
      if (!profile) throw new Error(`There is no profile "${profileName}"`);
      const { engine } = opened;
      const id = await engine.create({
        name: `cavern-test-${newId()}`,
        image: TEST_IMAGE,
        labels,
        argv: ['/probe/probe'],
        env: {},
        user: { uid: 1000, gid: 1000 },
        hostname: 'cavern',
        workingFolder: '/',
        mounts: [{ kind: 'bind', source: folder, target: '/probe', access: 'read' }],
        limits: { memoryBytes: 128 * 1024 ** 2, cpus: 1, pids: 32, openFiles: 256 },
        seccomp: profile.seccomp,
        rootFilesystem: 'read-only',
        network: 'none',
        namespaces: 'private',
        newPrivileges: 'never',
        capabilities: [],
      });
      await engine.start(id);
      await engine.wait(id);
      const lines = (await engine.logs(id, 1000)).trim().split('\n');
      const results = Object.fromEntries(
        lines.map((line) => line.split(' ')).map(([call, error]) => [call, Number(error)]),
      );
      expect(results).toEqual(expected);
    },
  );
});
