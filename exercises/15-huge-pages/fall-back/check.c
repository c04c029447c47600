/*
 * check - what fall-back asks of squares
 *
 * Whether this system has huge pages or not: where a check needs that there
 * are none, the first mmap() is told to fail (SHAKE_FAULT).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "../../../common/proof/check.h"

static const unsigned long HUGE_PAGE = 2 << 20;

static struct {
	char kind[8];			/* "huge" or "small" */
	unsigned long at, size;
	int fd;				/* our end of its stdin */
} table;

static struct prog begin(const char *fault, unsigned mib)
{
	int s[2];
	char arg[16];
	struct how how = { .fault = fault };
	struct prog p;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	table.fd = s[0];
	table.size = (unsigned long)mib << 20;
	snprintf(arg, sizeof arg, "%u", mib);
	p = start_how(&how, "squares", arg, NULL);
	MUST(await_lines(&p, 1) && await_blocked(&p),
	     "it ended before the end of its input, with status %d",
	     end_of(&p));
	MUST(sscanf(out_text(&p, NULL), "%7[a-z] pages at %lx", table.kind,
		    &table.at) == 2, "its first line is not like 'small pages "
	     "at 0x7f1e00a00000'");
	return p;
}

/* Ask for the square of N. */
static void square(const struct prog *p, unsigned long n, size_t lines)
{
	char text[32], *out, *last;
	unsigned long long got;
	size_t len;

	snprintf(text, sizeof text, "%lu\n", n);
	HOLDS(send(table.fd, text, strlen(text), MSG_NOSIGNAL) > 0);
	MUST(await_lines(p, lines + 1), "it ended when it was asked for %lu",
	     n);
	out = out_text(p, &len);
	out[len - 1] = '\0';
	last = strrchr(out, '\n');
	HOLDS(last != NULL);
	got = strtoull(last + 1, NULL, 10);
	MUST(got == (unsigned long long)n * n,
	     "the square of %lu is %llu, not %llu", n,
	     (unsigned long long)n * n, got);
}

static void end(struct prog *p)
{
	HOLDS(close(table.fd) == 0);
	MUST_EXIT(p, 0);
}

/* Does each part of P's table have WORD in the line FIELD of smaps? Returns
 * 1 or 0; -1 if the field is not there. */
static int all_have(const struct prog *p, const char *field, const char *word)
{
	char path[32], line[512];
	unsigned long from, to, next = table.at;
	int here = 0, seen = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/smaps", (int)p->pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		char *colon = strchr(line, ':');

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
			here = from <= next && to > next &&
			       next < table.at + table.size;
		} else if (here && colon && strlen(field) ==
			   (size_t)(colon - line) &&
			   strncmp(line, field, strlen(field)) == 0) {
			seen = 1;
			if (strstr(colon, word))
				next = to;
		}
	}
	if (f)
		fclose(f);
	return seen ? next >= table.at + table.size : -1;
}

/* Free huge pages that are not promised to anybody. */
static long huge_pages(void)
{
	char line[128];
	long n = 0, value;
	FILE *f = fopen("/proc/meminfo", "re");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "HugePages_Free: %ld", &value) == 1)
			n += value;
		else if (sscanf(line, "HugePages_Rsvd: %ld", &value) == 1)
			n -= value;
	if (f)
		fclose(f);
	return n;
}

/* How many times does it call mmap(), with FAULT? *STATUS: its end. */
static int maps(const char *fault, int *status)
{
	struct how how = { .log = "calls", .fault = fault };
	struct prog p = start_how(&how, "squares", "4", NULL);
	char line[64];
	int n = 0;
	FILE *f;

	*status = end_of(&p);
	f = fopen("calls", "re");
	while (f && fgets(line, sizeof line, f))
		n += strstr(line, " mmap ") != NULL;
	if (f)
		fclose(f);
	return n;
}

CHECK(3, "asks", "it asks for huge pages first, and then falls back")
{
	int status, n = maps("mmap:1:ENOMEM", &status);
	struct prog p;

	MUST(status == 0, "it gives up; so mmap() fails where there are no "
	     "huge pages");
	MUST(n > 0, "it makes no call of mmap(): it cannot have asked");
	p = begin("mmap:1:ENOMEM", 4);
	MUST(strcmp(table.kind, "small") == 0, "its first mmap() fails, and "
	     "it says \"%s pages\"", table.kind);
	square(&p, 700, 1);
	end(&p);
	maps("mmap:1:EINVAL", &status);
	MUST(status == 0, "it gives up when its first mmap() fails with "
	     "EINVAL: so it is on a kernel that knows no huge pages at all");
	if (huge_pages() >= 4) {
		p = begin(NULL, 4);
		MUST(strcmp(table.kind, "huge") == 0, "there are free huge "
		     "pages, and it takes small ones");
		end(&p);
	}
}

CHECK_AFTER(2, "table", "asks",
	    "the whole table can be used, and the first line is true")
{
	struct prog p = begin(NULL, 4);
	unsigned long n = table.size / 8;
	char small[24];
	int are_small;

	square(&p, 700, 1);
	square(&p, random_below((uint32_t)n), 2);
	square(&p, n - 1, 3);
	snprintf(small, sizeof small, " %ld kB", sysconf(_SC_PAGE_SIZE) / 1024);
	are_small = all_have(&p, "KernelPageSize", small);
	MUST(are_small == -1 ||
	     strcmp(table.kind, are_small ? "small" : "huge") == 0,
	     "it says \"%s pages\", and smaps says that they are %s",
	     table.kind, are_small ? "small" : "not small");
	end(&p);
}

CHECK_AFTER(2, "aligned", "asks",
	    "small pages begin at a multiple of 2 MiB, whatever the size")
{
	for (unsigned mib = 2; mib <= 7; mib++) {
		struct prog p = begin("mmap:1:ENOMEM", mib);

		MUST(table.at % HUGE_PAGE == 0, "its table of %u MiB begins "
		     "0x%lx bytes after a multiple of 2 MiB", mib,
		     table.at % HUGE_PAGE);
		square(&p, table.size / 8 - 1, 1);
		end(&p);
	}
}

CHECK_AFTER(3, "advice", "asks",
	    "small pages are advised MADV_HUGEPAGE, all of them")
{
	void *own = mmap(NULL, HUGE_PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct prog p;
	int has;

	HOLDS(own != MAP_FAILED);
	if (madvise(own, HUGE_PAGE, MADV_HUGEPAGE) == -1)
		SKIP("this kernel has no transparent huge pages");
	p = begin("mmap:1:ENOMEM", 5);
	has = all_have(&p, "VmFlags", " hg");
	if (has == -1)
		SKIP("/proc/PID/smaps has no VmFlags here");
	MUST(has, "a part of its table has not the flag hg (VmFlags in smaps), "
	     "which MADV_HUGEPAGE sets");
	end(&p);
}

CHECK_AFTER(1, "wish", "asks", "if the advice fails, it goes on without")
{
	struct prog p = begin("mmap:1:ENOMEM,madvise:1:EINVAL", 4);

	square(&p, 700, 1);
	end(&p);
}

/* Not for a program that takes small pages by another call. */
CHECK_AFTER(1, "none", "asks",
	    "if there is no memory at all, it says so and ends")
{
	const char *all = "mmap:1:ENOMEM,mmap:2:ENOMEM,mmap:3:ENOMEM";
	int status, n = maps(all, &status);

	MUST(n < 2 || (status > 0 && status < 128), "two mmap() fail with "
	     "ENOMEM, and it ends with status %d; 1 is right here", status);
	MUST(n < 2 || *err_text(), "two mmap() fail with ENOMEM, and nothing "
	     "on stderr says so");
}
