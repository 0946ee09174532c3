import koffi from 'koffi';

const [AF_UNIX, SOCK_DGRAM, SOCK_CLOEXEC, MSG_NOSIGNAL] = [1, 2, 0o2000000, 0x4000];
/** Of `sun_path` (unix(7)). */
const PATH_BYTES = 108;

interface Calls {
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly sendto: (
    ...args: [fd: number, data: Buffer, size: number, flags: number, to: Buffer, toSize: number]
  ) => number;
  readonly close: (fd: number) => number;
}

function callsOf(): Calls {
  const libc = koffi.load('libc.so.6');
  // koffi types what it loads as `any`; these are the signatures of C.
  return {
    socket: libc.func('int socket(int, int, int)') as Calls['socket'],
    sendto: libc.func('long sendto(int, const void *, size_t, int, const void *, uint32_t)') as Calls['sendto'],
    close: libc.func('int close(int)') as Calls['close'],
  };
}

/** `struct sockaddr_un`; a name that begins with `@` is of the abstract kind. */
function addressOf(path: string): Buffer {
  const name = Buffer.from(path);
  if (path.startsWith('@')) name[0] = 0;
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, name, path.startsWith('@') ? Buffer.alloc(0) : Buffer.alloc(1)]);
}

/**
 * Tells systemd a state of this service (sd_notify(3)), such as `READY=1`. Nothing happens where systemd did not ask for it,
 * and a message that cannot be sent is only a message less.
 * @returns whether it was sent
 */
export function notifySystemd(state: string, env: NodeJS.ProcessEnv): boolean {
  const path = env['NOTIFY_SOCKET'] ?? '';
  if (process.platform !== 'linux' || !/^[/@]/.test(path) || Buffer.byteLength(path) >= PATH_BYTES) return false;
  try {
    const { socket, sendto, close } = callsOf();
    const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    const [data, address] = [Buffer.from(state), addressOf(path)];
    try {
      return sendto(fd, data, data.length, MSG_NOSIGNAL, address, address.length) === data.length;
    } finally {
      close(fd);
    }
  } catch {
    return false;
  }
}
