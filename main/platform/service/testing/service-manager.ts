import koffi from 'koffi';

export interface ServiceManager extends Disposable {
  /** The next message, empty where none waits. */
  received(): string;
}

/** A service manager: a datagram socket that is bound to a path, and what comes to it. */
export function serviceManager(path: string): ServiceManager {
  const libc = koffi.load('libc.so.6');
  const socket = libc.func('int socket(int, int, int)') as (...args: number[]) => number; // as in C
  const bind = libc.func('int bind(int, const void *, uint32_t)') as (fd: number, to: Buffer, size: number) => number; // as in C
  const recv = libc.func('long recv(int, _Out_ void *, size_t, int)') as (
    ...args: [number, Buffer, number, number]
  ) => number; // as in C
  const close = libc.func('int close(int)') as (fd: number) => number; // as in C
  const fd = socket(1, 2, 0);
  const address = Buffer.concat([Buffer.from([1, 0]), Buffer.from(path), Buffer.alloc(1)]);
  if (bind(fd, address, address.length) !== 0) throw new Error(`Cannot listen on ${path}`);
  return {
    received(): string {
      const data = Buffer.alloc(1000);
      const size = recv(fd, data, data.length, 0x40);
      return data.toString('utf8', 0, Math.max(0, size));
    },
    [Symbol.dispose]: () => void close(fd),
  };
}
