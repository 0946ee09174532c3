import type { Attempt } from './attempt.ts';

/** Of every profile of the battery that tries them. */
export const SMALL_LIMITS = {
  memory: '256MiB',
  pids: '128',
  disk: '48MiB',
  fileSize: '24MiB',
  tmp: '16MiB',
  openFiles: '256',
} as const;

/** More than a sandbox is given, of everything there is. */
export const LIMIT_ATTEMPTS: readonly Attempt[] = [
  {
    name: 'takes all memory',
    script: `node --max-old-space-size=4096 -e 'const a = []; for (;;) a.push(Buffer.alloc(1 << 20, 1))' 2>/dev/null; echo "exit $?"`,
    stopped: /exit 137\n$/,
  },
  {
    name: 'starts processes without end',
    script: `perl -e 'while (1) { my $p = fork(); if (!defined $p) { print @k < 128 ? "stopped\\n" : "ESCAPED\\n"; kill 9, @k; exit } if ($p == 0) { sleep 60; exit } push @k, $p }'`,
    stopped: /^stopped\n$/,
  },
  {
    name: 'opens files without end',
    script: `node -e 'const fs = require("fs"); let n = 0; try { for (;; n++) fs.openSync("/dev/null") } catch (e) { console.log(e.code, n < 256) }'`,
    stopped: /^EMFILE true\n$/,
  },
  {
    name: 'fills /tmp',
    script: 'head -c 20000000 /dev/zero > /tmp/x 2>/dev/null; echo "exit $?"; rm -f /tmp/x',
    stopped: /^exit 1\n$/,
  },
  {
    name: 'writes a file larger than it may be',
    script: 'head -c 60000000 /dev/zero > big 2>/dev/null; echo "exit $?"; rm -f big',
    stopped: /exit (153|1)\n$/,
  },
  {
    name: 'makes a file that only seems small',
    script: 'truncate -s 100G sparse 2>/dev/null; echo "exit $?"; rm -f sparse',
    stopped: /exit (153|1)\n$/,
  },
  {
    name: 'locks memory',
    script: `perl -e 'print syscall(151, 3) == 0 ? "locked\\n" : "stopped\\n"' | head -1; ulimit -l`,
    stopped: /^(stopped|locked)\n[0-9]+\n$/,
  },
  {
    name: 'ends every process that it can reach',
    script: 'sleep 60 & kill -9 -1; echo done',
    stopped: /done\n$/,
  },
];

/** A fork bomb; it is ended with its command, which may take no longer than it is given. */
export const FORK_BOMB = 'bomb() { bomb | bomb & }; bomb; sleep 60';

/** Fills the workspace's layer, file by file. */
export const DISK_FILL = 'for i in $(seq 40); do head -c 8000000 /dev/zero > fill$i; sleep 0.2; done';
