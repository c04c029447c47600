/*
 * inside.h - what the parts of why know of each other; nobody else includes it
 *
 * How a new kind of object comes in: a file of its own, with a function that
 * is given a struct wait. It says three things, in this order:
 *   1. the object:   wait_object(w, "pipe", fd, link), and words_add() to
 *                    &w->words in the words of the sentence;
 *   2. who could end the wait, and by what: wait_ender() for each;
 *   3. whether those are all: wait_closed(), once for each object. Who does not
 *      say so says that somebody unknown could end the wait, too, which is
 *      always safe.
 * A wait that ends by itself (time, a disk): wait_ends(). One that a signal
 * ends: wait_signal().
 */
#ifndef WHY_INSIDE_H
#define WHY_INSIDE_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "proc.h"
#include "why.h"
#include "words.h"

/* ------------------------------------------------------------- task.c */

/* What could be read of a thread's system call. */
enum task_call {
	TASK_RUNS,		/* it has not come to a sleep */
	TASK_IN_CALL,
	TASK_IN_NONE,		/* it sleeps, but in no call */
	TASK_REFUSED,		/* that may not be read */
	TASK_OTHER_ABI,		/* it was built for a processor whose calls
				   are not known here */
};

/* One thread, as it was when it was looked at. */
struct task {
	pid_t pid, tid;
	char comm[32];
	char state;
	int bits;		/* 32 or 64: how wide its pointers are */
	enum task_call in;
	long nr;		/* the number of its call */
	const char *name;	/* its name in the kernel's headers, or NULL */
	unsigned long long arg[6];
};

/* Read name and state of thread TID of PID: 0, or -1 if there is none. */
int task_get(struct task *t, pid_t pid, pid_t tid);
/* Read its system call: sets all from BITS on. */
void task_read_call(struct task *t);

/* Read SIZE bytes of its memory from address AT: how many there were, or -1. */
ssize_t task_peek(const struct task *t, unsigned long long at, void *to,
		  size_t size);
/* A string of its memory, at most SIZE - 1 bytes; "" if there is none. */
void task_string(const struct task *t, unsigned long long at, char *to,
		 size_t size);
/* N words of its memory, each as wide as its pointers: 0, or -1. */
int task_words(const struct task *t, unsigned long long at,
	       unsigned long long *to, size_t n);
/* A struct timespec of its memory: 0, or -1. A call whose name ends in
 * "time64" has a wide one also where pointers are narrow. */
int task_time(const struct task *t, unsigned long long at,
	      struct timespec *to);
/* Argument I as a signed number as wide as its pointers. */
long long task_long(const struct task *t, int i);

/* The system calls of this processor, and of its other width, from the headers:
 * list-calls makes the tables. The last one has no name; it is the only one
 * where there is no such other width. */
struct call_name {
	long nr;
	const char *name;
};

extern const struct call_name call_names[];
extern const struct call_name call_names_i386[];
extern const struct call_name call_names_x86_64[];

/* ------------------------------------------------------------- diag.c */

/* One end of a connection. An address of IPv4 is written as ::ffff:1.2.3.4. */
struct inet_end {
	unsigned char address[16];
	unsigned port;
};

/* Its states, as the kernel numbers them; the last one is our own: it is a
 * client's socket, in the queue of the listener PEER. */
enum { SOCK_CONNECTED = 1, SOCK_CONNECTS = 2, SOCK_ALONE = 7,
       SOCK_LISTENS = 10, SOCK_QUEUED = 100 };

enum { SOCK_NAME = 112 };	/* bytes of a name, with its end */

struct sock {
	unsigned long long ino;	/* as in "socket:[123]"; 0: of no descriptor */
	int type;		/* SOCK_STREAM ... */
	unsigned state;
	unsigned to_read;	/* bytes that have come; or of a listener, so
				   many connections wait, */
	unsigned room;		/* and more than so many may not */
	unsigned sent;		/* bytes that are not received yet, */
	unsigned may_send;	/* of at most so many; 0: not known */
	/* Unix */
	unsigned long long peer;	/* its INO; 0: none, or not known */
	unsigned long long file;	/* the inode of its path, or 0 */
	char name[SOCK_NAME];	/* "" if it has none; "@x" has no file */
	/* TCP, UDP */
	struct inet_end from, to;
};

enum socks_kind { SOCKS_UNIX, SOCKS_TCP, SOCKS_UDP };

struct socks {
	struct sock *v;
	size_t n, size;
	int has_peers;		/* else the peers of Unix sockets, and what is
				   in the queues, are not known */
};

/* All sockets of the network namespace of PID: the caller frees ALL->V. */
void socks_read(struct socks *all, pid_t pid, enum socks_kind kind);

/* ------------------------------------------------------------- seen.c */

/* Somebody who has an object open. */
struct holder {
	pid_t pid;
	int fd;
	const char *link;	/* where /proc/PID/fd/FD leads */
};

/* What one look has read of /proc: each descriptor of each process once. */
struct seen;

struct seen *seen_begin(const pid_t *run, size_t n);	/* NULL: no memory */
void seen_end(struct seen *s);
/* All descriptors that lead to LINK, by process and number; *N says how many.
 * They stay until seen_end(). */
const struct holder *seen_holders(struct seen *s, const char *link, size_t *n);
/* All descriptors of the file that descriptor FD of PID is of, under whatever
 * name; they stay until the next question. */
const struct holder *seen_same(struct seen *s, pid_t pid, int fd, size_t *n);
/* All processes of /proc, read once for one look, also those that have ended
 * and were not waited for; *N says how many. NULL: no memory. */
const struct proc *seen_table(struct seen *s, size_t *n);
/* The processes that have been looked at; *N says how many. */
const pid_t *seen_processes(struct seen *s, size_t *n);
/* A lock of a file that a descriptor tells of: the words of its line, as those
 * of /proc/locks. */
struct held {
	const struct holder *by;
	char *line;
};

/* All of them; *N says how many. They stay until seen_end(). */
const struct held *seen_locks(struct seen *s, size_t *n);
/* The sockets of the network namespace of PID, read once. */
const struct socks *seen_socks(struct seen *s, pid_t pid,
			       enum socks_kind kind);
/* How many processes there are whose descriptors may not be read? */
size_t seen_hidden(struct seen *s);

/* Is any descriptor on its way in a message (SCM_RIGHTS, unix(7))? Then it is
 * not known who may come to have it. */
int seen_in_flight(struct seen *s);

/* What it is that descriptor FD of PID is of: 0, or -1. Asks no server. */
int fd_stat(pid_t pid, int fd, struct stat *st);
/* How descriptor FD of PID is open: O_RDONLY, O_WRONLY or O_RDWR; -1 if that
 * cannot be read. */
int fd_mode(pid_t pid, int fd);
/* The number behind LABEL ("eventfd-id:") in /proc/PID/fdinfo/FD, to BASE: 1 if
 * there is one. */
int fd_info(pid_t pid, int fd, const char *label, int base,
	    unsigned long long *to);

/* ------------------------------------------------------------- copy.c */

/* Are descriptor FD of PID and OTHER_FD of OTHER one open file (kcmp(2))? -1 if
 * that cannot be told. */
int fd_same(pid_t pid, int fd, pid_t other, int other_fd);
/* A copy of descriptor FD of PID, which the caller closes soon; -1 if that is
 * not allowed, or before Linux 5.6. */
int fd_copy(pid_t pid, int fd);
/* How many bytes of descriptor FD of PID could be read? -1: not known. */
int fd_unread(pid_t pid, int fd);

/* ------------------------------------------------------------- wait.c */

/* What a descriptor call does to its descriptor: of WRITES it is known that
 * there was no room, PUTS may have had some. */
enum way { READS, WRITES, PUTS, OTHER };

/* One thread that waits: what is known of it, and what is being said. */
struct wait {
	struct task task;
	size_t threads;		/* how many its process has */
	struct seen *seen;
	struct words words;	/* is->text */
	struct why_thread *is;
	size_t closed;		/* of how many objects all enders are listed */
	int ends;		/* it ends by itself, or may do so */
	int signal;		/* a signal may end it, from anybody */
	int is_known;		/* what ends it is known */
	int watches;		/* it waits for several descriptors at once */
	pid_t named;		/* of the holders of an object the last one
				   that was named */
	double whole_s;		/* how long its time limit is, or 0: of one
				   that began at a moment that is not known */
};

void wait_object(struct wait *w, const char *kind, int fd, const char *name);
/* PID, or thread TID of it, could end the wait. DEED is a constant. */
void wait_ender(struct wait *w, pid_t pid, pid_t tid, int fd,
		const char *deed);
/* Those who could end the wait for the last object are all listed, but for
 * HIDDEN processes that may not be looked into. */
void wait_closed(struct wait *w, size_t hidden);
/* Say that nobody else has it, but for those. */
void wait_nobody(struct wait *w, const char *has, size_t hidden);
void wait_ends(struct wait *w);
void wait_signal(struct wait *w);
/* All has been told: what follows from it. */
void wait_told(struct wait *w);
/* "cat (process 12)", "worker (thread 13 of process 12)", or "process 12, which
 * has ended", into BUF. */
enum { WHO = 80 };
void who(pid_t tid, char buf[WHO]);

/* holders.c: each of the N who have the object open could end the wait by DEED;
 * FIRST stands before the first one. Of one alone: it is the NTH, and NEXT
 * stands before each but the first; after the last one holders_more() says how
 * many were not named. */
void holders_tell(struct wait *w, const struct holder *h, size_t n,
		  const char *first, const char *deed);
void holder_tell(struct wait *w, const struct holder *h, size_t nth,
		 const char *first, const char *next, const char *deed);
void holders_more(struct wait *w, size_t n);

/* A system call, by its name in the kernel's headers, and as it is called in
 * the programs. */
struct known;
typedef void tell_call_fn(struct wait *w, const struct known *k);

/* How a call is told that it may wait for a time only: by an argument that
 * points to that time, or is one in milliseconds. */
enum limit { UNLIMITED, RELATIVE, REALTIME, MILLISECONDS, FUTEX };

struct known {
	const char *name;
	const char *say;
	tell_call_fn *tell;
	enum way way;
	enum limit limit;
	int at;			/* which argument the limit is */
};

/* limit.c: is there a limit in time? Notes how much of it is left. Returns
 * whether there is one. */
int limit_read(struct wait *w, const struct known *k);
/* Say in the sentence what is known of it. */
void limit_say(struct wait *w);
/* The limit is moment T of CLOCK. */
void limit_until(struct wait *w, clockid_t clock, const struct timespec *t);

/* sigset.c: "SIGINT, SIGTERM or SIGCHLD", with LAST before the last one. */
void signals_say(struct words *w, uint64_t set, const char *last);
/* Those that have come for thread TID and are blocked. */
uint64_t signals_blocked(pid_t tid);
/* Say which ones those are, if there are any. */
void signals_kept_say(struct wait *w);
/* signal.c: it waits for a signal of SET; 0: for any. */
void signal_tell(struct wait *w, uint64_t set);

/* children.c: all children of PARENT, and all that TRACER traces: how many;
 * *OUT is malloc()ed, the caller frees it. */
size_t children_list(pid_t parent, struct proc **out);
/* The same of the process of W, as this look sees them: a process may have a
 * thousand threads that ask. */
size_t children_seen(struct wait *w, struct proc **out);
size_t traced_by(pid_t tracer, struct proc **out);
/* Say which ones have ended and were not waited for, if there are any. */
void children_ended_say(struct wait *w);

/* ---------------------------------------------- kinds of objects: X_fd
 *
 * The words for descriptor FD, which leads to LINK: "fd 3, a pipe; its write
 * end ...". Each stands in a file of its own. */
void pipe_fd(struct wait *w, int fd, const char *link, enum way way);
void socket_fd(struct wait *w, int fd, const char *link, enum way way);

/* A socket that is waited for; no words yet. */
struct end {
	int fd;
	unsigned long long ino;
	enum way way;
	int may_end;		/* a time limit of its own may end the wait,
				   or that is not known */
};

void unix_fd(struct wait *w, const struct end *end);		/* unix.c */
void inet_fd(struct wait *w, const struct end *end, enum socks_kind kind);
/* peer.c: name those who have socket INO, which is ROLE ("its peer") to END,
 * and could end the wait by DEED: how many. */
size_t peer_tell(struct wait *w, const struct end *end, unsigned long long ino,
		 const char *role, const char *deed);
/* The socket with inode INO among ALL; NULL if it is not there. */
const struct sock *sock_find(const struct socks *all, unsigned long long ino);
void event_fd(struct wait *w, int fd, const char *link, enum way way);
/* In posix.c: a POSIX queue is a file of 80 bytes in the first folder of a file
 * system of its own (mq_overview(7)). */
int is_queue(pid_t pid, int fd, const char *link);
/* Say of each that it has open whom that tells of a message (mq_notify(3)). */
void notices_say(struct wait *w);
void queue_fd(struct wait *w, int fd, const char *link, enum way way);
void terminal_fd(struct wait *w, int fd, const char *link, enum way way);

/* fd.c: those words, by the right one of these files. */
void fd_tell(struct wait *w, int fd, enum way way);
/* watch.c: what descriptor FD, an epoll set, watches: " on fd 4, ...". */
void watched_by(struct wait *w, int fd);
/* The first descriptor that process PID has closed, and that its epoll set FD
 * watches still; -1 if there is none. */
int watched_closed(pid_t pid, int fd);

/* maps.c: the mapping of a process that holds an address. */
struct mapping {
	char path[4096];	/* "" if it has none */
	unsigned major, minor;	/* of the device, */
	unsigned long long ino;	/* and the file on it; 0 if there is none */
	unsigned long long offset;	/* of the address in that file */
	int is_shared;
};

/* 1 if there is one. */
int find_mapping(pid_t pid, unsigned long long at, struct mapping *m);
/* Who has shared mapping M, at its offset: those processes, into *OUT, which is
 * malloc()ed and which the caller frees. *HIDDEN says how many there are whose
 * mappings may not be read. */
size_t map_users(struct seen *s, const struct mapping *m, pid_t **out,
		 size_t *hidden);
/* Is PID one of them? Also 1 if its mappings may not be read. */
int map_is_in(const struct mapping *m, pid_t pid);

/* --------------------------------------------------------------- ns.c */

/* Does PID live in our namespace KIND ("ipc", "mnt" ..., as in /proc/PID/ns)?
 * -1 if that may not be seen. */
int ns_is_ours(pid_t pid, const char *kind);
/* Add to NAME (SIZE bytes) which namespace that is, unless it is ours. */
void ns_mark(pid_t pid, const char *kind, char *name, size_t size);
/* ASK fills the SIZE bytes of ANSWER where PID lives: 0, or -1 if nobody of
 * ours may go there. */
typedef void ns_ask_fn(const void *question, void *answer);
int ns_ask(pid_t pid, const char *kind, ns_ask_fn *ask, const void *question,
	   void *answer, size_t size);
/* Say that this namespace is closed to us, and the cure. */
void ns_closed_say(struct wait *w);
/* The st_mode, st_dev and st_ino of what PID calls PATH, which begins at FROM
 * ("cwd", "fd/3") if it is relative: 0, or -1. Asks no server. */
int ns_stat(pid_t pid, const char *from, const char *path, struct stat *st);
/* The number here of what process T knows as thread or process INSIDE; 0 if
 * that cannot be found out. */
pid_t pid_here(const struct task *t, pid_t inside);

/* mutex.c: is it a mutex, at address AT in mapping M? Then it says who holds
 * it. */
enum mutex { NO_MUTEX, MUTEX, COPY_OF_MUTEX };
enum mutex mutex_tell(struct wait *w, unsigned long long at,
		      const struct mapping *m);

/* posix.c: is the shared memory PATH, whose inode is INO, a named semaphore of
 * process PID? Then NAME (SIZE bytes) is its name. */
int semaphore_name(pid_t pid, const char *path, unsigned long long ino,
		   char *name, size_t size);

/* lock.c: who holds a lease on the file that ST is of? open() waits for that. */
struct stat;
void lease_tell(struct wait *w, const struct stat *st);

/* ------------------------------------------- what a call waits for: on_X
 *
 * The words from "is blocked in ..." on. */
tell_call_fn on_fd, on_splice, on_tee, on_sendfile;		/* fd.c */
tell_call_fn on_open, on_creat, on_openat, on_openat2;		/* open.c */
tell_call_fn on_disk, on_ring;					/* disk.c */
tell_call_fn on_queue, on_semop;				/* sysv.c */
tell_call_fn on_mq;						/* posix.c */
tell_call_fn on_vfork;						/* vfork.c */
tell_call_fn on_futex, on_futexes;				/* futex.c */
tell_call_fn on_lock;						/* lock.c */
tell_call_fn on_wait, on_waitid;				/* child.c */
tell_call_fn on_signal, on_sigwait;				/* signal.c */
tell_call_fn on_sleep, on_restart;				/* sleep.c */
tell_call_fn on_poll, on_select, on_epoll;			/* watch.c */

/* vfork.c: does it sleep until its child has called exec()? */
int is_vfork(const struct task *t);
/* outside.c: what is known of a thread whose call may not be read. */
void outside_tell(struct wait *w);
/* The same file: does it wait for who serves a file system? Then say so: 1. */
int server_tell(struct wait *w);
/* running.c: it runs: which of its descriptors tell it something each time? */
void running_tell(struct wait *w);
/* frozen.c: if it is frozen, say so: 1. */
int frozen_tell(struct wait *w);

/* look.c: add all threads of PID to WHY: 0, or -1 if there is no memory. */
int look_add(struct why *why, struct seen *seen, pid_t pid);

/* calls.c: all of them, by the name of the call that W is in. */
void call_tell(struct wait *w);

#endif
