/*
 * check - what private-or-shared asks of upper
 */
#include <ctype.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/proof/check.h"

enum { MOST = 3000001, DENSE = 200001 };

static char path[OWN_PATH], before[MOST], want[MOST];

/* A file of LEN bytes, and what it should become. */
static void make(size_t len)
{
	int fd;

	check_path(path, "f");
	for (size_t i = 0; i < len; i++) {
		before[i] = (char)random_below(256);
		if (i >= DENSE)		/* seldom a letter: some seek to each */
			before[i] = random_below(99) ? '.' : 'x';
		else if (random_below(2))
			before[i] = (char)('a' + random_below(26));
		if (i == 10 || i == 11)		/* a 0 ends nothing */
			before[i] = i == 10 ? '\0' : 'q';
		want[i] = before[i] >= 'a' && before[i] <= 'z' ?
			  (char)(before[i] - 'a' + 'A') : before[i];
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	HOLDS(fd != -1);
	HOLDS(write(fd, before, len) == (ssize_t)len);
	HOLDS(close(fd) == 0);
}

/* It must not stop somewhere: of GOT, N of LEN bytes, the first ones are right
 * then, and all others as they were. */
static void must_go_on(const char *got, size_t n, size_t len)
{
	size_t same = 0, zero;

	while (same < n && got[same] == want[same])
		same++;
	if (n != len || same == n ||
	    memcmp(got + same, before + same, n - same) != 0)
		return;
	zero = same;
	while (zero > 0 && before[zero] != '\0' &&
	       (zero == same || before[zero] == want[zero]))
		zero--;
	MUST(0, "the file has %zu bytes. The letters before byte %zu are "
	     "capital ones now, and all behind it are as they were%s", len,
	     same, before[zero] == '\0' ? ". A byte 0 stands there: in a file "
	     "it ends nothing" : "");
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
	must_go_on(got, (size_t)n, len);
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

CHECK_AFTER(1, "sizes", "file", "from one byte to 3000000, whole pages and not")
{
	for (size_t i = 0; i < SIZES; i++) {
		make(sizes[i]);
		upper(sizes[i]);
	}
	make(MOST - 1);
	upper(MOST - 1);
}

CHECK(1, "empty", "an empty file stays one, and is no error")
{
	make(0);
	upper(0);
}

/* Is the page at AT, which we have locked, still in our memory? 1 or 0; -1 if
 * that is not told (proc(5), pagemap). A file that is cut, if only for a
 * moment, takes its pages away from all who have it mapped. */
static int is_still_mapped(const char *at)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t page = (uintptr_t)at / (uint64_t)sysconf(_SC_PAGE_SIZE), entry;
	ssize_t n;

	if (fd == -1)
		return -1;
	n = pread(fd, &entry, sizeof entry, (off_t)(page * sizeof entry));
	close(fd);
	return n == sizeof entry ? (int)(entry >> 63) : -1;
}

/* We have the file mapped, and get to see the change. */
CHECK_AFTER(2, "place", "file", "it is the same file: who has it mapped sees "
	    "it")
{
	struct prog p;
	int fd, is_kept;
	char *at;

	make(5000);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	HOLDS(fd != -1);
	at = mmap(NULL, 5000, PROT_READ, MAP_SHARED, fd, 0);
	HOLDS(at != MAP_FAILED);
	HOLDS(at[0] == before[0]);
	is_kept = mlock(at, 5000) == 0 && is_still_mapped(at) == 1;
	p = start("upper", path, NULL);
	MUST_EXIT(&p, 0);
	MUST(!is_kept || is_still_mapped(at) != 0, "it made the file empty, "
	     "and wrote it anew (O_TRUNC, fopen \"w\", ftruncate). Who has it "
	     "mapped, and reads at that moment, is killed by SIGBUS");
	must_hold(5000);
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
