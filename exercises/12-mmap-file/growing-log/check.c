/*
 * check - what growing-log asks of append
 *
 * The checker reads the file as anybody may, also while append still runs.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/check.h"

enum { MOST = 700000, STEP = 64 * 1024 };

static char path[OWN_PATH], want[MOST], got[MOST];
static size_t len;			/* of what the file should hold */

/* A file of LEN bytes, the last of them an end of line; none for 0. */
static void make(size_t n)
{
	int fd;

	check_path(path, "log");
	unlink(path);
	for (len = 0; len < n; len++)
		want[len] = (char)('A' + random_below(26));
	if (n == 0)
		return;
	want[n - 1] = '\n';
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	HOLDS(fd != -1);
	HOLDS(write(fd, want, n) == (ssize_t)n);
	HOLDS(close(fd) == 0);
}

/* One more record, N bytes with its end of line; returns where it begins. */
static char *record(size_t n)
{
	char *at = want + len;

	HOLDS(len + n <= MOST);
	for (size_t i = 0; i + 1 < n; i++)
		at[i] = (char)('a' + random_below(26));
	at[n - 1] = '\n';
	len += n;
	return at;
}

/* Records of 1 to 200 bytes, N bytes together. */
static char *records(size_t n)
{
	char *at = want + len;

	while (n > 0) {
		size_t one = 1 + random_below(200);

		one = one < n ? one : n;
		record(one);
		n -= one;
	}
	return at;
}

static size_t content(void)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	MUST(fd != -1, "there is no file");
	n = read(fd, got, sizeof got);
	HOLDS(n >= 0);
	HOLDS(close(fd) == 0);
	return (size_t)n;
}

/* Give append all that WANT has from START on. */
static struct prog append(const struct how *base, const char *start)
{
	struct how how = base ? *base : (struct how){ .in = 0 };

	how.in = input(start, (size_t)(want + len - start));
	return start_how(&how, "append", path, NULL);
}

static void appends(const char *start)
{
	struct prog p = append(NULL, start);
	int status = end_of(&p);
	size_t n;

	MUST(status != 128 + SIGBUS, "it was killed by SIGBUS: it touched a "
	     "page behind the end of the file");
	MUST(status != 128 + SIGSEGV, "it was killed by SIGSEGV: it touched "
	     "memory where nothing is mapped (any more)");
	MUST(status == 0, "it ended with status %d", status);
	n = content();
	MUST(n <= len || memcmp(got, want, len) != 0, "all records are there, "
	     "and %zu bytes too many behind them: the file keeps the room "
	     "that it did not need", n - len);
	MUST_BYTES("the file", got, n, want, len);
}

/* P has ended well, and the file goes on behind byte AT, which is 0. */
static void must_not_stop_at(struct prog p, size_t at)
{
	MUST_EXIT(&p, 0);
	MUST(content() > at && got[at] == '\0' && got[at + 1] == want[at + 1],
	     "a record with a byte 0 in it is not whole in the file: getline() "
	     "tells its length, and strlen() stops at the 0");
	MUST(content() == len, "the file should have %zu bytes, and has %zu. A "
	     "record may hold a byte 0, where strlen() stops, and the last "
	     "line may come without its end", len, content());
	MUST_BYTES("the file", got, content(), want, len);
}

CHECK(3, "new", "the records are in the file, which ends with the last one")
{
	make(0);
	appends(records(500));
}

/* A record with a byte 0 in it, and a last one without an end of line. */
CHECK_AFTER(1, "bytes", "new", "a record may hold any byte, and the last one "
	    "may end without a line")
{
	char *start;

	make(100);
	start = record(40);
	start[20] = '\0';
	record(40)[39] = 'x';
	must_not_stop_at(append(NULL, start), 120);
	appends(want + len);
}

CHECK_AFTER(2, "existing", "new", "what the file held before stays, even "
	    "without a line")
{
	const size_t before[] = { 1, 4095, 4096, 65536, 100000 };

	for (size_t i = 0; i < 5; i++) {
		make(before[i]);
		appends(records(300));
	}
	make(777);
	appends(want + len);
}

CHECK_AFTER(3, "grows", "new", "it grows as far as it has to, a long record "
	    "too")
{
	char *start;

	for (size_t i = 0; i < SIZES; i++) {
		make(0);
		appends(records(sizes[i]));
	}
	make(100);
	start = records(65436);		/* exactly to the edge, and on */
	record(1);
	record(300000);
	record(1);
	appends(start);
}

CHECK_AFTER(2, "live", "new", "others see a record before the next one comes")
{
	struct how how = { .log = "calls" };
	char calls[4000] = "";
	struct prog p;
	int fd[2];
	char *start;
	FILE *f;

	make(50);
	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	how.in = fd[0];
	p = start_how(&how, "append", path, NULL);
	for (int i = 0; i < 3; i++) {
		start = record(40);
		MUST(write(fd[1], start, 40) == 40, "it does not read");
		MUST(await_blocked(&p), "it ended before its input did");
		MUST(content() >= len && memcmp(got, want, len) == 0,
		     "it waits for the next line, and the one before is not "
		     "in the file");
		MUST(content() % STEP == 0 || (content() - 50) % STEP == 0,
		     "the file had 50 bytes, %zu came, and its size is %zu "
		     "now: it should grow by whole steps of 64 KiB", len - 50,
		     content());
	}
	HOLDS(close(fd[1]) == 0);
	MUST_EXIT(&p, 0);
	MUST_BYTES("the file", got, content(), want, len);
	f = fopen("calls", "re");
	HOLDS(f && fread(calls, 1, sizeof calls - 1, f) > 0);
	fclose(f);
	MUST(strstr(calls, " mmap "), "it never calls mmap()");
}

/* What P has written by calls such as write(), in bytes (proc(5), io); -1 if it
 * is not told. */
static long written_by(const struct prog *p)
{
	char io[32], line[64];
	long n = -1;
	FILE *f;

	snprintf(io, sizeof io, "/proc/%d/io", (int)p->pid);
	f = fopen(io, "re");
	while (f && fgets(line, sizeof line, f))
		sscanf(line, "wchar: %ld", &n);
	if (f)
		fclose(f);
	return n;
}

/* The first record makes room for the second, which is long enough to be known
 * from a line that the program may print. */
CHECK_AFTER(1, "maps", "live", "the records are copied into the mapping, "
	    "not written")
{
	enum { LONG = 3000 };
	struct how how = { .in = 0 };
	struct prog p;
	int fd[2];
	long before;

	make(50);
	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	how.in = fd[0];
	p = start_how(&how, "append", path, NULL);
	MUST(write(fd[1], record(40), 40) == 40, "it does not read");
	MUST(await_blocked(&p), "it ended before its input did");
	before = written_by(&p);
	MUST(write(fd[1], record(LONG), LONG) == LONG, "it does not read");
	MUST(await_blocked(&p), "it ended before its input did");
	MUST(written_by(&p) < before + LONG, "a record of %d bytes came, for "
	     "which there was room. It wrote %ld bytes by write() or a call "
	     "like it, and should copy them into the mapping", LONG,
	     written_by(&p) - before);
	HOLDS(close(fd[1]) == 0);
	MUST_EXIT(&p, 0);
	MUST_BYTES("the file", got, content(), want, len);
}

/* All whole records that could be, and not a byte more. If all of them are
 * there, it was the cut at the end that failed. */
static void must_be_whole(size_t old)
{
	size_t n = content(), same = 0;

	while (same < n && same < len && got[same] == want[same])
		same++;
	MUST(same >= old, "what the file held before is damaged");
	if (same == len)
		return;
	MUST(same == n, "the file could not grow, and has %zu bytes behind "
	     "its last record: cut it before you give up", n - same);
	MUST(same == old || want[same - 1] == '\n',
	     "the last record is not whole");
}

/* Whatever makes a file longer fails the NTH time. */
static void let_fail(unsigned nth, const char *err, size_t at_most)
{
	char fault[160];
	struct how how = { .fault = fault };
	size_t said = strlen(err_text());
	struct prog p;
	int status;

	snprintf(fault, sizeof fault, "ftruncate:%u:%s,fallocate:%u:%s,"
		 "posix_fallocate:%u:%s,write:%u:%s,pwrite:%u:%s", nth, err,
		 nth, err, nth, err, nth, err, nth, err);
	make(1234);
	p = append(&how, records(200000));
	status = end_of(&p);
	MUST(status != 128 + SIGBUS, "it was killed by SIGBUS: it went "
	     "on as if the file had grown");
	MUST(status > 0 && status < 128, "it ended with status %d", status);
	MUST(strlen(err_text()) > said, "nothing on stderr says so");
	must_be_whole(1234);
	MUST(content() <= at_most, "the file grew when it could not");
}

CHECK_AFTER(3, "full", "grows", "if it cannot grow, what is there stays, and "
	    "no more")
{
	let_fail(1, "ENOSPC", 1234);
	let_fail(2, "EFBIG", MOST);
	let_fail(3, "EIO", MOST);
}

static struct prog scene(const struct how *how)
{
	make(10);
	return append(how, records(100000));
}

static struct prog bad_mapping(const char *fault)
{
	struct how how = { .fault = fault };

	make(10);
	return append(&how, records(200000));
}

MAY_FAIL("close munmap");

CHECK_AFTER(1, "errors", "new", "a call that fails is noticed and named")
{
	static const char *const faults[] = {
		"mmap:1:ENOMEM", "mmap:2:ENOMEM", "mremap:1:ENOMEM",
		"mremap:2:ENOMEM", "munmap:1:EINVAL"
	};
	struct prog p;
	int status;

	p = start("append", NULL);
	MUST_FAIL(&p);
	p = start("append", "no/such/folder/log", NULL);
	MUST_FAIL(&p);
	MUST_NOTICE(scene);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		p = bad_mapping(faults[i]);
		status = end_of(&p);
		MUST(status < 128, "it was killed by signal %d (%s)",
		     status - 128, strsignal(status - 128));
		if (status == 0)	/* it makes no such call */
			MUST_BYTES("the file", got, content(), want, len);
		else
			must_be_whole(10);
	}
}
