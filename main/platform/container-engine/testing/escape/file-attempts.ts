import { type Attempt, silent } from './attempt.ts';

/** Everything that is a file: /proc, /sys, devices, sockets, links, the program itself, what lies beside the workspace. */
export const FILE_ATTEMPTS: readonly Attempt[] = [
  silent(
    'looks for the engine’s socket',
    'find / -xdev -type s -not -path "/run/cavern/*"; ls /var/run/docker.sock /run/podman/podman.sock',
  ),
  silent('looks for the engine’s address', 'env | grep -iE "docker|podman|containerd" | grep -vx container=podman'),
  silent(
    'asks the engine over TCP',
    'for host in 127.0.0.1 172.17.0.1 10.88.0.1; do timeout 2 bash -c "exec 3<>/dev/tcp/$host/2375" && echo reached; done',
  ),
  silent('sets the program that handles crashes', 'echo "|/tmp/x" > /proc/sys/kernel/core_pattern && echo written'),
  silent('sets the program that loads modules', 'echo /tmp/x > /proc/sys/kernel/modprobe && echo written'),
  silent('presses the magic key', 'echo b > /proc/sysrq-trigger && echo written'),
  silent('reads the machine’s memory in /proc', 'head -c 1 /proc/kcore | wc -c | grep -v ^0'),
  silent(
    'sees processes of the host',
    'grep -lE "docker[d]|podma[n]|container[d]|vites[t]" /proc/[0-9]*/cmdline | grep -v self',
  ),
  silent(
    'sees mounts of the host’s home',
    'grep -E " /(root|home)( |/)" /proc/self/mountinfo | grep -vE "/home/cavern"',
  ),
  silent('hides from being ended first', 'echo -1000 > /proc/self/oom_score_adj && echo written'),
  silent(
    'raises its memory in /sys',
    'for f in /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max; do echo 9999999999 > $f && echo written; done',
  ),
  silent(
    'leaves its control group',
    'for f in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs /sys/fs/cgroup/*/tasks; do echo $$ > $f && echo written; done',
  ),
  silent(
    'names a program for the end of a control group',
    'for f in /sys/fs/cgroup/*/release_agent /sys/fs/cgroup/release_agent; do echo /tmp/x > $f && echo written; done',
  ),
  silent('names a program for new devices', 'echo /tmp/x > /sys/kernel/uevent_helper && echo written'),
  silent('writes to the firmware', 'for f in /sys/firmware/efi/efivars/*; do echo x > $f && echo written; done'),
  silent(
    'finds devices of the host',
    'ls /dev | grep -E "^(sd|vd|nvme|xvd|dm-|loop|mem|kmem|port|kvm|fuse|kmsg|tun|vhost|mapper|snd|input|dri|uinput)"; ls /dev/net',
  ),
  silent(
    'writes to the image',
    'for f in /etc/x /usr/bin/x /bin/bash /lib/x /var/x /root/x; do echo x > $f && echo written $f; done',
  ),
  silent(
    'replaces the agent’s program',
    'echo x > /opt/cavern/agent/agent.cjs && echo written; mv /opt/cavern/agent /tmp/x && echo moved; rm -f /opt/cavern/agent/agent.cjs && echo removed',
  ),
  silent('replaces a plugin', 'touch /opt/cavern/plugins/x && echo written'),
  silent('gives itself another name', 'echo "cavern:x:0:0::/:/bin/bash" > /etc/passwd && echo written'),
  silent(
    'replaces the kernel’s socket',
    'cd /run/cavern && { mv kernel.sock k && echo moved; rm -f kernel.sock && echo removed; ln -sf /tmp/x kernel.sock && echo linked; touch x && echo made; chmod 777 . && echo opened; }',
  ),
  silent(
    'puts a link in the place of the socket’s folder',
    'mv /run/cavern /run/x && echo moved; rmdir /run/cavern && echo removed; ln -sfn /tmp /run/cavern && echo linked',
  ),
  silent(
    'leaves the socket’s folder upwards',
    'ls /run/cavern/.. | grep -E "^[a-z0-9]{20,}$"; ls -d /proc/self/root/../outside; test -e "$OUTSIDE" && echo found',
  ),
  silent(
    'runs a program with the rights of root',
    'for f in $(find / -xdev -perm /6000 -type f); do case "$f" in */su|*/newgrp|*/mount|*/umount|*/passwd|*/chsh) timeout 2 "$f" -c "id -u" </dev/null | grep -x 0;; esac; done',
  ),
  silent(
    'makes a program that runs as root',
    'cp /bin/bash /tmp/sh; chown 0:0 /tmp/sh; chmod 6755 /tmp/sh; /tmp/sh -p -c "id -u" | grep -x 0',
  ),
  silent(
    'follows a link to beside the workspace',
    'ln -s "$OUTSIDE" out; cat out/secret.txt; echo x > out/new && echo written',
  ),
  silent(
    'links a file of the image into the workspace',
    'ln /etc/passwd hard && echo linked; ln /opt/cavern/agent/agent.cjs hard2 && echo linked',
  ),
  silent('climbs out of the workspace', 'cat ../outside/secret.txt /workspace/../outside/secret.txt; ls ../outside'),
  silent('reads a secret of the workspace', 'cat .env conf/.env.local; grep -r hidden-token . --exclude-dir=.git'),
  silent(
    'reads a secret after moving its folder',
    'cp -r conf conf2; mv conf conf3; cat conf*/.env.local; mv conf3 conf; rm -rf conf2',
  ),
  silent('reads a secret after removing its folder', 'rm -rf conf; mkdir conf; ls -A conf; cat conf/.env.local'),
  silent('finds what ends a sandbox in shared memory', 'ipcs -m | grep -E "^0x"; ls -A /dev/shm'),
];
