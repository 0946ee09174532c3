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

/** By class and call: what every list answers, and where `strict` and `standard` differ from `standard-net`. */
const refused = (...names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, EPERM]));

const EVERY_LIST = {
  ptrace: refused('ptrace_traceme', 'ptrace_attach', 'process_vm_readv', 'process_vm_writev', 'kcmp', 'pidfd_getfd'),
  mount: refused(
    'mount',
    'umount2',
    'fsopen',
    'fsconfig',
    'fsmount',
    'fspick',
    'open_tree',
    'move_mount',
    'mount_setattr',
    'pivot_root',
    'chroot',
    'open_by_handle_at',
  ),
  unshare: refused(
    'unshare_user',
    'unshare_mount',
    'unshare_net',
    'unshare_pid',
    'unshare_ipc',
    'unshare_uts',
    'unshare_cgroup',
    'unshare_time',
    'unshare_nothing',
    'setns',
  ),
  clone: {
    ...refused('clone_user', 'clone_mount', 'clone_net', 'clone_pid', 'clone_ipc', 'clone_uts', 'clone_cgroup'),
    ...refused('clone_user_among_others'),
    clone3: ENOSYS,
    fork: 0,
    thread: 0,
  },
  keyctl: refused('keyctl', 'add_key', 'request_key'),
  bpf: refused('map_create', 'prog_load'),
  userfaultfd: refused('any', 'user_mode_only'),
  perf_event_open: refused('perf_event_open'),
  io_uring: refused('setup', 'enter', 'register'),
  kernel: {
    ...refused(
      'kexec_load',
      'init_module',
      'finit_module',
      'delete_module',
      'personality',
      'reboot',
      'swapon',
      'syslog',
    ),
    personality_asked: 0,
  },
  socket: {
    ...refused('netlink_netfilter', 'netlink_generic', 'netlink_audit', 'inet_raw'),
    ...refused('packet', 'vsock', 'alg', 'bluetooth', 'can', 'tipc', 'rds', 'xdp'),
    unix: 0,
    unix_pair: 0,
    netlink_route: 0,
    inet: 0,
    inet_datagram: 0,
    inet6: 0,
  },
} as const;

type Results = Readonly<Record<string, Readonly<Record<string, number>>>>;
const noIp = refused('inet', 'inet_datagram', 'inet6');

const EXPECTED: Readonly<Record<'standard-net' | 'standard' | 'strict', Results>> = {
  'standard-net': EVERY_LIST,
  standard: { ...EVERY_LIST, socket: { ...EVERY_LIST.socket, ...noIp } },
  strict: {
    ...EVERY_LIST,
    clone: { ...EVERY_LIST.clone, fork: EPERM },
    socket: { ...EVERY_LIST.socket, ...noIp, netlink_route: EPERM },
  },
};

/** A profile's text, which is all that differs from one list to the next. */
async function seccompOf(list: string): Promise<Profile['seccomp']> {
  const files = await profileFiles(PROFILES);
  const text = files.profiles.find(({ name }) => name === 'workspace.yaml')?.text ?? '';
  const one = { name: 'workspace.yaml', text: text.replace(/^seccomp: .*$/m, `seccomp: ${list}`) };
  const profile = readProfiles({ ...files, profiles: [one] }).get('workspace');
  if (!profile) throw new Error('There is no profile "workspace"');
  return profile.seccomp;
}

describe.each(presentEngines())('inside a container of %s', (name) => {
  const labels = { 'dev.cavern.test': newId() };
  let opened: TestEngine;
  let folder = '';

  beforeAll(async () => {
    opened = await openEngine(name);
    folder = await mkdtemp(join(tmpdir(), 'cavern-seccomp-'));
    await chmod(folder, 0o755);
    execFileSync('cc', ['-O1', '-static', '-pthread', '-o', join(folder, 'probe'), PROBE]);
  });
  afterAll(async () => {
    for (const { id } of await opened.engine.list(labels)) await opened.engine.remove(id);
    await opened[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the probe alone, as process 1, under one list. */
  const probed = async (list: string): Promise<Results> => {
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
      seccomp: await seccompOf(list),
      rootFilesystem: 'read-only',
      network: 'none',
      namespaces: 'private',
      newPrivileges: 'never',
      capabilities: [],
    });
    await engine.start(id);
    await engine.wait(id);
    const results: Record<string, Record<string, number>> = {};
    for (const line of (await engine.logs(id, 1000)).trim().split('\n')) {
      const [group = '', call = '', error] = line.split(' ');
      results[group] = { ...results[group], [call]: Number(error) };
    }
    return results;
  };

  describe.each(Object.entries(EXPECTED))('the list %s', (list, expected) => {
    let results: Results = {};
    beforeAll(async () => {
      results = await probed(list);
    });
    it.each(Object.entries(expected))('answers as it says to the calls of the class %s', (group, calls) => {
      expect(results[group]).toEqual(calls);
    });
    it('was asked all of them', () => {
      expect(Object.keys(results).sort()).toEqual(Object.keys(expected).sort());
    });
  });
});
