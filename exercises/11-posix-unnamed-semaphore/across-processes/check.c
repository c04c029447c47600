/*
 * check - what across-processes asks of relay
 *
 * The checker gives it a line when both processes sleep, and looks who wakes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "../../../common/proof/asleep.h"

static int talk;		/* our end of its stdin */
static pid_t child;

/* Start it, and see both processes asleep. */
static struct prog both_asleep(void)
{
	struct how how = { .fd3 = 0 };
	struct prog p;
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	talk = s[0];
	p = start_how(&how, "relay", NULL);
	MUST(await_blocked(&p), "it ended before its input did");
	MUST(children_of(p.pid) == 1, "it has %d children, not 1",
	     children_of(p.pid));
	child = first_child(p.pid);
	MUST(blocks(child), "the child ended before a line came");
	MUST_STAY_ASLEEP(child, "while the child has no line");
	MUST_STAY_ASLEEP(p.pid, "while no line comes");
	return p;
}

static void give_it(const char *text)
{
	MUST(send(talk, text, strlen(text), MSG_NOSIGNAL) ==
	     (ssize_t)strlen(text), "it ended before its input did");
}

/* Both sleep again, once whoever was woken has woken the other. */
static void settle(const struct prog *p)
{
	for (int i = 0; i < 6; i++)
		MUST(await_blocked(p) && blocks(child), "a process ended "
		     "before the input did");
}

static void close_it(struct prog *p)
{
	HOLDS(close(talk) == 0);
	MUST_EXIT(p, 0);
}

CHECK(4, "child", "the child sleeps, a line comes, and the child says it")
{
	struct prog p = both_asleep();

	give_it("one\n");
	settle(&p);
	MUST(out_lines(&p) == 1, "a line came, relay put it into the page and "
	     "posted, and the child sleeps on. Is the page shared, and does "
	     "sem_post() look for sleepers in other processes?");
	give_it("two\n");
	settle(&p);
	MUST(out_lines(&p) == 2, "the first line woke the child, and the "
	     "second did not");
	close_it(&p);
	MUST_SAY(&p, "relay    | one\nrelay    | two\n");
}

/* Does WORD stand in memory that process PID shares with others? 1 or 0; -1 if
 * it may not be looked at. */
static int is_in_shared_memory(pid_t pid, const char *word)
{
	static char part[1 << 20];
	unsigned long from, to;
	char path[32], line[512], mode[8];
	int found = 0, mem;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	f = mem == -1 ? NULL : fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		ssize_t n;

		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    mode[0] != 'r' || mode[3] != 's')
			continue;
		n = pread(mem, part, to - from < sizeof part ? to - from :
			  sizeof part, (off_t)from);
		found |= n > 0 && memmem(part, (size_t)n, word, strlen(word));
	}
	if (f)
		fclose(f);
	if (mem != -1)
		close(mem);
	return f ? found : -1;
}

/* The child is stopped, and a line has been given: where is it? A relay that
 * passes one byte at a time has the first one there, and keeps the rest. */
static void must_be_in_the_page(const struct prog *p, const char *word,
				const char *last)
{
	const char first[] = { word[0], '\0' };
	int unread = 0;

	HOLDS(ioctl(talk, SIOCOUTQ, &unread) == 0);
	MUST(unread == 0, "the child is stopped, and nobody reads the lines: "
	     "the parent should read them, and put them into the page");
	MUST(is_in_shared_memory(p->pid, word) != 0 ||
	     is_in_shared_memory(p->pid, last) != 1, "the child is stopped, "
	     "and has not taken the line '%s'. In its place there is '%s' now: "
	     "the parent does not wait for the child", word, last);
	MUST(is_in_shared_memory(p->pid, word) != 0 ||
	     (pipe_fds(p->pid, '*') == 0 &&
	      is_in_shared_memory(p->pid, first) != 0),
	     "the child is stopped, the parent has read the line '%s', and it "
	     "is in no memory that they share: each line has to go through "
	     "the page", word);
}

/* While the child is stopped relay has to wait for it, and is to be woken. */
CHECK_AFTER(3, "parent", "child", "a line waits in the page: the "
	    "parent sleeps, and the child wakes it")
{
	struct prog p = both_asleep();

	HOLDS(kill(child, SIGSTOP) == 0);
	while (is_asleep(child) == 1)
		sched_yield();
	give_it("one\ntwo\nthree\n");
	MUST(await_blocked(&p), "it ended before its input did");
	MUST(out_lines(&p) == 0, "the child is stopped, and somebody else says "
	     "its lines");
	must_be_in_the_page(&p, "one", "three");
	MUST_STAY_ASLEEP(p.pid, "while the page is full");
	HOLDS(kill(child, SIGCONT) == 0);
	settle(&p);
	MUST(out_lines(&p) == 3, "three lines came while the child was "
	     "stopped. It goes on, reads the first one and posts, and %zu "
	     "come out: the parent sleeps on", out_lines(&p));
	close_it(&p);
	MUST_SAY(&p, "relay    | one\nrelay    | two\nrelay    | three\n");
}

CHECK_AFTER(2, "lines", "child parent", "of 200 lines none is lost or mixed up")
{
	static char text[8000], want[8000];
	struct how how = { .fd3 = 0 };
	struct prog p;
	size_t n = 0, m = 0;

	for (int i = 0; i < 200; i++) {
		char word[20];

		random_word(word, 2 + random_below(18));
		n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", word);
		m += (size_t)snprintf(want + m, sizeof want - m,
				      "relay    | %s\n", word);
	}
	how.in = input(text, n);
	how.shake = check_seed() + 1;
	p = start_how(&how, "relay", NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("one\ntwo\n");
	return start_how(&how, "relay", NULL);
}

/* The same. If the child fails its parent waits for ever, and nobody has to
 * care: so we end it, and what the child says is looked at. */
static struct prog scene_with_child(const struct how *how)
{
	struct prog p = scene(how);

	while (how->fault && !has_ended(&p)) {
		pid_t its = first_child(p.pid);

		if (its > 0 && is_blocked(its) == -1 &&
		    is_blocked(p.pid) == 1) {
			HOLDS(kill(p.pid, SIGTERM) == 0);
			break;
		}
		sched_yield();
	}
	return p;
}

MAY_FAIL("sem_wait sem_post pthread_mutex_lock pthread_mutex_unlock "
	 "pthread_cond_wait pthread_cond_signal "
	 "pthread_cond_broadcast");

/* If the child fails its parent waits for ever, and nobody has to care: so of
 * these calls only the parent's are looked at, if it makes them. */
CHECK_AFTER(1, "errors", "child parent",
	    "a call that fails is noticed and named")
{
	static const char *const made[] = { "0 sem_wait 1\n",
					    "0 sem_post 1\n" };
	static const char *const faults[] = { "sem_wait:1:EIO@0",
					      "sem_post:1:EIO@0" };
	struct how how = { .log = "calls" };
	char text[4096];
	struct prog p;
	ssize_t n;
	int fd;

	MUST_NOTICE(scene_with_child);
	p = scene(&how);
	MUST_EXIT(&p, 0);
	fd = open("calls", O_RDONLY | O_CLOEXEC);
	HOLDS(fd != -1);
	n = read(fd, text, sizeof text - 1);
	HOLDS(n >= 0);
	text[n] = '\0';
	for (int i = 0; i < 2; i++) {
		struct how bad = { .fault = faults[i] };

		if (!strstr(text, made[i]))
			continue;
		p = scene(&bad);
		MUST_FAIL(&p);
	}
}

CHECK_AFTER(1, "clean", "child", "no process is left, all are waited for")
{
	struct prog p = both_asleep();

	close_it(&p);
	nothing_left();
}
