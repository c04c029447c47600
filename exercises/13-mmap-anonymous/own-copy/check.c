/*
 * check - what own-copy asks of lines
 */
#include <fcntl.h>

#include "../../../common/proof/check.h"

enum { FILES = 20, LONG = 17 * 4096 };

static const char *name_of(int i)
{
	static char name[FILES][16];

	snprintf(name[i], sizeof name[i], "file%d", i);
	return name[i];
}

/* FILE I gets that many lines. */
static void write_lines(int i, int lines)
{
	FILE *f = fopen(name_of(i), "we");

	HOLDS(f != NULL);
	for (int n = 0; n < lines; n++)
		HOLDS(fputs(lines != LONG && random_below(2) ? "abc\n" : "\n",
			    f) >= 0);
	if (lines == LONG)			/* its last line has no end */
		HOLDS(fputs("x", f) >= 0);
	HOLDS(fclose(f) == 0);
}

CHECK(4, "counts", "the parent prints what the children counted")
{
	struct prog p;

	write_lines(0, 2);
	write_lines(1, 3);
	p = start("lines", name_of(0), name_of(1), NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "2 file0\n3 file1\n5 in all\n");
}

CHECK_AFTER(2, "many", "counts",
	    "twenty files, large and empty, each has its own number")
{
	static const int first[] = { 0, 1, 255, 256, 257, 65536, LONG };
	const char *n[FILES];
	char want[1024];
	size_t len = 0;
	int sum = 0;
	struct prog p;

	for (int i = 0; i < FILES; i++) {
		int lines = i < 7 ? first[i] : (int)random_below(500);

		write_lines(i, lines);
		n[i] = name_of(i);
		sum += lines;
		len += (size_t)snprintf(want + len, sizeof want - len,
					"%d %s\n", lines, n[i]);
	}
	snprintf(want + len, sizeof want - len, "%d in all\n", sum);
	p = start("lines", n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7],
		  n[8], n[9], n[10], n[11], n[12], n[13], n[14], n[15],
		  n[16], n[17], n[18], n[19], NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

/* A FIFO that nobody has opened for writing stops who opens it for reading:
 * so we see all the children at once, each at its own file. */
CHECK_AFTER(3, "children", "counts",
	    "one child for each file, all at the same time")
{
	struct prog p;

	for (int i = 0; i < 3; i++)
		HOLDS(mkfifo(name_of(i), 0600) == 0);
	p = start("lines", name_of(0), name_of(1), name_of(2), NULL);
	MUST(await_blocked(&p), "it ended before the files were read");
	MUST(children_of(p.pid) == 3, "it has %d children for 3 files",
	     children_of(p.pid));
	/* The last one first: nobody waits for another one's file. */
	for (int i = 2; i >= 0; i--) {
		int to = open(name_of(i), O_WRONLY | O_CLOEXEC);

		HOLDS(to != -1);
		HOLDS(write(to, "\n\n\n", (size_t)i + 1) == i + 1);
		HOLDS(close(to) == 0);
	}
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "1 file0\n2 file1\n3 file2\n6 in all\n");
	for (int i = 0; i < 3; i++)
		HOLDS(unlink(name_of(i)) == 0);
}

CHECK_AFTER(1, "missing", "counts",
	    "a file that is not there is named, as an error")
{
	struct prog p;

	write_lines(0, 2);
	p = start("lines", name_of(0), "not-there", NULL);
	MUST_FAIL(&p);
	MUST(strstr(err_text(), "not-there"), "it does not name the file that "
	     "is not there");
}

/* Its first child waits for a FIFO's writer when we kill it. No exit status
 * tells of that: WEXITSTATUS() of it may well be 0. */
CHECK_AFTER(1, "killed", "children", "a child that is killed is an error, too")
{
	struct prog p;
	pid_t child;
	int status, to = -1;

	for (int i = 0; i < 2; i++)
		HOLDS(mkfifo(name_of(i), 0600) == 0);
	p = start("lines", name_of(0), name_of(1), NULL);
	MUST(await_blocked(&p) && (child = first_child(p.pid)) > 0,
	     "it ended before the files were read");
	MUST(blocks(child), "a child ended before its file was read");
	HOLDS(kill(child, SIGKILL) == 0);
	while (blocks(child))
		sched_yield();
	/* Of the two FIFOs one has a reader still. */
	for (int i = 0; to == -1 && !has_ended(&p); i = !i)
		to = open(name_of(i), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	HOLDS(to == -1 || close(to) == 0);
	status = end_of(&p);
	MUST(status > 0 && status < 128, "one of its children was killed by a "
	     "signal, and counted nothing; it ends with status %d. WIFEXITED() "
	     "tells whether there is an exit status at all", status);
	for (int i = 0; i < 2; i++)
		HOLDS(unlink(name_of(i)) == 0);
}

static struct prog scene(const struct how *how)
{
	write_lines(0, 2);
	write_lines(1, 3);
	return start_how(how, "lines", name_of(0), name_of(1), NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "counts",
	    "a call that fails is noticed, and named")
{
	struct how how = { .fault = "fork:2:EAGAIN" };
	struct prog p = scene(&how);

	MUST_FAIL_WITH(&p, EAGAIN);
	MUST_NOTICE(scene);
}

CHECK_AFTER(1, "clean", "counts", "no process is left, all are waited for")
{
	struct prog p;

	write_lines(0, 2);
	p = start("lines", name_of(0), name_of(0), name_of(0), NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "2 file0\n2 file0\n2 file0\n6 in all\n");
	nothing_left();
}
