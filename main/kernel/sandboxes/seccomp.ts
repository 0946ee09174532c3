import type { SeccompDocument, SocketFamily } from '../../../schema/profile.ts';
import { Fault } from '../../../schema/fault.ts';

interface SeccompArgument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_MASKED_EQ';
}

interface SeccompRule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly SeccompArgument[];
}

/** The form that container engines take. Without a list of architectures it holds for the machine's own and kills calls of any other. */
export interface SeccompProfile {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly syscalls: readonly SeccompRule[];
}

const EPERM = 1;
const ENOSYS = 38;

/** Numbers of <linux/socket.h>. */
const FAMILIES: Readonly<Record<SocketFamily, number>> = { unix: 1, inet: 2, inet6: 10, netlink: 16 };
const NETLINK_ROUTE = 0;

/** CLONE_NEWTIME is not among them: clone() cannot express it. NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET of <linux/sched.h>. */
const CLONE_NAMESPACES = 0x7e02_0000;
const CLONE_THREAD = 0x0001_0000;

/** Makes the engine's form of a document; `documents` are all there are, by name, for `extends`. */
export function seccompProfile(name: string, documents: ReadonlyMap<string, SeccompDocument>): SeccompProfile {
  const document = resolveDocument(name, documents, []);
  const denied = new Set(document.deny);
  const allowed = [...new Set(Object.values(document.allow ?? {}).flat(2))].filter((call) => !denied.has(call)).sort();
  const isForkAllowed = document.processes === 'any';
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: EPERM,
    syscalls: [
      allow(isForkAllowed ? [...allowed, 'fork', 'vfork'] : allowed),
      allow(
        ['clone'],
        [isForkAllowed ? masked(0, CLONE_NAMESPACES, 0) : masked(0, CLONE_NAMESPACES | CLONE_THREAD, CLONE_THREAD)],
      ),
      ...(document.personalities ?? []).map((persona) => allow(['personality'], [equal(0, persona)])),
      ...(document.socketFamilies ?? []).map((family) => allow(['socket', 'socketpair'], socketArguments(family))),
      ...(document.absent?.length
        ? [{ names: document.absent, action: 'SCMP_ACT_ERRNO' as const, errnoRet: ENOSYS }]
        : []),
    ],
  };
}

/** The document with what it takes over from those that it extends. */
function resolveDocument(
  name: string,
  documents: ReadonlyMap<string, SeccompDocument>,
  seen: readonly string[],
): SeccompDocument {
  const document = documents.get(name);
  if (!document) throw broken(name, 'there is no such document in profiles/seccomp');
  if (seen.includes(name)) throw broken(name, 'it extends itself');
  if (document.extends === undefined) return document;
  return { ...resolveDocument(document.extends, documents, [...seen, name]), ...document };
}

function broken(name: string, state: string): Fault {
  return new Fault('profile_unknown', `Cannot use seccomp profile "${name}": ${state}`);
}

function allow(names: readonly string[], ...args: readonly (readonly SeccompArgument[])[]): SeccompRule {
  const flat = args.flat();
  return { names, action: 'SCMP_ACT_ALLOW', ...(flat.length > 0 ? { args: flat } : {}) };
}

function equal(index: number, value: number): SeccompArgument {
  return { index, value, valueTwo: 0, op: 'SCMP_CMP_EQ' };
}

/**
 * In the engines' form `value` is the mask and `valueTwo` what must remain. One condition an argument: of two on the same
 * argument runc makes two rules, of which either suffices.
 */
function masked(index: number, mask: number, value: number): SeccompArgument {
  return { index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' };
}

/** Of netlink only the routing protocol, which lists interfaces; the others reach far into the kernel. */
function socketArguments(family: SocketFamily): readonly SeccompArgument[] {
  const domain = equal(0, FAMILIES[family]);
  return family === 'netlink' ? [domain, equal(2, NETLINK_ROUTE)] : [domain];
}
