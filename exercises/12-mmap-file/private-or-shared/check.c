/*
 * check - what private-or-shared asks of upper
 */
#include <ctype.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/proof/check.h"

enum { MOST = 200001 };

static char path[OWN_PATH], before[MOST], want[MOST];

/* A file of LEN bytes, and what it should become. */
static void make(size_t len)
{
	int fd;

	check_path(path, "f");
	for (size_t i = 0; i < len; i++) {
		before[i] = (char)random_below(256);
		if (random_below(2))
			before[i] = (char)('a' + random_below(26));
		want[i] = before[i] >= 'a' && before[i] <= 'z' ?
			  (char)(before[i] - 'a' + 'A') : before[i];
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	HOLDS(fd != -1);
	HOLDS(write(fd, before, len) == (ssize_t)len);
	HOLDS(close(fd) == 0);
}

/* What the file holds now. */
static void must_hold(size_t len)
{
	static char got[MOST + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	MUST(fd != -1, "the file is gone");
	n = read(fd, got, sizeof got);
	HOLDS(n >= 0);
	HOLDS(close(fd) == 0);
	MUST(len == 0 || memcmp(got, before, (size_t)n) != 0 ||
	     memcmp(want, before, len) == 0,
	     "the file is as it was: the program has changed a copy of its "
	     "own");
	MUST_BYTES("the file", got, (size_t)n, want, len);
}

static void upper(size_t len)
{
	struct prog p = start("upper", path, NULL);

	MUST_EXIT(&p, 0);
	must_hold(len);
}

CHECK(4, "file", "the letters of the file are capital ones")
{
	make(1000);
	upper(1000);
}

CHECK_AFTER(1, "sizes", "file", "from one byte to 200000, whole pages and not")
{
	for (size_t i = 0; i < SIZES; i++) {
		make(sizes[i]);
		upper(sizes[i]);
	}
}

CHECK(1, "empty", "an empty file stays one, and is no error")
{
	make(0);
	upper(0);
}

/* We have the file mapped, and get to see the change. */
CHECK_AFTER(2, "place", "file", "it is the same file: who has it mapped sees "
	    "it")
{
	char *at;
	int fd;

	make(5000);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	HOLDS(fd != -1);
	at = mmap(NULL, 5000, PROT_READ, MAP_SHARED, fd, 0);
	HOLDS(at != MAP_FAILED);
	HOLDS(at[0] == before[0]);
	upper(5000);
	MUST(memcmp(at, before, 5000) != 0, "there is another file of that "
	     "name now; who has the old one open does not see the change");
	MUST_BYTES("the file that we had open", at, 5000, want, 5000);
}

static struct prog scene(const struct how *how)
{
	make(100);
	return start_how(how, "upper", path, NULL);
}

MAY_FAIL("munmap");

CHECK_AFTER(1, "errors", "file", "a call that fails is noticed and named")
{
	struct prog p;

	check_path(path, "missing");
	p = start("upper", path, NULL);
	MUST_FAIL(&p);
	p = start("upper", NULL);
	MUST_FAIL(&p);
	MUST_NOTICE(scene);
}
