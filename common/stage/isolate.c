/*
 * isolate.c - a private system for one run, or a guard without one
 *
 * See namespaces(7), user_namespaces(7), seccomp(2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "inside.h"

/* Root keeps its own user namespace: it has the right already, and proofs
 * that become another user need more than one user id. */
int isolate_flags(void)
{
	int flags = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET;

	return geteuid() == 0 ? flags : flags | CLONE_NEWUSER;
}

/* The number in file PATH; -1 if there is none. */
static long number_in(const char *path)
{
	FILE *f = fopen(path, "re");
	long n = -1;

	if (f && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

/* Which limit on namespaces is 0? NULL: none, so one of them is reached. */
static const char *zero_limit(void)
{
	static const char *const limits[] = {
		"max_user_namespaces", "max_pid_namespaces",
		"max_ipc_namespaces", "max_mnt_namespaces",
		"max_net_namespaces"
	};

	for (size_t i = 0; i < LENGTH(limits); i++) {
		char path[64];

		snprintf(path, sizeof path, "/proc/sys/user/%s", limits[i]);
		if (number_in(path) == 0)
			return limits[i];
	}
	return NULL;
}

static int has_filter(void)
{
	char text[4096];

	return proc_read(getpid(), "status", text, sizeof text) > 0 &&
	       strstr(text, "\nSeccomp:\t2");
}

/* What refuses new namespaces, most likely, and what to do: ERR is the errno of
 * the call that failed. See namespaces(7), user_namespaces(7). */
static void refusal(int err, struct words *w)
{
	const char *limit = zero_limit();
	const int is_root = geteuid() == 0;

	if (err == ENOSPC && limit)
		words_add(w, " (the limit user.%s is 0; as root: sysctl "
			  "user.%s=10000)", limit, limit);
	else if (err == ENOSPC || err == EUSERS)
		words_add(w, " (too many namespaces: a limit in "
			  "/proc/sys/user is reached, or 32 of them lie in "
			  "each other)");
	else if (err == EINVAL || err == ENOSYS)
		words_add(w, " (this kernel was built without them)");
	else if (err != EPERM && err != EACCES)
		return;
	else if (!is_root && number_in("/proc/sys/kernel/"
				       "unprivileged_userns_clone") == 0)
		words_add(w, " (as root: sysctl "
			  "kernel.unprivileged_userns_clone=1)");
	else if (!is_root && number_in("/proc/sys/kernel/apparmor_restrict_"
				       "unprivileged_userns") == 1)
		words_add(w, " (AppArmor refuses; as root: sysctl kernel."
			  "apparmor_restrict_unprivileged_userns=0)");
	else if (has_filter())
		words_add(w, " (the seccomp filter of a container refuses; "
			  "docker run --security-opt seccomp=unconfined%s)",
			  is_root ? " --cap-add=SYS_ADMIN" : "");
	else if (is_root)
		words_add(w, " (this root has no CAP_SYS_ADMIN, as in a "
			  "container)");
	else
		words_add(w, " (in a chroot only root may have them)");
}

void isolate_refused(int err, char *why, size_t size)
{
	struct words w = { why, 0, size };

	words_add(&w, "new namespaces are not allowed here: %s",
		  strerror(err));
	refusal(err, &w);
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/* Keep the user id that the outside knows: getuid() must not change. */
static int map_user(uid_t uid, gid_t gid)
{
	char map[64];

	snprintf(map, sizeof map, "%u %u 1", (unsigned)uid, (unsigned)uid);
	if (write_file("/proc/self/uid_map", map) == -1)
		return -1;
	if (write_file("/proc/self/setgroups", "deny") == -1 &&
	    errno != ENOENT)
		return -1;
	snprintf(map, sizeof map, "%u %u 1", (unsigned)gid, (unsigned)gid);
	return write_file("/proc/self/gid_map", map);
}

static int loopback_up(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (s == -1)
		return -1;
	ret = ioctl(s, SIOCGIFFLAGS, &lo);
	lo.ifr_flags |= IFF_UP;
	if (ret == 0)
		ret = ioctl(s, SIOCSIFFLAGS, &lo);
	close(s);
	return ret;
}

static int mounts(const struct place *p, const char **what)
{
	struct stat st;

	*what = "make mounts private";
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1)
		return -1;
	*what = "mount /proc";
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  NULL) == -1)
		return -1;
	*what = "mount /dev/shm";
	if (mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV,
		  "mode=1777") == -1)
		return -1;
	*what = "mount the message queues";
	if (mount("mqueue", p->mq, "mqueue", 0, NULL) == -1)
		return -1;
	if (stat("/dev/mqueue", &st) == 0 &&
	    mount("mqueue", "/dev/mqueue", "mqueue", 0, NULL) == -1)
		return -1;
	return 0;
}

/* A mount keeps those of its flags that a user namespace may not drop. */
static unsigned long kept_flags(const char *path)
{
	struct statvfs fs;
	unsigned long flags = 0;

	if (statvfs(path, &fs) == -1)
		return 0;
	if (fs.f_flag & ST_NOSUID)
		flags |= MS_NOSUID;
	if (fs.f_flag & ST_NODEV)
		flags |= MS_NODEV;
	if (fs.f_flag & ST_NOEXEC)
		flags |= MS_NOEXEC;
	if (fs.f_flag & ST_NOATIME)
		flags |= MS_NOATIME;
	if (fs.f_flag & ST_NODIRATIME)
		flags |= MS_NODIRATIME;
	if (fs.f_flag & ST_RELATIME)
		flags |= MS_RELATIME;
	return flags;
}

/* Is PATH in FOLDER? */
static int is_in(const char *path, const char *folder)
{
	const size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* A /tmp and a /var/tmp that go away with the run. P lies there as before. Not
 * where FOLDER is in one of them, which has to be seen. */
static void own_tmp(const char *folder, const struct place *p)
{
	static const char options[] = "mode=1777,size=64m,nr_inodes=16k";
	const unsigned long flags = MS_NOSUID | MS_NODEV;
	char from[64];
	int fd;

	if (!is_in(p->top, "/var/tmp") && !is_in(folder, "/var/tmp") &&
	    mount("tmpfs", "/var/tmp", "tmpfs", flags, options) == -1)
		return;
	if (!is_in(p->top, "/tmp") || is_in(folder, "/tmp") ||
	    strchr(p->top + strlen("/tmp/"), '/'))
		return;
	fd = open(p->top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return;
	snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
	if (mount("tmpfs", "/tmp", "tmpfs", flags, options) == 0 &&
	    (mkdir(p->top, 0700) == -1 ||
	     mount(from, p->top, NULL, MS_BIND | MS_REC, NULL) == -1))
		umount2("/tmp", MNT_DETACH);
	close(fd);
}

/* From here on nothing in FOLDER can be changed; P has to stay writable. Where
 * it cannot be done the run goes on without: it is for those who aim at what
 * they should not. */
static void guard_folder(const char *folder, const struct place *p)
{
	char here[PATH_MAX];

	if (is_in(p->top, folder) ||
	    mount(folder, folder, NULL, MS_BIND | MS_REC, NULL) == -1)
		return;
	mount(NULL, folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY |
	      kept_flags(folder), NULL);
	/* The current folder is still that of the mount below. */
	if (getcwd(here, sizeof here) && chdir(here) == -1)
		return;
}

int isolate_enter(const struct place *p, const char *guarded, uid_t uid,
		  gid_t gid, char *why, size_t size)
{
	const char *what = "map the user id";

	if (isolate_flags() & CLONE_NEWUSER && map_user(uid, gid) == -1)
		goto fail;
	if (mounts(p, &what) == -1)
		goto fail;
	if (guarded) {
		own_tmp(guarded, p);
		guard_folder(guarded, p);
	}
	what = "bring up the loopback device";
	if (loopback_up() == -1)
		goto fail;
	return 0;
fail:
	snprintf(why, size, "cannot %s in a new namespace: %s", what,
		 strerror(errno));
	return -1;
}

void isolate_drop(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof none);
	syscall(SYS_capset, &head, none);
	prctl(PR_SET_DUMPABLE, 1);	/* or /proc/self belongs to root */
}

#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#elif defined __i386__
#define ARCH AUDIT_ARCH_I386
#endif

/* Calls that send a signal to the process that their first argument names.
 * Those of a thread begin with its process, which is not negative. */
static const int senders[] = {
	SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
#ifdef SYS_pidfd_open
	SYS_pidfd_open,		/* for pidfd_send_signal(), say */
#endif
};

/* Where this cannot be had (an old kernel, another processor) the run goes
 * on without it: it guards against accidents, not against an enemy. */
void isolate_guard(pid_t keeper)
{
#ifdef ARCH
#define ARG0 (offsetof(struct seccomp_data, args[0]) +			\
	      (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))
	struct sock_filter code[4 + LENGTH(senders) + 7];
	const unsigned n = LENGTH(senders);
	unsigned at = 0;

	code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, arch));
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		ARCH, 1, 0);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_ALLOW);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, nr));
	/* From each of them over the rest, and over ALLOW */
	for (unsigned i = 0; i < n; i++)
		code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ |
			BPF_K, (unsigned)senders[i],
			(unsigned char)(n - i), 0);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_ALLOW);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		ARG0);
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		(unsigned)-1, 3, 0);
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		(unsigned)keeper, 2, 0);
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		(unsigned)-keeper, 1, 0);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_ALLOW);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_KILL_PROCESS);
	struct sock_fprog prog = { (unsigned short)at, code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
#else
	(void)keeper;
#endif
}
