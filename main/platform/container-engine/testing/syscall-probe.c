// Tries system calls that a sandbox must refuse, and some that it must allow; prints one line each: name, then 0 or the error's number.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void report(const char *name, long result) { printf("%s %d\n", name, result < 0 ? errno : 0); }

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

int main(void) {
  char buffer[256] = {0};
  report("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
  report("process_vm_readv", syscall(SYS_process_vm_readv, getpid(), 0, 0, 0, 0, 0));
  report("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, 0));
  report("umount2", syscall(SYS_umount2, "/tmp", 0));
  report("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
  report("open_tree", syscall(SYS_open_tree, -100, "/tmp", 1));
  report("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
  report("chroot", syscall(SYS_chroot, "/tmp"));
  report("unshare_user", syscall(SYS_unshare, CLONE_NEWUSER));
  report("setns", syscall(SYS_setns, 0, 0));
  report("clone_user", forked(CLONE_NEWUSER));
  report("clone3", syscall(SYS_clone3, buffer, 88));
  report("keyctl", syscall(SYS_keyctl, 0, -3, 0));
  report("add_key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
  report("bpf", syscall(SYS_bpf, 0, buffer, 64));
  report("userfaultfd", syscall(SYS_userfaultfd, 1));
  report("perf_event_open", syscall(SYS_perf_event_open, buffer, 0, -1, -1, 0));
  report("io_uring_setup", syscall(SYS_io_uring_setup, 1, buffer));
  report("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0));
  report("init_module", syscall(SYS_init_module, buffer, 1, ""));
  report("open_by_handle_at", syscall(SYS_open_by_handle_at, -100, buffer, 0));
  report("personality", syscall(SYS_personality, 0x0004000));
  report("packet", socket_of(AF_PACKET, SOCK_RAW, 0));
  report("vsock", socket_of(40, SOCK_STREAM, 0));
  report("alg", socket_of(38, SOCK_SEQPACKET, 0));
  report("netfilter", socket_of(AF_NETLINK, SOCK_RAW, 12));
  report("netlink_route", socket_of(AF_NETLINK, SOCK_RAW, 0));
  report("inet", socket_of(AF_INET, SOCK_STREAM, 0));
  report("inet6", socket_of(AF_INET6, SOCK_STREAM, 0));
  report("unix", socket_of(AF_UNIX, SOCK_STREAM, 0));
  report("fork", forked(0));
  pthread_t thread;
  int started = pthread_create(&thread, 0, nothing, 0);
  errno = started;
  report("thread", started == 0 ? 0 : -1);
  return 0;
}
