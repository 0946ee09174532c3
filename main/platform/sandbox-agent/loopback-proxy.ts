import { createConnection, createServer } from 'node:net';

/** Offers the kernel's proxy on the sandbox's own loopback: most programs can be told of a port, few of a socket in a folder. */
export function offerProxy(socketPath: string, port: number): void {
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = createConnection({ path: socketPath, allowHalfOpen: true });
    const end = (): void => {
      inner.destroy();
      outer.destroy();
    };
    inner.on('error', end);
    outer.on('error', end);
    inner.on('close', () => outer.destroySoon());
    outer.on('close', () => inner.destroySoon());
    inner.pipe(outer);
    outer.pipe(inner);
  });
  // A program that took the port before has only itself to talk to.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
}
