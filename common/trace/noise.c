/*
 * noise.c - what a program does before main(), and what the C library does for
 * itself
 *
 * It is told by its place, never by the words in a path. After execve() the
 * dynamic linker and the C library map files, set up the first thread
 * (set_tid_address() and its like), protect memory, and give back what they
 * mapped first, the list of libraries. What is none of these is main()'s.
 */
#include "trace.h"

enum { IN_MAIN, LINKING, SET_UP, IN_TRACE };	/* struct group, begins */

static int failed(const struct event *e)
{
	return e->has_value && e->value == -1 && e->err[0];
}

static int sets_up_thread(const struct event *e)
{
	return e->call->what == START && !failed(e) &&
	       (!is(e->name, "arch_prctl") || has(e->args, "ARCH_SET_FS")) &&
	       !is(e->name, "prlimit64");
}

/* The first file that is mapped is the list of libraries. */
static void note_map(const struct event *e, struct group *g)
{
	struct piece a[2];
	int64_t size;

	if (g->first_map || has(e->args, "MAP_ANON") ||
	    split(e->args, a, 2) < 2 || !number_of(a[1], &size))
		return;
	g->first_map = (uint64_t)e->value;
	g->first_size = (uint64_t)size;
}

static int is_first_map(const struct event *e, const struct group *g)
{
	struct piece a[2];
	int64_t at;

	return g->first_map && split(e->args, a, 2) == 2 &&
	       number_of(a[0], &at) && (uint64_t)at == g->first_map;
}

/* Is E, of a process that has not come to main(), still before it? */
static int is_beginning(const struct event *e, struct group *g)
{
	enum what what = e->call->what;

	if (sets_up_thread(e)) {
		g->begins = SET_UP;
		return 1;
	}
	if (what == START || what == MEMORY)
		return 1;
	if (what == MUNMAP) {
		if (is_first_map(e, g))
			g->begins = IN_MAIN;
		return 1;
	}
	if (g->begins == SET_UP)
		return 0;
	if (what == MMAP)
		note_map(e, g);
	return what == MMAP || what == READ || what == CLOSE ||
	       (what == OPEN && has(e->args, "O_RDONLY") &&
		has(e->args, "O_CLOEXEC"));
}

/* Memory of the process alone: malloc(), the stack of a thread, a library. */
static int is_own_memory(const struct event *e, const struct task *t)
{
	struct piece a[4];
	int64_t at, size;
	size_t n = split(e->args, a, 4);

	if (e->call->what == MMAP)
		return n == 4 && !has(a[3], "MAP_SHARED") &&
		       !has(a[3], "MAP_HUGE") && !has(a[3], "MAP_POPULATE") &&
		       (has(a[3], "MAP_ANON") || has(a[3], "MAP_DENYWRITE"));
	if (n < 2 || !number_of(a[0], &at) || !number_of(a[1], &size) ||
	    at < 0 || size < 0)
		return 0;
	return !is(e->name, "madvise") &&
	       !is_shared(t, (uint64_t)at, (uint64_t)size);
}

/* fork() and pthread_create() block all signals for a moment; a shell does so
 * around its own fork(). */
static int is_library_mask(const struct event *e, struct task *t)
{
	struct piece a[2];

	if (split(e->args, a, 2) < 2)
		return 0;
	if (is(a[0], "SIG_UNBLOCK") && is(a[1], "[RTMIN RT_1]"))
		return 1;		/* what the library keeps for itself */
	if (!is(a[0], "SIG_UNBLOCK") &&
	    (is(a[1], "~[]") || is(a[1], "~[RTMIN RT_1]") ||
	     is(a[1], "~[RT_1]"))) {
		t->masked = 1;
		return 1;
	}
	if (t->masked && is(a[0], "SIG_SETMASK")) {
		t->masked = 0;
		return 1;
	}
	return 0;
}

int is_noise(struct event *e, struct task *t)
{
	struct group *g = t->group;

	if (e->call->what == EXEC && e->has_value && e->value == 0) {
		g->begins = has(e->args, "\"" ORDER_WORD "\"") ? IN_TRACE :
			    LINKING;
		g->first_map = 0;
		return g->begins == IN_TRACE;
	}
	if (g->begins == IN_TRACE)	/* it becomes the program in a moment */
		return 1;
	if (g->begins) {
		if (is_beginning(e, g))
			return 1;
		g->begins = IN_MAIN;
	}
	if (e->call->what == IOCTL)	/* isatty(), which stdio asks */
		return has(e->args, "TCGETS");
	if (failed(e) || e->to == FOREVER)
		return 0;
	switch (e->call->what) {
	case START: return 1;
	case MMAP: case MUNMAP: case MREMAP: case MEMORY:
		return !is(e->name, "shmdt") && is_own_memory(e, t);
	case SIGMASK: return is_library_mask(e, t);
	default: return 0;
	}
}
