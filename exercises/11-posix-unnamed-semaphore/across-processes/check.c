/*
 * check - what across-processes asks of relay
 *
 * The checker gives it a line when both processes sleep, and looks who wakes.
 */
#include <fcntl.h>
#include <sys/socket.h>

#include "../../../common/proof/check.h"

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

/* While the child is stopped relay has to wait for it, and is to be woken. */
CHECK_AFTER(3, "parent", "child", "the parent sleeps, and the child wakes it")
{
	struct prog p = both_asleep();

	HOLDS(kill(child, SIGSTOP) == 0);
	while (is_asleep(child) == 1)
		sched_yield();
	give_it("one\ntwo\nthree\n");
	MUST(await_blocked(&p), "it ended before its input did");
	MUST(out_lines(&p) == 0, "the child is stopped, and somebody else says "
	     "its lines");
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

	MUST_NOTICE(scene);
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
