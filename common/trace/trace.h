/*
 * trace.h - draw in time what programs ask of the system, and who ends whose
 * wait
 *
 * Any programs run under strace(1), which stage starts. Its lines become a
 * picture: a lane for each process and thread, a row for each call, a bar for
 * each wait, and an arrow from the call that ended it. An arrow stands only
 * where both calls name the same object.
 *
 *	run	starts strace, says how the run ended
 *	read	lines of several files become events, in the order of time
 *	relate	each event becomes rows; gives: what a call does to others;
 *		wants: what a wait was for; levels: was there something?
 *		keys: which object a call names. Who can have ended a wait is
 *		known from the state of things: semaphores, locks, futexes,
 *		notices (of queues), signals, passed (descriptors on their way)
 *	model	processes; fds: descriptors; maps: shared memory; names: which
 *		object that is
 *	rows	rows that repeat become one; there is room for so many
 *	text, svg, json	draw the rows
 *
 * Who calls whom: no file calls one that stands above it. What happens below is
 * handed back, and what is needed there is passed down.
 *
 *   main.c: read, relate, run, svg, text, json, rows
 *   read.c: calls, args, memory
 *   relate.c: gives, json, model, noise, rows, say, wants, futexes, levels,
 *       locks, notices, passed, semaphores, keys, objects, fds, names, args,
 *       memory
 *   run.c: calls, memory
 *   svg.c: rows, wrap, memory
 *   text.c: rows, wrap
 *   calls.c:
 *   gives.c: futexes, levels, locks, notices, passed, semaphores, signals,
 *       keys, objects, maps, fds, names, args, memory
 *   json.c:
 *   model.c: signals, maps, fds, names, args, memory
 *   noise.c: maps, args
 *   rows.c: memory
 *   say.c: fds, names, args
 *   wants.c: signals, keys, fds, names, args
 *   wrap.c:
 *   futexes.c: memory
 *   levels.c: keys, objects, fds, names, args, memory
 *   locks.c: memory
 *   notices.c: memory
 *   passed.c: fds, names, args
 *   semaphores.c: objects, args, memory
 *   signals.c: args
 *   keys.c: maps, fds, args, memory
 *   objects.c: memory
 *   maps.c: fds, names, args, memory
 *   fds.c: names, args, memory
 *   names.c: args, memory
 *   args.c:
 *   memory.c:
 *
 * Sources: strace(1), and the man page of each call; the format of the JSON is
 * "Trace Event Format" (JSON Object Format).
 */
#ifndef TRACE_H
#define TRACE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum {
	WAIT_US = 300,			/* a call that took longer may have
					   waited */
	SHORT_US = 5000,		/* if it was shorter than this, and
					   nobody ended it, it has not */
	FIRST_ROWS = 1500,		/* rows that are kept: the first ... */
	LAST_ROWS = 500,		/* ... and the last */
	LINE_BYTES = 64 * 1024,		/* of a line of strace; the rest is
					   passed over */
	SOURCES = 8,			/* files that are read together */
	TEXT_BYTES = 240,		/* of a row's text */
	JSON_EVENTS = 200000,		/* in the JSON; the rest is counted */
};

#define FOREVER INT64_MAX

/* --------------------------------------------------- memory.c: and a map */

void *must_have(void *p);		/* or one line, and status 2 */
void *get(size_t size);			/* zeroed */
char *copy_of(const char *s, size_t len);
uint64_t hash_of(const char *kind, const char *s, size_t len);
uint64_t hash_number(const char *kind, uint64_t n);

struct map_entry {
	uint64_t key;			/* 0: empty */
	void *value;
};

struct map {
	struct map_entry *v;
	size_t n, size;
};

void *map_get(const struct map *m, uint64_t key);
void map_put(struct map *m, uint64_t key, void *value);
void map_drop(struct map *m, uint64_t key);

/* ------------------------------------------- args.c: pieces of arguments */

struct piece {				/* no NUL at its end */
	const char *s;
	size_t len;
};

/* Take the next argument, or element, off *REST: 1, or 0 if there is none. */
int next_piece(struct piece *rest, struct piece *piece);
size_t split(struct piece all, struct piece *v, size_t max);
struct piece inside(struct piece p);	/* without its [], {} or "" */
int has(struct piece p, const char *word);
int is(struct piece p, const char *word);
int begins(struct piece p, const char *word);
int number_of(struct piece p, int64_t *out);
int field(struct piece p, const char *name, struct piece *value);
int number_field(struct piece p, const char *name, int64_t *out);
int descriptor_of(struct piece p, int *fd, struct piece *note);
const char *after_note(const char *s, const char *end);

/* ------------------------------------------------- calls.c: what is known */

enum what {
	OTHER, START, ACCEPT, BIND, CLOSE, CLOSE_RANGE, CONNECT, COPY, DUP,
	EPOLL, EPOLL_CTL, EXEC, EXIT, FCNTL, FLOCK, FORK, FUTEX, GROUP, IOCTL,
	KILL, MAKE, MEMORY, MKNOD, MMAP, MQ_OPEN, MQ_RECEIVE, MQ_SEND, MREMAP,
	MSGCTL, MSGRCV, MSGSND, MUNMAP, OPEN, PAIR, PAUSE, PIDFD, PIPE, POLL,
	READ, SELECT, SEMCTL, SEMOP, SHMAT, SHUTDOWN, SIGMASK, SIGWAIT, SLEEP,
	THREAD_EXIT, TIMERFD, WAIT, WRITE,
};

struct call {
	const char *name;
	enum what what;
	unsigned in;			/* arguments known when it begins */
	int may_wait;
};

const struct call *call_of(struct piece name);
void call_list(char *buf, size_t size);	/* for strace -e */

/* --------------------------------------------------- read.c: the events */

enum event_kind { A_CALL, A_SIGNAL, A_KILL, AN_END, A_SWITCH };

struct event {
	enum event_kind kind;
	int source;			/* whose file it stood in */
	pid_t tid;
	int64_t from, to;		/* microseconds; to: FOREVER until
					   its end has been seen */
	int is_long;			/* longer than WAIT_US, unended, or
					   surely a wait */
	const struct call *call;
	char *text;			/* holds all of the following */
	struct piece name, args, result;	/* "-1 EAGAIN (...)" */
	size_t args_in;			/* bytes of args at its beginning */
	int64_t value;			/* the result as a number; -1 failed */
	int has_value;			/* "?" is none */
	char err[20];			/* "EAGAIN", or empty */
	int drawn;			/* relate.c: 1 as a call, 2 as a wait,
					   3 as a call that has not come back */
	long row;			/* relate.c: which */
	int64_t effect;			/* relate.c: when it took effect; 0 */
	int at_once;			/* relate.c: there was data, or room */
	int has_waited;			/* relate.c: it surely has */
	int signal;			/* relate.c: that it has brought */
};

/* What becomes of the events. begun() is called for each in the order of their
 * beginnings, ended() after that for each that is_long; in between those of
 * others. A call that is not long has all its parts when it begins. */
struct sink {
	void (*begun)(struct event *e);
	void (*ended)(struct event *e);
	void (*left)(struct event *e, int64_t last);	/* it never ended */
};

struct read_result {
	unsigned long long lines;
	unsigned long long unknown;	/* lines that were not understood */
	int64_t first, last;		/* times; first 0: no event */
};

/* Read N files to their ends, but nothing later than UNTIL. */
struct read_result read_files(FILE *const *files, size_t n, int64_t until,
			      const struct sink *sink);

/* ------------------------------------------------ model.c: what there is */

enum desc_kind {
	D_FILE, D_PIPE, D_FIFO, D_SOCKET, D_EVENTFD, D_TIMERFD, D_SIGNALFD,
	D_EPOLL, D_MQ, D_MASTER, D_TERMINAL, D_PIDFD, D_CAPTURED, D_DEVICE,
};

/* An open file description: what dup() and fork() share. */
struct desc {
	unsigned refs;			/* by descriptors and watches */
	unsigned watched;		/* by epoll, which keeps nothing open */
	unsigned ending;		/* by processes that end just now */
	enum desc_kind kind;
	uint64_t own;			/* what is taken from it lies here */
	uint64_t peer;			/* what is given to it lies there */
	uint64_t address;		/* who connects or sends without a
					   connection names this */
	uint64_t name;			/* hash of what strace calls it */
	uint64_t file;			/* hash of its path */
	int read_only, write_only;
	int is_datagram;
	int locked;			/* 1: by flock(), 2: by an OFD lock */
	uint64_t signals;		/* of a signalfd; 0: who knows */
	struct watch *watch;		/* of epoll */
	size_t watches;
};

struct watch {
	int64_t data;
	struct desc *desc;		/* counted in refs */
	int in, out;
};

struct table {
	unsigned refs;
	struct desc **v;
	char *cloexec;
	size_t size;
	int is_ending;			/* its process ends just now */
};

/* A piece of memory that others share. */
struct mapping {
	uint64_t from, size;
	uint64_t object, offset;
};

struct memory {
	unsigned refs;
	uint64_t id;
	struct mapping *v;
	size_t n;
};

struct group {				/* a process */
	pid_t pid;
	unsigned tasks;			/* threads that have not ended */
	pid_t parent;
	pid_t pgrp;			/* 0 less SOURCE: the first one's */
	char name[32];
	struct table *table;
	struct memory *memory;
	unsigned threads;		/* that it ever had */
	int begins;			/* noise.c: it is before main() */
	uint64_t first_map, first_size;	/* noise.c */
	int ending;			/* exit_group() was called */
	uint64_t undo[16];		/* semaphores with SEM_UNDO */
	size_t undos;
	int64_t told[65];		/* when it last got each signal */
	uint64_t posix[16];		/* files with a record lock */
	size_t posixes;
};

struct task {				/* a thread */
	pid_t tid;
	struct group *group;
	int lane;
	int masked;			/* noise.c: the library blocks all */
	unsigned thread;		/* 1: the process itself */
	long interrupted;		/* the row of a wait that some signal
					   has just ended, or 0 */
};

struct task *task_of(pid_t tid, int source);
/* E has succeeded, or is about to succeed: change what there is. */
void model_apply(struct event *e, struct task *t);
void task_end(struct task *t);
void model_forget(const struct event *fork);	/* it will never come back */
void model_free(void);

/* ------------------------------------------ names.c: which object is it? */

uint64_t object_new(const char *kind);	/* one that has no name */
uint64_t key_of(const char *kind, struct piece name);	/* 0 if it is empty */
uint64_t name_hash(struct piece name);
/* D is what strace calls NAME; a socket may get another name later. */
void name_desc(struct desc *d, struct piece name);
int is_socket_name(struct piece name);
void name_socket(struct desc *d, struct piece name);
void name_terminal(struct desc *d, int64_t n, int is_master);
void name_master(struct desc *d, int64_t n);
void name_fifo(uint64_t path);
int is_plain_file(struct piece path);	/* by what strace says of it */
/* The key of the path that open() or mknod() has as an argument, or 0. */
uint64_t path_key(const struct piece *args, size_t n);
uint64_t queue_name_key(struct piece name);	/* of mq_open() */
/* The key of {sa_family=AF_UNIX, ...}; 0 if it has none. */
uint64_t address_key(struct piece sockaddr);
/* Is D what stage captures, or a terminal of somebody outside? */
int goes_to_people(const struct desc *d);
void names_free(void);

/* --------------------------------------- fds.c: what is behind a descriptor */

enum { MOST_FDS = 65536 };

struct desc *desc_at(const struct task *t, int fd);
/* What argument P, a descriptor, is: also from the name that stands in it. */
struct desc *desc_of(const struct task *t, struct piece p);
/* A new description at FD, by its NAME. */
struct desc *fd_make(const struct task *t, int fd, struct piece name,
		     int cloexec);
/* Descriptor FD is D from now on, which gets a reference. */
void fd_put(struct task *t, int fd, struct desc *d, int cloexec);
void fd_close(struct task *t, int fd);
void desc_drop(struct desc *d);		/* a reference less */
/* The same, of a descriptor: T closes it. */
void desc_release(struct task *t, struct desc *d);
unsigned desc_holders(const struct desc *d);
struct table *table_copy(const struct table *old);	/* NULL: an empty one */
void table_drop(struct table *table);
/* Called when T gives up a descriptor of D; IS_LAST: nobody else has D. */
extern void (*model_closes)(struct task *t, struct desc *d, int is_last);

/* -------------------------------------------- maps.c: memory that is shared */

struct memory *memory_copy(const struct memory *old);	/* NULL: an empty one */
void memory_drop(struct memory *m);
void map_apply(const struct event *e, struct task *t);
uint64_t futex_key(const struct task *t, uint64_t address, int is_private);
int is_shared(const struct task *t, uint64_t from, uint64_t size);

/* ------------------------------------------------------ noise.c, say.c */

/* Is E what runs before main(), or what the C library does for itself? */
int is_noise(struct event *e, struct task *t);

/* The text of E for people, into BUF; IN: only what it was when it began. */
void say_call(const struct event *e, const struct task *t, int in, char *buf,
	      size_t size);
void say_result(const struct event *e, char *buf, size_t size);
void say_brought(const struct event *e, char *buf, size_t size);

/* ------------------------------------------------ objects.c: who did what */

/* A call that gives 'w', takes 'r', closes 'c', unlocks 'u' ... */
struct action {
	long row;			/* 0: it has none */
	int64_t from, to;
	int64_t effect;			/* when it took effect; 0: unknown */
	pid_t tid, pid;
	char how;
	char failed;
	char ends;			/* 1: a process begins to end; 2: it
					   has ended, at the time TO */
	char is_sure;			/* it has had its effect at once, even
					   if it never comes back */
	int wakes;			/* so many waits it can still end */
	int64_t tag;			/* a message's type; a signal; where a
					   range begins */
	int64_t tag_end;
};

struct want {
	uint64_t key;
	char how[5];			/* one of these ends the wait */
	char taken;			/* the first that does so ends it, but
					   for what others took meanwhile, by
					   this ('-': by nothing); 0: the last
					   one does */
	pid_t by;			/* 0: whoever */
	int64_t tag, tag_end;		/* a range that both have a part of;
					   if it is empty: whatever */
	int64_t since;			/* until then it was not the one */
};

enum { WANTS = 64 };

/* So many bytes lie in KEY now; less than 0 while a call that took some is told
 * of before the one that gave them. More by DELTA; none. */
int64_t object_level(uint64_t key);
void object_fill(uint64_t key, int64_t delta);
void object_empty(uint64_t key);
void object_post(uint64_t key, const struct action *a);
void actions_free(void);
/* When A took effect: a call that had to wait did so when its wait was ended,
 * even if it came back much later. */
int64_t object_moment(const struct action *a);
void object_void(uint64_t key);		/* nothing was done to it after all */
void object_ended(uint64_t key, int64_t at);	/* what began to end */
/* The action of TID on KEY that began at FROM; it has ended. EFFECT: 0, or when
 * it took effect. */
void object_done(uint64_t key, pid_t tid, int64_t from, int64_t to,
		 int64_t effect, int failed);
/* The action by another than TID that ended a wait from FROM to TO for one of
 * W; NULL if there is none. A program may run long after it was woken, so where
 * any one will do it is the first, else the last. */
struct action *object_find(const struct want *w, size_t n, pid_t tid,
				 int64_t from, int64_t to);

/* ------------------------------------------- signals.c: names and numbers */

int signal_number(struct piece name);	/* "SIGTERM", "RT_2"; 0 if unknown */
uint64_t signal_set(struct piece set);	/* "[USR1 TERM]": bit 0 is signal 1 */
int signal_is_queued(int number);
int signal_child(void);
/* What read() of a signalfd brought: which one, and who sent it; 0 if that is
 * not to be understood. */
int signal_read(struct piece data, int64_t *pid);

/* ------------------- semaphores.c, locks.c: by whom it is possible to go on */

enum given {
	GIVEN_UNKNOWN,
	GIVEN_BEFORE,			/* it has found what it wants */
	GIVEN_LATER,			/* it has waited, for what is not told
					   yet: the end of a process */
	GIVEN_BY,			/* by this action */
};

enum sem_outcome { SEM_DONE, SEM_REFUSED, SEM_SLOW, SEM_WAITS };

/* Of the set KEY: it is new; removed; semaphore NUM is worth VALUE. A has set
 * it to VALUE; NUM -1: all, VALUE -1: to whatever. */
void sem_new(uint64_t key);
void sem_gone(uint64_t key);
void sem_seen(uint64_t key, int64_t num, int64_t value);
void sem_set(uint64_t key, int64_t num, int64_t value, const struct action *a);
/* A is a semop(). If it SEM_WAITS, or is SEM_SLOW, it has an end, and until
 * then it can be asked who has made it possible. */
void sem_begin(uint64_t key, struct piece ops, enum sem_outcome outcome,
	       const struct action *a);
enum given sem_given(uint64_t key, pid_t tid, struct action *giver);
void sem_end(uint64_t key, pid_t tid, int is_done);
void sem_undo(pid_t pid, const struct action *a);	/* by the end of PID */
void sem_free(void);

struct lock {
	uint64_t file;
	uint64_t owner;			/* a process, or a description */
	int64_t from, to;		/* bytes */
	int is_write;
};

void lock_take(const struct lock *l, const struct action *a);
void lock_release(const struct lock *l, const struct action *a);
void lock_wait(const struct lock *l, pid_t tid);
enum given lock_given(uint64_t file, pid_t tid, struct action *giver);
void lock_end(uint64_t file, pid_t tid, int is_done, const struct action *a);
/* Which bytes was not to be understood: nothing is said of this file. */
void lock_unknown(uint64_t file);
void lock_free(void);

/* ------------------------------------------ futexes.c: who was woken first */

void futex_wait(uint64_t key, pid_t tid);
void futex_wake(uint64_t key, int64_t count, const struct action *a);
int futex_woken(uint64_t key, pid_t tid, struct action *by);	/* 1 if it is */
void futex_end(uint64_t key, pid_t tid);
void futex_free(void);

/* -------------------------------------- notices.c: which message has told */

struct notice {				/* mq_notify() */
	pid_t pid;
	int signal;
	uint64_t socket;		/* of the C library's thread, or 0 */
};

enum told { TOLD_NOBODY, TOLD, TOLD_OR_BEFORE };

void notice_opened(uint64_t queue, int creates, int is_new);
void notice_unlinked(uint64_t queue);
void notice_holds(uint64_t queue, int64_t messages);
void notice_ask(uint64_t queue, const struct notice *to);
void notice_close(uint64_t queue, pid_t pid);	/* nobody is told any more */
/* A message comes: TOLD: it tells *OUT. TOLD_OR_BEFORE: it, or one before it,
 * which was said to have told. */
enum told notice_sent(uint64_t queue, struct notice *out);
void notice_not_sent(uint64_t queue);	/* for it was full */
void notice_receive(uint64_t queue, int waits);
void notice_received(uint64_t queue, int is_done);
void notice_free(void);

/* -------------------------- passed.c: descriptors on their way in a message */

/* AHEAD: bytes that lie in the other socket and are read before. */
void passed_send(const struct event *e, const struct task *t, int64_t ahead);
void passed_receive(const struct event *e, struct task *t);
void passed_close(struct task *t, uint64_t socket);
void passed_free(void);

/* --------------------------------------------------------- rows.c: fold */

enum row_kind { R_CALL, R_WAIT, R_WAKE, R_EVENT, R_END, R_MORE };

/* A bit of `loose': it opens, reads or closes a file, as programs do by the
 * dozen when they begin. */
#define LOOKS_AT_FILES ((uint64_t)1 << 63)

/* What a row has in common with others; 0 if nothing is like it. */
struct likeness {
	uint64_t loose;			/* the same call, on the same object,
					   with the same success */
	uint64_t sort;			/* the same call on the same object */
};

struct row {
	long id;
	int64_t time;
	int lane;
	enum row_kind kind;
	char *text;
	long by;			/* the row that ended this wait, or 0 */
	int64_t least, most;		/* microseconds that it waited */
	unsigned times;			/* so often in a row */
	unsigned group;			/* this one and the next are a group of
					   so many ... */
	unsigned group_times;		/* ... so often ... */
	int alike;			/* ... and not quite the same */
	int in_group;
	uint64_t exact;
	struct likeness like;
};

struct lane {
	pid_t pid, tid;
	unsigned thread;		/* 1: the process itself */
	char name[32];
	int64_t from, to;		/* to: FOREVER while it lives */
	int column;			/* text.c, svg.c; -1: no room */
	long rows;
};

struct picture {
	struct row *row;
	size_t n;
	size_t dropped_at;		/* rows are missing before this one */
	unsigned long long dropped;
	struct lane *lane;
	size_t lanes;
	int64_t first, last;
	unsigned long long unknown;
	const char *title;
	const char *foot;		/* lines: how it ended, and why */
};

extern struct picture picture;

int lane_new(pid_t pid, pid_t tid, unsigned thread, const char *name,
	     int64_t from);
void lane_name(int lane, const char *name);
void lane_end(int lane, int64_t to);
/* Returns its id. */
long row_add(int lane, enum row_kind kind, int64_t time, const char *text,
	     struct likeness like);
void row_wake(long id, long by, int64_t waited);
void row_by(long id, long by);
/* The wait was none: make it a call, with its result. 1 if it is there yet. */
int row_join(long wait, const char *text, struct likeness like);
size_t row_find(long id);		/* its index, or picture.n */
void rows_free(void);
/* Give each lane a column, at most MAX; one that has ended gives its back.
 * Returns how many there are; *WITHOUT is how many lanes have none. */
size_t lanes_arrange(size_t max, size_t *without);
void lane_label(const struct lane *l, char *buf, size_t size);
/* The number of row I that people read; the text with xN, waits and all. */
unsigned long long row_number(size_t i);
void row_text(const struct row *r, int with_by, char *buf, size_t size);
void group_text(const struct row *first, char *buf, size_t size);

/* -------------------------------------------------- relate.c: to rows */

extern const struct sink relate_sink;
/* How program SOURCE ended: "exited with 3", "killed by SIGTERM", or NULL. */
const char *relate_end(int source);
void relate_finish(void);		/* when all is read */
void relate_free(void);

/* ------------------------------------------------ json.c, svg.c, text.c */

int json_open(const char *path);
void json_lane(const struct event *e, pid_t pid, const char *name,
	       unsigned thread, int is_new);
void json_call(const struct event *e, pid_t pid, const char *text,
	       const char *result, int waited);
void json_mark(const struct event *e, pid_t pid, const char *text);
void json_arrow(const struct action *from, const struct event *to, pid_t pid);
int json_close(void);			/* 0, or -1 with errno */

/* Cut TEXT at blanks, or behind a |, into lines of at most WIDTH, from the
 * second on behind two blanks. Calls PUT for each. */
void wrap(const char *text, size_t width,
	  void (*put)(void *to, const char *line, size_t len, int is_first),
	  void *to);

int svg_draw(const char *path);		/* 0, or -1 with errno */
void text_draw(FILE *to, size_t width);

/* ----------------------------------------------------------------- run.c */

/* What is to be played: the options of stage(1) that a lesson has, too. */
struct play {
	char **words;			/* programs, "::" between them */
	const char *dir;		/* working folder */
	const char *build;		/* where the scratch folder is made */
	unsigned deadline_ms;
	int is_lesson;			/* its objects are swept */
	int is_service, in_turn;
};

struct run {
	FILE *file[SOURCES];		/* what strace wrote */
	char *name[SOURCES];		/* of each program */
	size_t n;
	int64_t until;			/* what is later is not theirs */
	const char *how;		/* of those that had not ended */
	char why[9000];			/* who waits for what, a line each */
};

/* Play it under strace. 0, or the status to end with, after a line on
 * stderr. */
int run_play(struct run *r, const struct play *play);
void run_clean(void);			/* remove the scratch folder */

#endif
