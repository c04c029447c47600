/*
 * lesson.h - what every lesson program needs and no lesson is about: a
 * labelled line, a way out when a call fails, names that are this user's
 * and this checkout's own, and a clean end on a signal.
 *
 * Nothing more is in it, for whatever is in it is hidden from the reader of a
 * lesson. So it wraps no IPC call: those stand bare in the lesson, checks
 * included. It opens, reads, waits for and starts nothing. What only
 * experiments and proofs need, to see whether a partner sleeps or what has
 * become of a page, is in experiment.h.
 *
 * Header only, so that `cc camp.c` is all it takes to build a lesson.
 * docs/lesson-h.md explains it to a reader.
 */
#ifndef LESSON_H
#define LESSON_H

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef MSG_COPY	/* a flag of msgrcv(2): musl has no name for it */
#define MSG_COPY 040000
#endif

extern char *program_invocation_short_name;

enum {
	OWN_NAME = 64,		/* bytes that own_name() may fill */
	OWN_PATH = 108,		/* and own_path(): sun_path of unix(7) */
};

/* errno_name - "EPIPE" for EPIPE, "0" for 0, and "errno 4711" for a number
 * that Linux gives to no error. The caller must not free it; the thread's next
 * unknown number takes the place of the one before.
 *
 * The table is our own, since only newer C libraries have one to ask. So each
 * system says the same. Where two names are one number, the first one here is
 * said: EAGAIN also for EWOULDBLOCK, EOPNOTSUPP also for ENOTSUP. */
static inline const char *errno_name(int err)
{
	static _Thread_local char unknown[32];

#define NAME(error) case error: return #error
	switch (err) {
	case 0: return "0";
	NAME(EPERM); NAME(ENOENT); NAME(ESRCH); NAME(EINTR); NAME(EIO);
	NAME(ENXIO); NAME(E2BIG); NAME(ENOEXEC); NAME(EBADF); NAME(ECHILD);
	NAME(EAGAIN); NAME(ENOMEM); NAME(EACCES); NAME(EFAULT); NAME(ENOTBLK);
	NAME(EBUSY); NAME(EEXIST); NAME(EXDEV); NAME(ENODEV); NAME(ENOTDIR);
	NAME(EISDIR); NAME(EINVAL); NAME(ENFILE); NAME(EMFILE); NAME(ENOTTY);
	NAME(ETXTBSY); NAME(EFBIG); NAME(ENOSPC); NAME(ESPIPE); NAME(EROFS);
	NAME(EMLINK); NAME(EPIPE); NAME(EDOM); NAME(ERANGE); NAME(EDEADLK);
	NAME(ENAMETOOLONG); NAME(ENOLCK); NAME(ENOSYS); NAME(ENOTEMPTY);
	NAME(ELOOP); NAME(ENOMSG); NAME(EIDRM); NAME(ECHRNG); NAME(EL2NSYNC);
	NAME(EL3HLT); NAME(EL3RST); NAME(ELNRNG); NAME(EUNATCH); NAME(ENOCSI);
	NAME(EL2HLT); NAME(EBADE); NAME(EBADR); NAME(EXFULL); NAME(ENOANO);
	NAME(EBADRQC); NAME(EBADSLT); NAME(EBFONT); NAME(ENOSTR); NAME(ENODATA);
	NAME(ETIME); NAME(ENOSR); NAME(ENONET); NAME(ENOPKG); NAME(EREMOTE);
	NAME(ENOLINK); NAME(EADV); NAME(ESRMNT); NAME(ECOMM); NAME(EPROTO);
	NAME(EMULTIHOP); NAME(EDOTDOT); NAME(EBADMSG); NAME(EOVERFLOW);
	NAME(ENOTUNIQ); NAME(EBADFD); NAME(EREMCHG); NAME(ELIBACC);
	NAME(ELIBBAD); NAME(ELIBSCN); NAME(ELIBMAX); NAME(ELIBEXEC);
	NAME(EILSEQ); NAME(ERESTART); NAME(ESTRPIPE); NAME(EUSERS);
	NAME(ENOTSOCK); NAME(EDESTADDRREQ); NAME(EMSGSIZE); NAME(EPROTOTYPE);
	NAME(ENOPROTOOPT); NAME(EPROTONOSUPPORT); NAME(ESOCKTNOSUPPORT);
	NAME(EOPNOTSUPP); NAME(EPFNOSUPPORT); NAME(EAFNOSUPPORT);
	NAME(EADDRINUSE); NAME(EADDRNOTAVAIL); NAME(ENETDOWN);
	NAME(ENETUNREACH); NAME(ENETRESET); NAME(ECONNABORTED);
	NAME(ECONNRESET); NAME(ENOBUFS); NAME(EISCONN); NAME(ENOTCONN);
	NAME(ESHUTDOWN); NAME(ETOOMANYREFS); NAME(ETIMEDOUT);
	NAME(ECONNREFUSED); NAME(EHOSTDOWN); NAME(EHOSTUNREACH); NAME(EALREADY);
	NAME(EINPROGRESS); NAME(ESTALE); NAME(EUCLEAN); NAME(ENOTNAM);
	NAME(ENAVAIL); NAME(EISNAM); NAME(EREMOTEIO); NAME(EDQUOT);
	NAME(ENOMEDIUM); NAME(EMEDIUMTYPE); NAME(ECANCELED); NAME(ENOKEY);
	NAME(EKEYEXPIRED); NAME(EKEYREVOKED); NAME(EKEYREJECTED);
	NAME(EOWNERDEAD); NAME(ENOTRECOVERABLE); NAME(ERFKILL); NAME(EHWPOISON);
#ifdef EFTYPE			/* the newest headers have it */
	NAME(EFTYPE);
#endif
#if EWOULDBLOCK != EAGAIN	/* from here on: of some processors only */
	NAME(EWOULDBLOCK);
#endif
#if EDEADLOCK != EDEADLK
	NAME(EDEADLOCK);
#endif
#if ENOTSUP != EOPNOTSUPP
	NAME(ENOTSUP);
#endif
#ifdef EINIT
	NAME(EINIT);
#endif
#ifdef EREMDEV
	NAME(EREMDEV);
#endif
#ifdef EPROCLIM
	NAME(EPROCLIM);
#endif
#ifdef ERREMOTE
	NAME(ERREMOTE);
#endif
#ifdef EREMOTERELEASE
	NAME(EREMOTERELEASE);
#endif
	}
#undef NAME
	snprintf(unknown, sizeof unknown, "errno %d", err);
	return unknown;
}

/* shm_trouble - what is wrong with /dev/shm, where shared memory and named
 * semaphores lie, with the cure; NULL if there is room in it. */
static inline const char *shm_trouble(void)
{
	struct statvfs v;

	if (statvfs("/dev/shm", &v) == -1)
		return "there is no /dev/shm; as root: mkdir -p /dev/shm; "
		       "mount -t tmpfs -o mode=1777 none /dev/shm";
	if (access("/dev/shm", W_OK | X_OK) == -1)
		return "nobody may write to /dev/shm; as root: "
		       "mount -o remount,rw,mode=1777 /dev/shm";
	if (v.f_bavail * v.f_frsize < 1024 * 1024)
		return "/dev/shm is full, or has no mebibyte left: "
		       "ls -l /dev/shm shows what fills it";
	return NULL;
}

/* cure_of - what to do when CALL has failed with ERR, where a limit or the
 * system is to blame; NULL if it is not known. */
static inline const char *cure_of(const char *call, int err)
{
	if (err == EMFILE && strstr(call, "mq_"))
		return "`ulimit -q' allows no more bytes of queues; as root: "
		       "prlimit --msgqueue=819200 --pid PID-OF-YOUR-SHELL";
	if (err == EMFILE)
		return "`ulimit -n' says how many files may be open";
	if (err == EAGAIN && strstr(call, "fork"))
		return "`ulimit -u' says how many processes you may have";
	if (err == EAGAIN && strstr(call, "sigqueue"))
		return "`ulimit -i' says how many signals may wait";
	if (strstr(call, "shm_open") || strstr(call, "sem_open"))
		return shm_trouble();
	return NULL;
}

/* die - report the call that just failed, by errno's name, and what may help;
 * then exit 1. */
_Noreturn static inline void die(const char *call)
{
	int err = errno;
	const char *cure = cure_of(call, err);

	fprintf(stderr, "%s: %s: %s (%s)%s%s\n",
		program_invocation_short_name, call, errno_name(err),
		strerror(err), cure ? "; " : "", cure ? cure : "");
	exit(EXIT_FAILURE);
}

/* quit - report a mistake that is not a failed call, with its cure, in one
 * write(): lines of two programs do not mix. More than 511 bytes are cut. */
__attribute__((format(printf, 1, 2)))
_Noreturn static inline void quit(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, line);
	exit(EXIT_FAILURE);
}

/* say - print one line, labelled with the program's name, at once.
 * One write() a line, so that lines of two programs never mix; nothing
 * stays in a buffer that a killed program would lose. Ends the program if the
 * line cannot be written, for example on a full disk. A line of more than
 * 511 bytes is cut. */
__attribute__((format(printf, 1, 2)))
static inline void say(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int printed;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	printed = printf("%-9s| %s\n", program_invocation_short_name, line);
	if (printed < 0)
		die("printf");
	if (fflush(stdout) == EOF)
		die("write to stdout");
}

/* folder_id - 24 bits that stand for this user and the folder DIR.
 * Two users, or two checkouts of one user, get different ones. */
static inline uint32_t folder_id(const char *dir)
{
	uint64_t part[3] = { (uint64_t)geteuid(), 0, 0 };
	uint32_t hash = 2166136261u;		/* FNV-1a */
	struct stat st;

	if (stat(dir, &st) == 0) {
		part[1] = (uint64_t)st.st_dev;
		part[2] = (uint64_t)st.st_ino;
	}
	for (size_t i = 0; i < sizeof part; i++)
		hash = (hash ^ ((unsigned char *)part)[i]) * 16777619u;
	return (hash ^ hash >> 24) & 0xffffff;
}

/* own_id - folder_id() of the folder this program lies in, so that the
 * two programs of a lesson agree on it wherever they are started. Without
 * /proc the kernel still tells the path that was executed (getauxval(3)). */
static inline uint32_t own_id(void)
{
	char exe[PATH_MAX];
	const char *started = (const char *)getauxval(AT_EXECFN);
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *slash;

	if (n > 0)
		exe[n] = '\0';
	else
		snprintf(exe, sizeof exe, "%s", started ? started : "");
	slash = strrchr(exe, '/');
	if (!slash)
		return folder_id(".");
	*slash = '\0';
	return folder_id(*exe ? exe : "/");
}

/* own_name - fill NAME (OWN_NAME bytes) with "/ipc-lessons.UID.ID.WHAT",
 * a name for a POSIX queue, semaphore or shared memory object. */
static inline void own_name(char *name, const char *what)
{
	snprintf(name, OWN_NAME, "/ipc-lessons.%u.%06x.%s",
		 (unsigned)geteuid(), (unsigned)own_id(), what);
}

/* own_path - fill PATH (OWN_PATH bytes) with a path for a FIFO or a socket,
 * in $TMPDIR or /tmp: every file system there can hold one. */
static inline void own_path(char *path, const char *what)
{
	const char *tmp = getenv("TMPDIR");
	char name[OWN_NAME];
	int len;

	own_name(name, what);
	len = snprintf(path, OWN_PATH, "%s%s", tmp && *tmp ? tmp : "/tmp",
		       name);
	if (len >= OWN_PATH)
		quit("TMPDIR is too long for a socket's path (%d of %d bytes);"
		     " run again with TMPDIR=/tmp", len, OWN_PATH - 1);
}

/* own_key - a System V key: 1c, then 20 bits of own_id(), then TAG (0 to 15),
 * which tells the objects of one lesson apart. The 1c marks the keys of this
 * course, so that its tools know what is nobody else's. */
static inline key_t key_of(uint32_t id, unsigned tag)
{
	return (key_t)(0x1c000000u | (id & 0xfffff) << 4 | (tag & 0xf));
}

static inline key_t own_key(unsigned tag)
{
	return key_of(own_id(), tag);
}

static void (*lesson_remove)(void);
static pid_t lesson_owner;

/* A forked child inherits the clean-up and must not run it: the object
 * belongs to the process that created it. */
static inline void lesson_end(void)
{
	if (getpid() == lesson_owner)
		lesson_remove();
}

static inline void lesson_end_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGPIPE);
}

/* Not SA_RESETHAND: between that reset and the blocking of the signal a second
 * one would kill at once, before anything is removed. */
static inline void lesson_signal(int sig)
{
	lesson_end();
	signal(sig, SIG_DFL);
	raise(sig);		/* blocked until we return, then deadly */
}

/* remove_at_end - have FN remove what this program created, when it ends:
 * by return or exit(), by die(), on SIGINT, SIGTERM, SIGHUP or SIGPIPE (the
 * reader of its output has left). FN may only make async-signal-safe calls
 * (signal-safety(7)); the removing calls of every facility are plain system
 * calls on Linux. The program still dies of the signal, so whoever waits for
 * it sees why it ended. */
static inline void remove_at_end(void (*fn)(void))
{
	struct sigaction act = { .sa_handler = lesson_signal };
	struct sigaction old;

	lesson_remove = fn;
	lesson_owner = getpid();
	if (atexit(lesson_end) != 0)
		die("atexit");

	lesson_end_signals(&act.sa_mask);
	for (int sig = 1; sig < 32; sig++) {
		if (!sigismember(&act.sa_mask, sig))
			continue;
		if (sigaction(sig, NULL, &old) == -1)
			die("sigaction");
		if (old.sa_handler == SIG_IGN)	/* nohup stays nohup */
			continue;
		if (sigaction(sig, &act, NULL) == -1)
			die("sigaction");
	}
}

/* end_with_parent - for a child that might wait for ever without PARENT: it
 * gets SIGTERM when PARENT ends, also after exec() (prctl(2)); or now, if
 * PARENT has ended already: what to say about that, PARENT has said. Returns 1;
 * 0 with errno if that cannot be had. */
static inline int end_with_parent(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) == -1)
		return 0;
	if (getppid() == parent)
		return 1;
	raise(SIGTERM);
	errno = ESRCH;		/* it was blocked or ignored */
	return 0;
}

/* hold_signals - keep the signals that would end us waiting, until
 * let_signals(). Around the call that creates an object and the store of what
 * it returned: a signal between the two would find nothing to remove. */
static inline void hold_signals(void)
{
	sigset_t ends;

	lesson_end_signals(&ends);
	if (sigprocmask(SIG_BLOCK, &ends, NULL) == -1)
		die("sigprocmask");
}

static inline void let_signals(void)
{
	sigset_t ends;

	lesson_end_signals(&ends);
	if (sigprocmask(SIG_UNBLOCK, &ends, NULL) == -1)
		die("sigprocmask");
}

#endif
