// Tries the system calls of one class, named by its argument, or of all; prints one line each: class, name, then 0 or the error's number.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *class;
static char buffer[256];

static void report(const char *name, long result) { printf("%s %s %d\n", class, name, result < 0 ? errno : 0); }

static void *nothing(void *unused) { return unused; }

static long forked(unsigned long flags) {
  long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) _exit(0);
  if (pid > 0) waitpid((pid_t)pid, 0, 0);
  return pid;
}

static long socket_of(int family, int type, int protocol) {
  int fd = socket(family, type, protocol);
  if (fd >= 0) close(fd);
  return fd;
}

static long pair_of(int family) {
  int fds[2];
  long result = socketpair(family, SOCK_STREAM, 0, fds);
  if (result == 0) close(fds[0]), close(fds[1]);
  return result;
}

static void tracing(void) {
  struct iovec one = {buffer, 8};
  report("ptrace_traceme", syscall(SYS_ptrace, 0, 0, 0, 0));
  report("ptrace_attach", syscall(SYS_ptrace, 16, getppid(), 0, 0));
  report("process_vm_readv", syscall(SYS_process_vm_readv, getpid(), &one, 1, &one, 1, 0));
  report("process_vm_writev", syscall(SYS_process_vm_writev, getpid(), &one, 1, &one, 1, 0));
  report("kcmp", syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0));
  report("pidfd_getfd", syscall(SYS_pidfd_getfd, 0, 0, 0));
}

static void mounts(void) {
  report("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, 0));
  report("umount2", syscall(SYS_umount2, "/tmp", 0));
  report("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
  report("fsconfig", syscall(SYS_fsconfig, 0, 6, 0, 0, 0));
  report("fsmount", syscall(SYS_fsmount, 0, 0, 0));
  report("fspick", syscall(SYS_fspick, -100, "/tmp", 0));
  report("open_tree", syscall(SYS_open_tree, -100, "/tmp", 1));
  report("move_mount", syscall(SYS_move_mount, -100, "/tmp", -100, "/", 0));
  report("mount_setattr", syscall(442, -100, "/", 0, buffer, 32));
  report("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
  report("chroot", syscall(SYS_chroot, "/tmp"));
  report("open_by_handle_at", syscall(SYS_open_by_handle_at, -100, buffer, 0));
}

static void unshared(void) {
  report("unshare_user", syscall(SYS_unshare, CLONE_NEWUSER));
  report("unshare_mount", syscall(SYS_unshare, CLONE_NEWNS));
  report("unshare_net", syscall(SYS_unshare, CLONE_NEWNET));
  report("unshare_pid", syscall(SYS_unshare, CLONE_NEWPID));
  report("unshare_ipc", syscall(SYS_unshare, CLONE_NEWIPC));
  report("unshare_uts", syscall(SYS_unshare, CLONE_NEWUTS));
  report("unshare_cgroup", syscall(SYS_unshare, CLONE_NEWCGROUP));
  report("unshare_time", syscall(SYS_unshare, 0x80));
  report("unshare_nothing", syscall(SYS_unshare, 0));
  report("setns", syscall(SYS_setns, 0, 0));
}

static void cloned(void) {
  pthread_t thread;
  report("clone_user", forked(CLONE_NEWUSER));
  report("clone_mount", forked(CLONE_NEWNS));
  report("clone_net", forked(CLONE_NEWNET));
  report("clone_pid", forked(CLONE_NEWPID));
  report("clone_ipc", forked(CLONE_NEWIPC));
  report("clone_uts", forked(CLONE_NEWUTS));
  report("clone_cgroup", forked(CLONE_NEWCGROUP));
  report("clone_user_among_others", forked(CLONE_NEWUSER | CLONE_FS | CLONE_FILES));
  report("clone3", syscall(SYS_clone3, buffer, 88));
  report("fork", forked(0));
  errno = pthread_create(&thread, 0, nothing, 0);
  report("thread", errno == 0 ? 0 : -1);
}

static void keys(void) {
  report("keyctl", syscall(SYS_keyctl, 0, -3, 0));
  report("add_key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
  report("request_key", syscall(SYS_request_key, "user", "x", 0, -3));
}

static void bpf(void) {
  report("map_create", syscall(SYS_bpf, 0, buffer, 64));
  report("prog_load", syscall(SYS_bpf, 5, buffer, 64));
}

static void userfaultfd(void) {
  report("any", syscall(SYS_userfaultfd, 0));
  report("user_mode_only", syscall(SYS_userfaultfd, 1));
}

static void perf(void) { report("perf_event_open", syscall(SYS_perf_event_open, buffer, 0, -1, -1, 0)); }

static void io_uring(void) {
  report("setup", syscall(SYS_io_uring_setup, 1, buffer));
  report("enter", syscall(SYS_io_uring_enter, 0, 0, 0, 0, 0, 0));
  report("register", syscall(SYS_io_uring_register, 0, 0, 0, 0));
}

static void kernel(void) {
  report("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0));
  report("init_module", syscall(SYS_init_module, buffer, 1, ""));
  report("finit_module", syscall(SYS_finit_module, 0, "", 0));
  report("delete_module", syscall(SYS_delete_module, "x", 0));
  report("personality", syscall(SYS_personality, 0x0004000));
  report("personality_asked", syscall(SYS_personality, 0xffffffff));
  report("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0));
  report("swapon", syscall(SYS_swapon, "/tmp/x", 0));
  report("syslog", syscall(SYS_syslog, 3, buffer, 100));
}

static void sockets(void) {
  report("unix", socket_of(AF_UNIX, SOCK_STREAM, 0));
  report("unix_pair", pair_of(AF_UNIX));
  report("netlink_route", socket_of(AF_NETLINK, SOCK_RAW, 0));
  report("netlink_netfilter", socket_of(AF_NETLINK, SOCK_RAW, 12));
  report("netlink_generic", socket_of(AF_NETLINK, SOCK_RAW, 16));
  report("netlink_audit", socket_of(AF_NETLINK, SOCK_RAW, 9));
  report("inet", socket_of(AF_INET, SOCK_STREAM, 0));
  report("inet_datagram", socket_of(AF_INET, SOCK_DGRAM, 0));
  report("inet_raw", socket_of(AF_INET, SOCK_RAW, 1));
  report("inet6", socket_of(AF_INET6, SOCK_STREAM, 0));
  report("packet", socket_of(AF_PACKET, SOCK_RAW, 0));
  report("vsock", socket_of(40, SOCK_STREAM, 0));
  report("alg", socket_of(38, SOCK_SEQPACKET, 0));
  report("bluetooth", socket_of(31, SOCK_RAW, 1));
  report("can", socket_of(29, SOCK_RAW, 1));
  report("tipc", socket_of(30, SOCK_SEQPACKET, 0));
  report("rds", socket_of(21, SOCK_SEQPACKET, 0));
  report("xdp", socket_of(44, SOCK_RAW, 0));
}

static const struct {
  const char *name;
  void (*run)(void);
} CLASSES[] = {
    {"ptrace", tracing},      {"mount", mounts},    {"unshare", unshared},
    {"clone", cloned},        {"keyctl", keys},     {"bpf", bpf},
    {"userfaultfd", userfaultfd}, {"perf_event_open", perf}, {"io_uring", io_uring},
    {"kernel", kernel},       {"socket", sockets},
};

int main(int count, char **words) {
  for (size_t index = 0; index < sizeof CLASSES / sizeof *CLASSES; index++) {
    class = CLASSES[index].name;
    if (count < 2 || strcmp(words[1], class) == 0) CLASSES[index].run();
  }
  return 0;
}
