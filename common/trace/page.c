/*
 * page.c - the rows in words that stay, for the notes of a lesson
 *
 * A picture in a repository must not change with each run. So what the system
 * chose for this run (the number of a process, of a set, of an inode; a key, an
 * address, a point in time) gets a name, and calls have the names by which the
 * C library knows them. What is a name in the end is known when all is read:
 * until then a mark stands for it, "\1", a letter, a number, "\2".
 *
 * Left out is what the picture is not about: what sets up or cleans up for
 * every program alike (execve(), the masks of hold_signals() and
 * let_signals(), SIGCHLD where nobody waits for it), ends that nobody waits
 * for, the calls that the lesson's Makefile names, and what repeats.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum {
	OBJECTS = 256, PEOPLE = 64, PIECES = 8,
	ROWS = 32,			/* of more rows some are folded */
	MOST_ROWS = 40,			/* and of more the middle is cut out */
	BEGINNING = 24, END = 12,	/* but for so many */
	LEAST_BLOCK = 3,		/* that is worth it */
};

/* ------------------------------------------------------ who is there, what */

static struct {
	pid_t pid, parent;
	int executes;			/* it has become another program */
	char first[24];			/* its first argument */
} person[PEOPLE];
static size_t people;

static const struct {
	char kind;
	const char *word;
} words[] = {
	{ 's', "set" }, { 'q', "queue" }, { 'm', "segment" }, { 'k', "key" },
	{ 'a', "memory" }, { 'f', "word" }, { 'i', "address" },
};

static struct {
	char kind;
	uint64_t key;
	unsigned number;		/* 1, 2, ... of its kind, in a mark */
	unsigned shown;			/* the same, of those that are shown; 0:
					   it is not */
} object[OBJECTS];
static size_t objects;

static unsigned number_in(char kind, uint64_t key)
{
	unsigned n = 1;

	for (size_t i = 0; i < objects; i++) {
		if (object[i].kind != kind)
			continue;
		if (object[i].key == key)
			return object[i].number;
		n++;
	}
	if (objects < OBJECTS) {
		object[objects].kind = kind;
		object[objects].key = key;
		object[objects].shown = 0;
		object[objects++].number = n;
	}
	return n;
}

/* How many are shown? */
static unsigned how_many(char kind)
{
	unsigned n = 0;

	for (size_t i = 0; i < objects; i++)
		n += object[i].kind == kind && object[i].shown;
	return n;
}

static size_t object_of(char kind, unsigned long number)
{
	size_t i = 0;

	while (i < objects && (object[i].kind != kind ||
			       object[i].number != number))
		i++;
	return i;
}

static int person_of(pid_t pid)
{
	for (size_t i = 0; i < people; i++)
		if (person[i].pid == pid)
			return (int)i;
	if (people == PEOPLE)
		return -1;
	person[people].pid = pid;
	return (int)people++;
}

/* Take note of who begins what: "lorry Ann". */
static void note_people(const struct event *e, const struct task *t)
{
	struct piece a[2], rest, word;
	int i;

	if (e->call->what == FORK && e->value > 0 &&
	    !has(e->args, "CLONE_THREAD")) {
		i = person_of((pid_t)e->value);
		if (i >= 0)
			person[i].parent = t->group->pid;
	}
	if (e->call->what != EXEC || e->value != 0 || split(e->args, a, 2) < 2)
		return;
	i = person_of(t->group->pid);
	if (i < 0)
		return;
	person[i].executes = 1;
	person[i].first[0] = '\0';
	rest = inside(a[1]);
	if (!next_piece(&rest, &word) || !next_piece(&rest, &word))
		return;
	word = inside(word);
	snprintf(person[i].first, sizeof person[i].first, "%.*s",
		 (int)(word.len < 20 ? word.len : 20), word.s);
}

/* -------------------------------------------------------- what is left out */

static int is_to_itself(const struct event *e, const struct task *t)
{
	struct piece a[2];
	int64_t pid;

	return is(e->name, "tgkill") && split(e->args, a, 2) == 2 &&
	       number_of(a[0], &pid) && pid == t->group->pid;
}

/* What sem_open() does with a file of its own, before others see it. */
static int is_of_sem_open(const struct event *e)
{
	return has(e->args, "/dev/shm/sem.") && !has(e->name, "link") &&
	       !(e->call->what == OPEN && !has(e->args, "O_EXCL"));
}

static int is_temporary_sem(const struct event *e)
{
	return is(e->name, "unlink") && has(e->args, "/dev/shm/sem.") &&
	       !has(e->args, "/dev/shm/sem.ipc-");
}

static struct piece library_name(const struct event *e);

int page_leaves_out(const struct event *e, const struct task *t)
{
	struct piece a[1];

	note_people(e, t);
	if (e->call->what == WRITE && split(e->args, a, 1) == 1 &&
	    goes_to_people(desc_of(t, a[0])))
		return 0;		/* what it says is never left out */
	if (is_among(page.without, library_name(e)))
		return 1;
	switch (e->call->what) {
	case EXEC: return 1;
	case SIGMASK: return has(e->args, "[HUP INT PIPE TERM]");
	case OPEN: return has(e->args, "O_DIRECTORY") || is_of_sem_open(e);
	case FCNTL: return has(e->args, "F_GETFL");
	case KILL: return is_to_itself(e, t);
	default: return is_of_sem_open(e) || is_temporary_sem(e);
	}
}

/* ------------------------------------------------------------ the words */

struct out {
	char *buf;
	size_t len, size;
};

static void add(struct out *o, const char *s, size_t len)
{
	for (size_t i = 0; i < len && o->len + 1 < o->size; i++)
		o->buf[o->len++] = s[i];
	o->buf[o->len] = '\0';
}

static void add_text(struct out *o, const char *s)
{
	add(o, s, strlen(s));
}

static void add_mark(struct out *o, char kind, unsigned long long n)
{
	char mark[32];

	snprintf(mark, sizeof mark, "\1%c%llu\2", kind, n);
	add_text(o, mark);
}

/* How each call is told: by the C library's name, each argument by a letter.
 *
 *	.	in few words, as a trace tells it
 *	p	a process; s, q, m, k: a set, a queue, a segment, a key
 *	a	an address: of which memory; f: of a futex
 *	t	a limit in time
 *	d	a message's type, and its text
 *	l	a struct flock
 *	n	a size, that is told of data which is not to be read
 *	o	flags of shm_open()
 *	+	at the end: what sem_open() was told when it made one
 *	!	left out
 *	0	left out if it is 0 or NULL
 *
 * RESULT is '.', 0 (none if it is 0), or one of those letters. */
static const struct telling {
	const char *name;
	const char *with;		/* what stands in the arguments; with a
					   comma, at their end */
	const char *library, *args;
	char result;
} told[] = {
	{ "accept", "", "accept", ".!!", '.' },
	{ "accept4", "", "accept", ".!!", '.' },
	{ "bind", "", "bind", "..!", 0 },
	{ "clock_nanosleep", "", "clock_nanosleep", "!!t!", 0 },
	{ "connect", "", "connect", "..!", 0 },
	{ "epoll_create1", "", "epoll_create1", "!", '.' },
	{ "epoll_ctl", "", "epoll_ctl", "...!", 0 },
	{ "epoll_pwait", "", "epoll_wait", "..!!", '.' },
	{ "epoll_wait", "", "epoll_wait", "..!!", '.' },
	{ "eventfd2", "", "eventfd", "..", '.' },
	{ "exit_group", "", "exit", ".", '!' },
	{ "fcntl", "l_type=", "fcntl", "..l", 0 },
	{ "fcntl", "", "fcntl", "...", 0 },
	{ "futex", "FUTEX_WAIT", "futex", "f.!!!!", 0 },
	{ "futex", "", "futex", "f.!!!!", '.' },
	{ "kill", "", "kill", "p.", 0 },
	{ "link", "/sem.", "sem_open", "!.+", 0 },
	{ "linkat", "/sem.", "sem_open", "!!!.!+", 0 },
	{ "madvise", "", "madvise", "a..", 0 },
	{ "mknodat", "S_IFIFO", "mkfifo", "!.!", 0 },
	{ "mknod", "S_IFIFO", "mkfifo", ".!", 0 },
	{ "mmap", "", "mmap", "!.....", 'M' },
	{ "mq_getsetattr", "", "mq_getattr", ".!.", 0 },
	{ "mq_open", "O_CREAT", "mq_open", "..!.", '.' },
	{ "mq_open", "", "mq_open", "..", '.' },
	{ "mq_timedreceive", ", NULL", "mq_receive", "..!0!", '.' },
	{ "mq_timedreceive", "", "mq_timedreceive", "..!.t", '.' },
	{ "mq_timedsend", ", NULL", "mq_send", "..!.!", 0 },
	{ "mq_timedsend", "", "mq_timedsend", "..!.t", 0 },
	{ "msgctl", "", "msgctl", "q.0", 0 },
	{ "msgget", "", "msgget", "k.", 'q' },
	{ "msgrcv", "", "msgrcv", "qd!P.", '.' },
	{ "msgsnd", "", "msgsnd", "qd!0", 0 },
	{ "msync", "", "msync", "a..", 0 },
	{ "munmap", "", "munmap", "a.", 0 },
	{ "openat", "/dev/shm/sem.", "sem_open", "!.!!", '.' },
	{ "openat", "/dev/shm/", "shm_open", "!.o!", '.' },
	{ "openat", "O_TMPFILE", "tmpfile", "!!!!", '.' },
	{ "openat", "", "open", "!...", '.' },
	{ "open", "", "open", "...", '.' },
	{ "pipe2", ", 0", "pipe", ".!", 0 },
	{ "pipe2", "", "pipe2", "..", 0 },
	{ "poll", "", "poll", ".!.", '.' },
	{ "ppoll", "", "poll", ".!t!!", '.' },
	{ "read", "", "read", "..!", '.' },
	{ "recvfrom", ", NULL, NULL", "recv", "..!0!!", '.' },
	{ "recvfrom", "", "recvfrom", "..!0.!", '.' },
	{ "rt_sigprocmask", "", "sigprocmask", "..!!", 0 },
	{ "rt_sigqueueinfo", "", "sigqueue", "p.v", 0 },
	{ "rt_sigsuspend", "", "sigsuspend", ".!", 0 },
	{ "rt_sigtimedwait", "", "sigwaitinfo", ".0t!", '.' },
	{ "semctl", "", "semctl", "s..0", 0 },
	{ "semget", "", "semget", "k..", 's' },
	{ "semop", "", "semop", "s..", 0 },
	{ "semtimedop", ", NULL", "semop", "s..!", 0 },
	{ "semtimedop", "", "semtimedop", "s..t", 0 },
	{ "sendto", ", NULL, 0", "send", "..!0!!", '.' },
	{ "sendto", "", "sendto", "..!0.!", '.' },
	{ "setsid", "", "setsid", "", 'p' },
	{ "setitimer", "", "setitimer", ".t!", 0 },
	{ "shmat", "", "shmat", "m!0", 'M' },
	{ "shmctl", "", "shmctl", "m.0", 0 },
	{ "shmdt", "", "shmdt", "a", 0 },
	{ "shmget", "", "shmget", "k..", 'm' },
	{ "signalfd4", "", "signalfd", "..!.", '.' },
	{ "timerfd_settime", "", "timerfd_settime", "..t!", 0 },
	{ "unlink", "/dev/shm/sem.", "sem_unlink", ".", 0 },
	{ "unlink", "/dev/shm/", "shm_unlink", ".", 0 },
	{ "wait4", "", "waitpid", "p..!", 'p' },
	{ "write", "", "write", "..n", '.' },
};

static const struct telling *told_of(const struct event *e)
{
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		const char *with = told[i].with;
		struct piece all = e->args;
		size_t len = strlen(with);

		if (!is(e->name, told[i].name))
			continue;
		if (*with == ',' ? all.len >= len && memcmp(all.s + all.len -
		    len, with, len) == 0 : has(all, with))
			return &told[i];
	}
	return NULL;
}

static struct piece library_name(const struct event *e)
{
	const struct telling *how = told_of(e);

	return how ? (struct piece){ how->library, strlen(how->library) } :
	       e->name;
}

static void add_number(struct out *o, int64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)n);
	add_text(o, text);
}

/* A number as the object that it is; 0 if it is no number. */
static int add_object(struct out *o, char kind, struct piece p)
{
	int64_t n;

	if (!number_of(p, &n))
		return 0;
	if (kind == 'p' || kind == 'P') {
		if (n <= 1)		/* any; a type that is none */
			add_number(o, n);
		else
			add_mark(o, 'p', (unsigned long long)n);
		return 1;
	}
	add_mark(o, kind, number_in(kind, (uint64_t)n));
	return 1;
}

/* "memory + 4096" */
static int add_address(struct out *o, const struct task *t, struct piece p)
{
	uint64_t key, offset;
	int64_t n;

	if (!number_of(p, &n) || !map_place(t, (uint64_t)n, &key, &offset))
		return 0;
	add_mark(o, 'a', number_in('a', key));
	if (offset) {
		add_text(o, " + ");
		add_number(o, (int64_t)offset);
	}
	return 1;
}

static int add_futex(struct out *o, const struct task *t,
		     const struct event *e, struct piece p)
{
	int64_t n;

	if (!number_of(p, &n))
		return 0;
	add_mark(o, 'f', number_in('f', futex_key(t, (uint64_t)n,
						  has(e->args, "PRIVATE"))));
	return 1;
}

/* A span of time in seconds, "0.1 s"; a point in time is "limit". */
static void add_time(struct out *o, const struct event *e, struct piece p)
{
	struct piece value, whole = p;
	int64_t s = -1, part = 0;
	int is_point = is(e->name, "futex") || begins(e->name, "mq_");
	char text[32];

	if (is(p, "NULL")) {
		add_text(o, "NULL");
		return;
	}
	if (field(p, "it_value", &value))
		whole = value;
	number_field(whole, "tv_sec", &s);
	if (!number_field(whole, "tv_nsec", &part) &&
	    number_field(whole, "tv_usec", &part))
		part *= 1000;
	if (is_point || s < 0)
		add_text(o, "limit");
	else {
		snprintf(text, sizeof text, part ? "%.3g s" : "%.0f s",
			 (double)s + (double)part / 1e9);
		add_text(o, text);
	}
}

/* Letters between quotes: of data that is not text, the longest run of it. */
static void add_readable(struct out *o, const char *s, size_t len)
{
	size_t best = 0, best_at = 0, at = 0, i = 0;
	int is_all = 1;

	while (i < len) {
		if (s[i] == '\\' && i + 1 < len &&
		    !strchr("nrt\"\\", s[i + 1])) {
			size_t n = s[i + 1] == 'x' ? 4 : 2;

			while (s[i + 1] != 'x' && n < 4 && i + n < len &&
			       isdigit((unsigned char)s[i + n]))
				n++;
			is_all = 0;
			i += n;
			at = i;
			continue;
		}
		i += s[i] == '\\' ? 2 : 1;
		if (i <= len && i - at > best) {
			best = i - at;
			best_at = at;
		}
	}
	if (is_all && best == 0) {
		add_text(o, "\"\"");
		return;
	}
	/* Of a number only its first digits may have been read. */
	for (i = 0; i < best && isdigit((unsigned char)s[best_at + i]); i++)
		;
	if (i == best) {
		add_text(o, "...");
		return;
	}
	if ((best < 3 && !is_all) ||
	    (best == 3 && memcmp(s + best_at, "...", 3) == 0))
		add_text(o, "...");
	else {
		add_text(o, "\"");
		add(o, s + best_at, best);
		add_text(o, "\"");
	}
}

/* "@0a1b2": bind() without a name lets the kernel choose five digits. */
static int is_unnamed(const char *s, size_t len)
{
	if (len < 6 || *s != '@')
		return 0;
	for (size_t i = 1; i < 6; i++)
		if (!isxdigit((unsigned char)s[i]))
			return 0;
	return len == 6 || !isalnum((unsigned char)s[6]);
}

/* What say.c makes of P, with readable data; process ids in names are marked.
 * */
static void add_piece(struct out *o, const struct event *e, struct piece p)
{
	char text[TEXT_BYTES];
	size_t len, i = 0;

	say_piece(p, e->call->what == OPEN || e->call->what == MQ_OPEN ||
		  e->call->what == MKNOD || has(e->name, "link"), text,
		  sizeof text);
	len = strlen(text);
	while (i < len) {
		size_t end = i + 1;

		if (text[i] == '"') {
			while (end < len && text[end] != '"')
				end += text[end] == '\\' ? 2 : 1;
			if (end > len)
				end = len;
			add_readable(o, text + i + 1, end - i - 1);
			i = end + 1;
			continue;
		}
		if (is_unnamed(text + i, len - i)) {
			add_mark(o, 'i', number_in('i', hash_of("", text + i,
								6)));
			i += 6;
			continue;
		}
		if (strncmp(text + i, "0x..", 4) == 0) {
			i += 8;
			add_text(o, "...");
			continue;
		}
		add(o, text + i, 1);
		i++;
	}
}

static void add_value(struct out *o, struct piece p)
{
	int64_t n = 0;

	number_field(p, "si_int", &n);
	add_number(o, n);
}

/* {mtype=4711, mtext="kite"} */
static void add_message(struct out *o, const struct event *e, struct piece p)
{
	struct piece type, text;

	if (!field(p, "mtype", &type) || !field(p, "mtext", &text)) {
		add_text(o, "...");
		return;
	}
	add_text(o, "{");
	add_object(o, 'P', type);
	add_text(o, ", ");
	add_piece(o, e, text);
	add_text(o, "}");
}

/* {F_WRLCK, SEEK_SET, 0, 8}: in the order of the struct, without its names. */
static void add_lock(struct out *o, struct piece p)
{
	static const char *const part[] = {
		"l_type", "l_whence", "l_start", "l_len",
	};
	const char *between = "{";

	for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
		struct piece value;

		if (!field(p, part[i], &value))
			continue;
		add_text(o, between);
		add(o, value.s, value.len);
		between = ", ";
	}
	add_text(o, "}");
}

static int is_nothing(struct piece p)
{
	return is(p, "0") || is(p, "NULL");
}

static void cut_end(struct piece *p, const char *word)
{
	size_t len = strlen(word);

	if (p->len > len && memcmp(p->s + p->len - len, word, len) == 0)
		p->len -= len;
}

/* What is read from a signalfd and its like is a structure, not text, whatever
 * letters its numbers may look like. */
static int reads_numbers(const struct event *e, const struct task *t)
{
	struct piece a[1];
	struct desc *d;

	if (e->call->what != READ || split(e->args, a, 1) < 1)
		return 0;
	d = desc_of(t, a[0]);
	return d && (d->kind == D_SIGNALFD || d->kind == D_EVENTFD ||
		     d->kind == D_TIMERFD);
}

static void add_arg(struct out *o, const struct event *e,
		    const struct task *t, char how, struct piece p)
{
	int done = 1;

	if (*p.s == '"' && reads_numbers(e, t)) {
		add_text(o, "...");
		return;
	}
	switch (how) {
	case 'p': case 'P': case 's': case 'q': case 'm': case 'k':
		done = add_object(o, how, p);
		break;
	case 'a': done = add_address(o, t, p); break;
	case 'f': done = add_futex(o, t, e, p); break;
	case 't': add_time(o, e, p); break;
	case 'v': add_value(o, p); break;
	case 'l': add_lock(o, p); break;
	case 'd': add_message(o, e, p); break;
	case 'o':			/* shm_open() adds these itself */
		cut_end(&p, "|O_CLOEXEC");
		cut_end(&p, "|O_NOFOLLOW");
		add_piece(o, e, p);
		break;
	default: done = 0;
	}
	if (!done)
		add_piece(o, e, p);
}

static void add_args(struct out *o, const struct event *e,
		     const struct task *t, const char *how,
		     struct piece args)
{
	struct piece p;
	const char *between = "";
	size_t n = how ? strlen(how) : 0, i = 0;

	while (next_piece(&args, &p)) {
		char c = i < n ? how[i] : '.';

		i++;
		if (begins(p, "AT_FDCWD"))
			continue;
		if (c == '!' || (c == '0' && is_nothing(p)) ||
		    (c == 'n' && o->buf[o->len - 1] != '.'))
			continue;
		add_text(o, between);
		add_arg(o, e, t, c, p);
		between = ", ";
	}
	if (n && how[n - 1] == '+')
		add_text(o, ", O_CREAT|O_EXCL");
}

/* The numbers in what is said vary: they are cut out. */
static void cut_numbers(char *s)
{
	char *to = s;

	while (*s) {
		if (isdigit((unsigned char)*s)) {
			while (isdigit((unsigned char)*s))
				s++;
			*to++ = 'N';
			continue;
		}
		*to++ = *s++;
	}
	*to = '\0';
}

void page_call(const struct event *e, const struct task *t, int in, char *buf,
	       size_t size)
{
	struct out o = { buf, 0, size };
	const struct telling *how = told_of(e);
	struct piece args = e->args;

	if (e->call->what == FORK) {
		say_call(e, t, in, buf, size);
		return;
	}
	if (!in) {
		say_call(e, t, 0, buf, size);
		if (strncmp(buf, "says ", 5) == 0) {
			if (page.measures)
				cut_numbers(buf);
			return;
		}
	}
	*buf = '\0';
	if (in && e->args_in < args.len)
		args.len = e->args_in;
	if (in)
		add_text(&o, "waits: ");
	if (how)
		add_text(&o, how->library);
	else
		add(&o, e->name.s, e->name.len);
	add_text(&o, "(");
	add_args(&o, e, t, how ? how->args : NULL, args);
	add_text(&o, in && e->call->in < 9 ? ", ...)" : ")");
}

void page_result(const struct event *e, const struct task *t, char *buf,
		 size_t size)
{
	struct out o = { buf, 0, size };
	const struct telling *how = told_of(e);
	char result = how ? how->result : e->call->what == FORK ? 'p' : '.';

	struct piece a[3];
	int64_t whole;

	(void)t;
	*buf = '\0';
	/* All was written: that is what one expects. */
	if (e->call->what == WRITE && !e->err[0] && split(e->args, a, 3) == 3 &&
	    number_of(a[2], &whole) && whole == e->value)
		return;
	if (e->err[0] || !e->has_value || result == '.') {
		say_result(e, buf, size);
		if (e->has_value && e->value == 0 && !e->err[0] && !how)
			*buf = '\0';
		return;
	}
	if (result == 'M')
		add_text(&o, "memory");
	else if (result && result != '!' && e->value > 0)
		add_object(&o, result, e->result);
	else if (result == 'p')
		add_text(&o, "0");
	else if (result == 0 && e->value != 0)
		say_result(e, buf, size);
}

/* "goes on: read() = 18, "the river..."" */
void page_wake(const struct event *e, const struct task *t, char *buf,
	       size_t size)
{
	struct out o = { buf, 0, size };
	struct piece name = library_name(e), rest = e->args, p;
	char result[128];

	*buf = '\0';
	page_result(e, t, result, sizeof result);
	add_text(&o, "goes on: ");
	add(&o, name.s, name.len);
	add_text(&o, "() = ");
	add_text(&o, *result ? result : "0");
	if (e->args_in >= e->args.len || !e->has_value || e->value < 0)
		return;
	rest.s += e->args_in;
	rest.len -= e->args_in;
	if (!next_piece(&rest, &p) || is(p, "NULL") || begins(p, "0x"))
		return;
	add_text(&o, ", ");
	add_arg(&o, e, t, has(p, "mtype=") ? 'd' : '.', p);
}

/* ------------------------------------------------------ when all is read */

static int lane_of(pid_t pid)
{
	for (size_t l = 0; l < picture.lanes; l++)
		if (picture.lane[l].pid == pid)
			return (int)l;
	return -1;
}

/* Is lane L a child that goes on with its parent's program? */
static int is_child(size_t l)
{
	int i = person_of(picture.lane[l].pid);

	return i >= 0 && person[i].parent && !person[i].executes;
}

static void label(size_t l, char *buf, size_t size)
{
	const struct lane *lane = &picture.lane[l];
	size_t alike = 0, before = 0;
	int i = person_of(lane->pid);
	int with_first = i >= 0 && person[i].first[0];

	for (size_t k = 0; k < picture.lanes; k++) {
		const struct lane *other = &picture.lane[k];
		int j = person_of(other->pid);

		if (is_child(k) != is_child(l) ||
		    (!is_child(l) && strcmp(other->name, lane->name) != 0))
			continue;
		alike++;
		before += k < l;
		if (k != l && i >= 0 && j >= 0 &&
		    strcmp(person[i].first, person[j].first) == 0)
			with_first = 0;
	}
	if (is_child(l))
		snprintf(buf, size, alike > 1 ? "child %zu" : "child",
			 before + 1);
	else if (alike == 1)
		snprintf(buf, size, "%s", lane->name);
	else if (with_first)
		snprintf(buf, size, "%s %s", lane->name, person[i].first);
	else
		snprintf(buf, size, "%s %zu", lane->name, before + 1);
}

static void add_name(struct out *o, char kind, unsigned long n)
{
	int l;

	if (kind == 'p') {
		l = lane_of((pid_t)n);
		add_text(o, l >= 0 ? picture.lane[l].label : "child");
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].kind == kind)
			add_text(o, words[i].word);
	if (how_many(kind) > 1 && object_of(kind, n) < objects) {
		add(o, &(char){ BLANK }, 1);
		add_number(o, object[object_of(kind, n)].shown);
	}
}

/* A number that is a process of this picture, in a name or in data: "door.123",
 * "123:Ann" */
static int add_person(struct out *o, const char *s, const char *begin)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (n < 2 || lane_of((pid_t)n) < 0 ||
	    (*end != ':' && !(s > begin && s[-1] == '.')))
		return 0;
	add_text(o, picture.lane[lane_of((pid_t)n)].label);
	return (int)(end - s);
}

/* Number what is shown, in the order of the rows. */
static void number_marks(const struct row *r)
{
	for (const char *s = r->text; (s = strchr(s, '\1')) && s[1]; s++) {
		size_t i = object_of(s[1], strtoul(s + 2, NULL, 10));

		if (i < objects && !object[i].shown)
			object[i].shown = how_many(s[1]) + 1;
	}
}

static void name_marks(struct row *r)
{
	char text[2 * TEXT_BYTES];
	struct out o = { text, 0, sizeof text };
	const char *s = r->text;

	*text = '\0';
	while (*s) {
		char *end;
		int n;

		if (*s == '\1' && s[1]) {
			unsigned long number = strtoul(s + 2, &end, 10);

			add_name(&o, s[1], number);
			s = *end == '\2' ? end + 1 : end;
			continue;
		}
		if (isdigit((unsigned char)*s) &&
		    (s == r->text || !isdigit((unsigned char)s[-1]))) {
			n = add_person(&o, s, r->text);
			if (n > 0) {
				s += n;
				continue;
			}
		}
		add(&o, s, 1);
		s++;
	}
	free(r->text);
	r->text = copy_of(text, o.len);
}

/* Row I goes away. Arrows from it end as well. */
static void drop(size_t i)
{
	struct picture *p = &picture;
	long id = p->row[i].id;

	free(p->row[i].text);
	memmove(p->row + i, p->row + i + 1, (p->n - i - 1) * sizeof *p->row);
	p->n--;
	for (size_t k = 0; k < p->n; k++)
		if (p->row[k].by == id)
			p->row[k].by = 0;
}

static size_t next_in_lane(size_t i)
{
	size_t k = i + 1;

	while (k < picture.n && picture.row[k].lane != picture.row[i].lane)
		k++;
	return k;
}

static int ends_a_wait(long id)
{
	for (size_t i = 0; i < picture.n; i++)
		if (picture.row[i].by == id)
			return 1;
	return 0;
}

static void set_text(struct row *r, const char *fmt, const char *word)
{
	char text[2 * TEXT_BYTES];

	snprintf(text, sizeof text, fmt, word);
	free(r->text);
	r->text = copy_of(text, strlen(text));
}

/* A wait that a signal has interrupted, and that is the same wait again: it has
 * gone on. If there was a handler, the signal is what ended it. */
static void join_interrupted(size_t i)
{
	struct picture *p = &picture;
	size_t k = next_in_lane(i), wait = i;

	if (k == p->n)
		return;
	if (p->row[k].kind == R_EVENT) {
		long by = p->row[i].by ? p->row[i].by : p->row[k].by;

		set_text(&p->row[i], "goes on: %s", p->row[k].text);
		p->row[i].by = by;
		drop(k);
		return;
	}
	while (wait > 0 && (p->row[wait].lane != p->row[i].lane ||
			    p->row[wait].kind != R_WAIT))
		wait--;
	if (p->row[k].kind == R_WAIT &&
	    strcmp(p->row[k].text, p->row[wait].text) == 0) {
		drop(k);
		drop(i);
	}
}

/* It waits for nothing, and nobody waits for it: an end, a futex, with which
 * the C library makes sure, and what the lesson leaves out if it is so:
 * "poll-". */
static int is_idle_call(const struct row *r)
{
	char name[40];
	size_t n = strcspn(r->text, "(");

	if (r->kind != R_CALL || ends_a_wait(r->id) || n + 2 > sizeof name)
		return 0;
	if (strncmp(r->text, "exit(0)", 7) == 0 ||
	    strncmp(r->text, "futex(", 6) == 0)
		return 1;
	memcpy(name, r->text, n);
	name[n] = '-';
	return is_among(page.without, (struct piece){ name, n + 1 });
}

static void leave_out(void)
{
	struct picture *p = &picture;

	for (size_t i = 0; i < p->n;) {
		const struct row *r = &p->row[i];

		if (r->kind == R_EVENT &&
		    strcmp(r->text, "SIGCHLD arrives") == 0)
			drop(i);
		else
			i++;
	}
	for (size_t i = 0; i < p->n; i++)
		if (p->row[i].kind == R_WAKE &&
		    (strstr(p->row[i].text, "interrupted") ||
		     strstr(p->row[i].text, "EINTR")))
			join_interrupted(i);
	for (size_t i = 0; i + 1 < p->n; i++) {
		size_t k = next_in_lane(i);

		/* lesson_signal() has raised it once more, to end by it. */
		if (p->row[i].kind == R_EVENT && k < p->n &&
		    p->row[k].kind == R_END)
			drop(i);
	}
	for (size_t i = 0; i < p->n;)
		if (is_idle_call(&p->row[i]))
			drop(i);
		else
			i++;
}

/* ----------------------------------------------------------- what repeats */

/* The same call of the same program, with an arrow or without. */
static int are_alike(const struct row *a, const struct row *b)
{
	size_t n = strcspn(a->text, "(\"");

	return a->kind == b->kind && !a->in_group && !b->in_group &&
	       (a->by == 0) == (b->by == 0) &&
	       ends_a_wait(a->id) == ends_a_wait(b->id) &&
	       strcmp(picture.lane[a->lane].name,
		      picture.lane[b->lane].name) == 0 &&
	       strncmp(a->text, b->text, n + 1) == 0;
}

/* So often the N rows from AT on come, one after the other. */
static size_t times(size_t at, size_t n)
{
	size_t k = 1;

	for (;; k++)
		for (size_t i = 0; i < n; i++)
			if (at + k * n + i >= picture.n ||
			    !are_alike(&picture.row[at + i],
				       &picture.row[at + k * n + i]))
				return k;
}

/* The block that saves most rows; 0: there is none. */
static size_t find_block(size_t *at, size_t *n)
{
	size_t best = 0;

	for (size_t i = 0; i < picture.n; i++)
		for (size_t len = 1; len <= LONGEST_GROUP; len++) {
			size_t k = times(i, len), saves = (k - 1) * len;

			if (k > 1 && saves > best && saves >= LEAST_BLOCK) {
				best = saves;
				*at = i;
				*n = len;
			}
		}
	return best;
}

/* N rows behind row AT are left out. */
static void hide(size_t at, size_t n)
{
	struct picture *p = &picture;

	for (size_t i = 0; i < n; i++) {
		const struct row *r = &p->row[at + 1];
		uint64_t bit = (uint64_t)1 << (r->lane % 64);

		p->row[at].hidden |= bit | r->hidden;
		p->row[at].waits &= ~(bit | r->hidden);
		p->row[at].waits |= r->waits;
		if (r->kind == R_WAIT)
			p->row[at].waits |= bit;
		drop(at + 1);
	}
}

static void fold_block(size_t at, size_t n)
{
	struct picture *p = &picture;
	size_t k = times(at, n);

	hide(at + n - 1, (k - 1) * n);
	p->row[at].group = (unsigned)n;
	p->row[at].group_times = (unsigned)k;
	p->row[at].alike = 1;
	for (size_t i = at; i < at + n; i++)
		p->row[i].in_group = 1;
}

/* Still too many: the middle goes, but for what belongs to a group. */
static void cut_middle(void)
{
	struct picture *p = &picture;
	size_t at = BEGINNING, n;

	if (p->n <= MOST_ROWS)
		return;
	while (at > 0 && p->row[at].in_group && !p->row[at].group)
		at--;
	n = p->n - at - END;
	hide(at - 1, n);
	p->dropped_at = at;
	p->dropped = n;
}

void page_finish(void)
{
	size_t at, n;

	for (size_t l = 0; l < picture.lanes; l++)
		label(l, picture.lane[l].label, sizeof picture.lane[l].label);
	for (size_t i = 0; i < picture.n; i++) {
		struct row *r = &picture.row[i];
		size_t k = r->by ? row_find(r->by) : picture.n;

		r->by = k < picture.n ? picture.row[k].id : 0;
	}
	leave_out();
	while (picture.n > ROWS && find_block(&at, &n))
		fold_block(at, n);
	cut_middle();
	for (size_t i = 0; i < picture.n; i++)
		number_marks(&picture.row[i]);
	for (size_t i = 0; i < picture.n; i++)
		name_marks(&picture.row[i]);
}

void page_free(void)
{
	people = objects = 0;
	memset(person, 0, sizeof person);
	page = (struct page){ 0 };
}
