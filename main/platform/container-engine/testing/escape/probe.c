// Tries one way out of a sandbox, named by its argument, and prints "stopped" with the error, or "ESCAPED".
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char buffer[4096];
static const char *target;

static long opened(const char *path, int flags) { return open(path, flags | O_CLOEXEC); }
static long socket_of(int family, int type, int protocol) { return socket(family, type, protocol); }

static long cloned(unsigned long flags) {
  long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) _exit(0);
  if (pid > 0) waitpid((pid_t)pid, 0, 0);
  return pid;
}

static long memory_of(pid_t pid, long call) {
  struct iovec own = {buffer, 8}, other = {(void *)0x400000, 8};
  return syscall(call, pid, &own, 1, &other, 1, 0);
}

static long setns_of(const char *path) {
  int fd = open(path, O_RDONLY);
  return fd < 0 ? -1 : syscall(SYS_setns, fd, 0);
}

// A call by the 32-bit gate: what it would do is judged by other numbers. 20 is getpid there.
static long by_int80(void) {
#ifdef __x86_64__
  pid_t child = fork();
  if (child == 0) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
    _exit(result > 0 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  errno = EPERM;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
#else
  errno = ENOSYS;
  return -1;
#endif
}

static long x32(void) {
  pid_t child = fork();
  if (child == 0) _exit(syscall(0x40000000 | SYS_getpid) > 0 ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  errno = EPERM;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static long abstract_socket(const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path + 1, name, strlen(name));
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  return connect(fd, (struct sockaddr *)&address, (socklen_t)(sizeof(sa_family_t) + 1 + strlen(name)));
}

// Any signal that ends, stops or changes the agent would be one too many; that it still answers is looked at from outside.
static long signals(pid_t pid) {
  for (int number = 1; number <= 64; number++) kill(pid, number);
  errno = EPERM;
  return -1;
}

static long raised(int resource) {
  struct rlimit limit;
  getrlimit(resource, &limit);
  limit.rlim_cur = limit.rlim_max = limit.rlim_max + 1;
  return setrlimit(resource, &limit);
}

static long attempt(const char *name) {
#define TRY(text, call) if (strcmp(name, text) == 0) return (call)
  struct timeval when = {1, 0};
  struct timespec at = {1, 0};
  TRY("ptrace", syscall(SYS_ptrace, 16, 1, 0, 0));
  TRY("read-agent", memory_of(1, SYS_process_vm_readv));
  TRY("write-agent", memory_of(1, SYS_process_vm_writev));
  TRY("agent-mem", opened("/proc/1/mem", O_RDWR));
  TRY("agent-fd", opened("/proc/1/fd/0", O_RDWR));
  TRY("agent-fds", opened("/proc/1/fd", O_RDONLY | O_DIRECTORY));
  TRY("agent-root", opened("/proc/1/root/etc/passwd", O_RDONLY));
  TRY("pidfd-getfd", syscall(438, syscall(434, 1, 0), 0, 0));
  TRY("kcmp", syscall(SYS_kcmp, 1, getpid(), 0, 0, 0));
  TRY("signals", signals(1));
  TRY("mount-tmpfs", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, 0));
  TRY("mount-bind", syscall(SYS_mount, "/", "/tmp", 0, MS_BIND, 0));
  TRY("remount", syscall(SYS_mount, "none", "/", 0, MS_REMOUNT | MS_BIND, 0));
  TRY("mount-proc", syscall(SYS_mount, "proc", "/tmp", "proc", 0, 0));
  TRY("mount-cgroup", syscall(SYS_mount, "cgroup", "/tmp", "cgroup", 0, "memory"));
  TRY("umount", syscall(SYS_umount2, "/workspace", MNT_DETACH));
  TRY("umount-proc", syscall(SYS_umount2, "/proc/sys", MNT_DETACH));
  TRY("fsopen", syscall(430, "tmpfs", 0));
  TRY("open-tree", syscall(428, -100, "/", 1));
  TRY("move-mount", syscall(429, -100, "/workspace", -100, "/tmp", 0));
  TRY("mount-setattr", syscall(442, -100, "/", 0, buffer, 32));
  TRY("pivot-root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
  TRY("chroot", syscall(SYS_chroot, "/tmp"));
  TRY("unshare-user", syscall(SYS_unshare, CLONE_NEWUSER));
  TRY("unshare-mount", syscall(SYS_unshare, CLONE_NEWNS));
  TRY("unshare-net", syscall(SYS_unshare, CLONE_NEWNET));
  TRY("unshare-pid", syscall(SYS_unshare, CLONE_NEWPID));
  TRY("unshare-cgroup", syscall(SYS_unshare, 0x02000000));
  TRY("setns-agent", setns_of("/proc/1/ns/net"));
  TRY("setns-self", setns_of("/proc/self/ns/user"));
  TRY("clone-user", cloned(CLONE_NEWUSER));
  TRY("clone-mount", cloned(CLONE_NEWNS));
  TRY("clone3", syscall(SYS_clone3, buffer, 88));
  TRY("keyctl", syscall(SYS_keyctl, 0, -3, 0));
  TRY("add-key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
  TRY("request-key", syscall(SYS_request_key, "user", "x", 0, -3));
  TRY("bpf", syscall(SYS_bpf, 0, buffer, 64));
  TRY("userfaultfd", syscall(SYS_userfaultfd, 1));
  TRY("perf", syscall(SYS_perf_event_open, buffer, 0, -1, -1, 0));
  TRY("io-uring", syscall(425, 1, buffer));
  TRY("kexec", syscall(SYS_kexec_load, 0, 0, 0, 0));
  TRY("kexec-file", syscall(SYS_kexec_file_load, 0, 0, 0, 0, 0));
  TRY("init-module", syscall(SYS_init_module, buffer, 1, ""));
  TRY("finit-module", syscall(SYS_finit_module, 0, "", 0));
  TRY("delete-module", syscall(SYS_delete_module, "x", 0));
  TRY("handle", syscall(SYS_open_by_handle_at, -100, buffer, 0));
  TRY("personality", syscall(SYS_personality, 0x0004000));
  TRY("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0));
  TRY("swapon", syscall(SYS_swapon, "/tmp/x", 0));
  TRY("acct", syscall(SYS_acct, "/tmp/x"));
  TRY("syslog", syscall(SYS_syslog, 3, buffer, 100));
  TRY("settimeofday", syscall(SYS_settimeofday, &when, 0));
  TRY("clock-settime", syscall(SYS_clock_settime, 0, &at));
  TRY("sethostname", syscall(SYS_sethostname, "x", 1));
  TRY("quotactl", syscall(SYS_quotactl, 0x800002, "x", 0, buffer));
  TRY("fanotify", syscall(SYS_fanotify_init, 0, 0));
  TRY("vhangup", syscall(SYS_vhangup));
#ifdef SYS_iopl
  TRY("iopl", syscall(SYS_iopl, 3));
  TRY("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
#endif
  TRY("int80", by_int80());
  TRY("x32", x32());
  TRY("packet", socket_of(AF_PACKET, SOCK_RAW, 0));
  TRY("raw-icmp", socket_of(AF_INET, SOCK_RAW, 1));
  TRY("raw-ipv6", socket_of(AF_INET6, SOCK_RAW, 58));
  TRY("ping", socket_of(AF_INET, SOCK_DGRAM, 1));
  TRY("vsock", socket_of(40, SOCK_STREAM, 0));
  TRY("alg", socket_of(38, SOCK_SEQPACKET, 0));
  TRY("bluetooth", socket_of(31, SOCK_RAW, 1));
  TRY("can", socket_of(29, SOCK_RAW, 1));
  TRY("xdp", socket_of(44, SOCK_RAW, 0));
  TRY("netfilter", socket_of(AF_NETLINK, SOCK_RAW, 12));
  TRY("generic-netlink", socket_of(AF_NETLINK, SOCK_RAW, 16));
  TRY("audit-netlink", socket_of(AF_NETLINK, SOCK_RAW, 9));
  TRY("abstract-x11", abstract_socket("/tmp/.X11-unix/X0"));
  TRY("setuid", setuid(0));
  TRY("setgid", setgid(0));
  TRY("setgroups", syscall(SYS_setgroups, 1, buffer));
  TRY("setuid-file", chown(target, 0, 0));
  TRY("mknod-block", mknod("/tmp/block", S_IFBLK | 0600, 0x0800));
  TRY("mknod-char", mknod("/tmp/char", S_IFCHR | 0600, 0x0101));
  TRY("mknod-whiteout", mknod("/workspace/src/whiteout", S_IFCHR | 0600, 0));
  TRY("file-capability", setxattr(target, "security.capability", buffer, 20, 0));
  TRY("overlay-trusted", setxattr("/workspace/src", "trusted.overlay.redirect", target, strlen(target), 0));
  TRY("raise-files", raised(RLIMIT_NOFILE));
  TRY("raise-filesize", raised(RLIMIT_FSIZE));
  TRY("nice", setpriority(PRIO_PROCESS, 0, -20));
  fprintf(stderr, "there is no attempt of this name\n");
  exit(2);
}

int main(int count, char **words) {
  target = count > 2 ? words[2] : words[0];
  long result = attempt(count > 1 ? words[1] : "");
  if (result < 0) printf("stopped %s\n", strerror(errno));
  else printf("ESCAPED %ld\n", result);
  return 0;
}
