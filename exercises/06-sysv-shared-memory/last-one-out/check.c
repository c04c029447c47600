/*
 * check - what last-one-out asks of tally
 *
 * A signal comes when the parent waits and its child reads, so both have the
 * table.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/proof/check.h"

static int no_input(int *keep)
{
	int fd[2];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	*keep = fd[1];
	return fd[0];
}

/* What tally prints for the LEN letters at DATA. */
static const char *counts(const char *data, size_t len)
{
	static char text[26 * 24];
	size_t n[26] = { 0 }, at = 0;

	for (size_t i = 0; i < len; i++)
		if (data[i] >= 'a' && data[i] <= 'z')
			n[data[i] - 'a']++;
	*text = '\0';
	for (int i = 0; i < 26; i++)
		if (n[i])
			at += (size_t)sprintf(text + at, "%c %zu\n", 'a' + i,
					      n[i]);
	return text;
}

CHECK(2, "counts", "a child counts, the parent prints")
{
	char data[3000];
	struct how how = { .in = 0 };
	struct prog p;
	int keep;

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = random_below(5) ? (char)('a' + random_below(26)) :
			  '\n';
	how.in = no_input(&keep);
	p = start_how(&how, "tally", NULL);
	signal(SIGPIPE, SIG_IGN);	/* a reader that ends is its fault */
	MUST(write(keep, data, sizeof data) == sizeof data,
	     "it ended before its input did");
	MUST(await_blocked(&p), "it ended before its input did");
	MUST(children_of(p.pid) >= 1, "there is no child that counts");
	HOLDS(close(keep) == 0);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, counts(data, sizeof data));
}

/* Do A and B have one piece of writable memory in common? */
static int share_memory(pid_t a, pid_t b)
{
	char path[32], line[512], other[512], mode[8], mode2[8];
	unsigned long inode, inode2;
	int shared = 0;
	FILE *f, *g;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)a);
	f = fopen(path, "re");
	snprintf(path, sizeof path, "/proc/%d/maps", (int)b);
	g = fopen(path, "re");
	HOLDS(f && g);
	while (!shared && fgets(line, sizeof line, f)) {
		if (sscanf(line, "%*s %7s %*s %*s %lu", mode, &inode) != 2 ||
		    strcmp(mode, "rw-s") != 0)
			continue;
		rewind(g);
		while (!shared && fgets(other, sizeof other, g))
			shared = sscanf(other, "%*s %7s %*s %*s %lu", mode2,
					&inode2) == 2 &&
				 strcmp(mode2, "rw-s") == 0 && inode == inode2;
	}
	fclose(f);
	fclose(g);
	return shared;
}

CHECK_AFTER(1, "shared", "counts", "parent and child share the table in "
	    "memory")
{
	struct how how = { .in = 0 };
	struct prog p;
	int keep;

	how.in = no_input(&keep);
	p = start_how(&how, "tally", NULL);
	HOLDS(write(keep, "x\n", 2) == 2);
	MUST(await_blocked(&p) && blocks(first_child(p.pid)),
	     "it ended before its input did");
	MUST(share_memory(p.pid, first_child(p.pid)), "the parent and its "
	     "child have no memory in common that both may write: where does "
	     "the child count?");
	HOLDS(close(keep) == 0);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(1, "child", "counts", "a child that is killed is noticed")
{
	struct how how = { .in = 0 };
	struct prog p;
	pid_t child;
	int keep;

	how.in = no_input(&keep);
	p = start_how(&how, "tally", NULL);
	HOLDS(write(keep, "x\n", 2) == 2);
	MUST(await_blocked(&p), "it ended before its input did");
	child = first_child(p.pid);
	MUST(child > 0 && blocks(child), "the child does not read");
	HOLDS(kill(child, SIGKILL) == 0);
	MUST(end_of(&p) != 0, "its child was killed by a signal while it "
	     "counted, and tally ends with status 0. WEXITSTATUS() means "
	     "something only if WIFEXITED() is true");
	HOLDS(close(keep) == 0);
}

CHECK_AFTER(1, "sizes", "counts", "from one byte to 200000, each is counted")
{
	static char data[200000];

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)('a' + random_below(26));
	for (size_t i = 0; i < SIZES; i++) {
		struct how how = { .in = input(data, sizes[i]) };
		struct prog p = start_how(&how, "tally", NULL);

		MUST_EXIT(&p, 0);
		MUST_SAY(&p, counts(data, sizes[i]));
	}
}

CHECK_AFTER(1, "clean", "counts", "nothing is left when all goes well")
{
	struct how how = { .in = input_text("x\n") };
	struct prog p = start_how(&how, "tally", NULL);

	MUST_EXIT(&p, 0);
	nothing_left();
}

/* Wait until process PID, not our child, has gone. */
static void await_gone(pid_t pid)
{
	while (pid > 0 && kill(pid, 0) == 0)
		if (waitpid(pid, NULL, WNOHANG) == -1)
			sched_yield();
}

/* SIG comes to both while they have the table, as from the keyboard. */
static void end_both(int sig)
{
	struct how how = { .in = 0 };
	struct prog p;
	pid_t child;
	int keep;

	how.in = no_input(&keep);
	p = start_how(&how, "tally", NULL);
	MUST(await_blocked(&p), "it ended before its input did");
	child = first_child(p.pid);
	MUST(child != -1 && blocks(child), "the child does not read");
	HOLDS(kill(-p.pid, sig) == 0);
	end_of(&p);
	HOLDS(close(keep) == 0);
	await_gone(child);
}

CHECK_AFTER(2, "signals", "counts", "nothing is left after SIGINT, SIGTERM, "
	    "SIGHUP")
{
	end_both(SIGINT);
	end_both(SIGTERM);
	end_both(SIGHUP);
	no_object_left();
}

CHECK_AFTER(3, "killed", "counts", "nothing is left even after SIGKILL")
{
	end_both(SIGKILL);
	no_object_left();
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("one\ntwo\n");
	return start_how(&how, "tally", NULL);
}

MAY_FAIL("shmdt shm_unlink");

CHECK_AFTER(1, "errors", "counts", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}

/* If it is shmctl() that fails, there is nothing that it could do. */
CHECK_AFTER(1, "tidy", "errors", "nothing is left after a call that failed")
{
	MUST_NOTICE_BUT(scene, "shmctl");
	no_object_left();
}
