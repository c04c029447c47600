/*
 * claims - what the notes say about madvise and posix_madvise, executed
 *
 * Ids are rows of docs/claims.tsv; L14-.. are claims of this course. What an
 * advice did is asked of the kernel: smaps, pagemap, mincore, fault counts.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

#ifndef MADV_COLD			/* Linux 5.4; older headers lack it */
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_POPULATE_READ		/* Linux 5.14 */
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_DONTNEED_LOCKED		/* Linux 5.18 */
#define MADV_DONTNEED_LOCKED 24
#endif
#ifndef MADV_GUARD_INSTALL		/* Linux 6.13 */
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif
#ifndef SYS_process_madvise		/* Linux 5.10, all but alpha */
#define SYS_process_madvise 440
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

enum { PAGES = 256, RW = PROT_READ | PROT_WRITE };

static size_t page;			/* bytes of a page; set by map() */

static char *map(int prot, int flags, int fd)
{
	char *p;

	page = (size_t)sysconf(_SC_PAGESIZE);
	p = mmap(NULL, PAGES * page, prot, flags, fd, 0);
	HOLDS(p != MAP_FAILED);
	return p;
}

/* PAGES pages of private memory, every byte 77; small pages, if we may. */
static char *memory(void)
{
	char *p = map(RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, PAGES * page, MADV_NOHUGEPAGE);
	return memset(p, 77, PAGES * page);
}

/* The lines of smaps about the mapping that P lies in: the one that begins
 * with NAME, in BUF. "" if it has none. */
static char *smaps(pid_t pid, const char *p, const char *name, char buf[256])
{
	unsigned long from, to, at = (unsigned long)(uintptr_t)p;
	int ours = 0;
	char path[32];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/smaps", (int)pid);
	f = fopen(path, "r");
	if (!f)
		SKIP("%s: %s; it needs CONFIG_PROC_PAGE_MONITOR", path,
		     errno_name(errno));
	while (fgets(buf, 256, f)) {
		if (sscanf(buf, "%lx-%lx ", &from, &to) == 2)
			ours = from <= at && at < to;
		else if (ours && strncmp(buf, name, strlen(name)) == 0)
			break;
		*buf = '\0';
	}
	fclose(f);
	return buf;
}

/* A number of smaps, in pages; -1 if this kernel does not show it. */
static long count_of(pid_t pid, const char *p, const char *name)
{
	char buf[256];
	long kb;

	if (sscanf(smaps(pid, p, name, buf), "%*[^:]: %ld", &kb) != 1)
		return -1;
	return kb * 1024 / (long)page;
}

static long count(const char *p, const char *name)
{
	return count_of(getpid(), p, name);
}

/* Does VmFlags of smaps have FLAG, two letters? */
static int has(const char *p, const char *flag)
{
	char buf[256], word[8];

	snprintf(word, sizeof word, " %s ", flag);
	smaps(getpid(), p, "VmFlags:", buf);
	buf[strcspn(buf, "\n")] = ' ';
	return strstr(buf, word) != NULL;
}

/* Pages of P that are in memory, whoever has mapped them. */
static int resident(char *p)
{
	unsigned char in[PAGES];
	int n = 0;

	EQUALS(mincore(p, PAGES * page, in), 0);
	for (int i = 0; i < PAGES; i++)
		n += in[i] & 1;
	return n;
}

/* A file of PAGES pages, every byte 77, on the disk and not in memory. */
static int cold_file(void)
{
	int fd = open("cold", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p, buf[4096];

	HOLDS(fd >= 0);
	page = (size_t)sysconf(_SC_PAGESIZE);
	memset(buf, 77, sizeof buf);
	for (size_t n = 0; n < PAGES * page; n += sizeof buf)
		HOLDS(write(fd, buf, sizeof buf) == sizeof buf);
	HOLDS(fsync(fd) == 0);
	EQUALS(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	p = map(PROT_READ, MAP_SHARED, fd);
	if (resident(p) != 0)
		SKIP("this folder keeps files in memory; TMPDIR=/var/tmp");
	munmap(p, PAGES * page);
	return fd;
}

static int shared_memory(void)
{
	int fd = memfd_create("pages", 0);

	HOLDS(fd >= 0);
	HOLDS(ftruncate(fd, PAGES * sysconf(_SC_PAGESIZE)) == 0);
	return fd;
}

/* How a child ends that stores in AT: 0, or 128 + signal. */
static int store(char *at)
{
	pid_t pid = fork();

	if (pid == 0) {
		*(volatile char *)at = 1;
		_exit(0);
	}
	return ends(pid);
}

/* What a child gets when it loads from AT: the byte, or 128 + signal. */
static int load(char *at)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(*(volatile char *)at);
	return ends(pid);
}

/* The last call failed with EINVAL: skip, if this kernel is older than SINCE,
 * as "5.14". */
static void skip_if_older(const char *since)
{
	int major = 0, minor = 0;

	EQUALS(errno, EINVAL);
	EQUALS(sscanf(since, "%d.%d", &major, &minor), 2);
	if (kernel_version() < 100 * major + minor)
		SKIP("this kernel cannot do it; Linux %s can", since);
}

/* Advise, or skip where the kernel does not know it. */
static void advise(char *p, int advice, const char *since)
{
	int got = madvise(p, PAGES * page, advice);

	if (got == -1)
		skip_if_older(since);
	EQUALS(got, 0);
}

/* How many the header names, where it is asked for POSIX alone. */
static int advices_of_posix(void)
{
	int advices = -1;
	FILE *names;

	HOLDS(compiles("", "int there_is_a_compiler;"));
	names = popen("echo '#include <sys/mman.h>' | ${CC:-cc} -std=c11 "
		      "-D_POSIX_C_SOURCE=200809L -E -dM -x c - | "
		      "grep -c '^#define POSIX_MADV_'", "r");
	HOLDS(names != NULL);
	HOLDS(fscanf(names, "%d", &advices) == 1);
	HOLDS(pclose(names) == 0);
	return advices;
}

/* Has each of the PAGES pages at P the byte 77 at its beginning? */
static int is_whole(const char *p)
{
	for (size_t i = 0; i < PAGES; i++)
		if (p[i * page] != 77)
			return 0;
	return 1;
}

CLAIM("1-100 1-105", "POSIX has five advices; an unknown one is EINVAL")
{
	static const int five[] = {
		POSIX_MADV_NORMAL, POSIX_MADV_SEQUENTIAL, POSIX_MADV_RANDOM,
		POSIX_MADV_WILLNEED, POSIX_MADV_DONTNEED
	};
	char *p = memory();
	int known = 0;

	for (int i = 0; i < 5; i++)
		known += posix_madvise(p, page, five[i]) == 0;
	EQUALS(known, 5);
	EQUALS(posix_madvise(p, page, 99), EINVAL);
	FAILS(madvise(p, page, 99), EINVAL);
	for (int i = 1; i < 5; i++)
		for (int k = 0; k < i; k++)
			HOLDS(five[i] != five[k]);
	EQUALS(advices_of_posix(), 5);
}

CLAIM("1-100", "madvise() is hidden where only POSIX is asked for")
{
	FILE *f = fopen("try.c", "w");

	HOLDS(f != NULL);
	fputs("#include <sys/mman.h>\n"
	      "#ifdef OWN\n"
	      "static int madvise(char own) { return own; }\n"
	      "#endif\n"
	      "int main(void)\n"
	      "{ static char c; return CALL; }\n", f);
	fclose(f);
	if (system("command -v cc >/dev/null 2>&1") != 0)
		SKIP("there is no cc here; apt-get install gcc libc6-dev");
#define TRY "cc -std=c11 -D_POSIX_C_SOURCE=200809L -Werror -fsyntax-only try.c"
	EQUALS(system(TRY " -DCALL='posix_madvise(&c, 1, POSIX_MADV_NORMAL)'"),
	       0);
	EQUALS(system(TRY " -D_DEFAULT_SOURCE -DCALL='madvise(&c, 1, 0)'"), 0);
	/* Where it is hidden, a program may have a madvise() of its own. */
#define BOTH TRY " -DOWN -DCALL='posix_madvise(&c, 1, madvise(c))'"
	EQUALS(system(BOTH), 0);
	HOLDS(system(BOTH " -D_DEFAULT_SOURCE 2>/dev/null") != 0);
}

CLAIM("1-101", "a hint takes nothing: posix_madvise leaves 77, madvise 0")
{
	char *p = memory();

	EQUALS(posix_madvise(p, PAGES * page, POSIX_MADV_DONTNEED), 0);
	EQUALS(p[page], 77);
	EQUALS(madvise(p, PAGES * page, MADV_DONTNEED), 0);
	EQUALS(p[page], 0);
}

/* Does a program with the two headers and this CALL compile? c is a char. */
static int call_compiles(const char *call)
{
	char source[256];

	snprintf(source, sizeof source,
		 "#include <fcntl.h>\n#include <sys/mman.h>\n"
		 "int main(void)\n{ static char c; return c || %s; }\n", call);
	return compiles("-Werror", source);
}

CLAIM("1-102", "posix_madvise(addr, len, advice); posix_fadvise takes four")
{
	HOLDS(call_compiles("posix_madvise(&c, 1, 0)"));
	HOLDS(!call_compiles("posix_madvise(1, 0, 1, 0)"));
	HOLDS(call_compiles("posix_fadvise(1, 0, 1, 0)"));
	HOLDS(!call_compiles("posix_fadvise(&c, 1, 0)"));
	HOLDS(!call_compiles("posix_fadvise(1, 1, 0)"));
}

CLAIM("1-099", "posix_fadvise() is about a descriptor, not about memory")
{
	int fd = shared_memory();

	EQUALS(posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL), 0);
	close(fd);
	EQUALS(posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL), EBADF);
}

CLAIM("1-103", "addr must begin a page; the error is returned, not in errno")
{
	char *p = memory();

	for (size_t past = 0; past < page; past += page / 4) {
		errno = EXDEV;			/* nothing here sets it */
		EQUALS(posix_madvise(p + past, page, POSIX_MADV_NORMAL),
		       past == 0 ? 0 : EINVAL);
		EQUALS(errno, EXDEV);
		EQUALS(madvise(p + past, page, MADV_NORMAL),
		       past == 0 ? 0 : -1);
		EQUALS(errno, past == 0 ? EXDEV : EINVAL);
	}
}

CLAIM("1-104", "an unmapped page in the range is ENOMEM; the rest is advised")
{
	char *p = memory();

	HOLDS(!has(p, "rr"));
	EQUALS(munmap(p + page, page), 0);
	EQUALS(posix_madvise(p, 3 * page, POSIX_MADV_RANDOM), ENOMEM);
	HOLDS(has(p, "rr") && has(p + 2 * page, "rr"));
	HOLDS(p[0] == 77 && p[2 * page] == 77);
	FAILS(madvise(p, 3 * page, MADV_DONTNEED), ENOMEM);
	EQUALS(p[0] + p[2 * page], 0);		/* gone on both sides */
}

CLAIM("1-104", "len is rounded up to whole pages; 0 does nothing")
{
	char *p = memory();

	EQUALS(madvise(p, 0, MADV_DONTNEED), 0);
	EQUALS(p[0], 77);
	EQUALS(madvise(p, 1, MADV_DONTNEED), 0);
	EQUALS(p[page - 1], 0);
	EQUALS(p[page], 77);
}

CLAIM("1-106 1-107 1-108", "SEQUENTIAL is flag sr, RANDOM rr, NORMAL neither")
{
	char *p = map(PROT_READ, MAP_SHARED, shared_memory());

	EQUALS(posix_madvise(p, PAGES * page, POSIX_MADV_SEQUENTIAL), 0);
	HOLDS(has(p, "sr") && !has(p, "rr"));
	EQUALS(posix_madvise(p, PAGES * page, POSIX_MADV_RANDOM), 0);
	HOLDS(has(p, "rr") && !has(p, "sr"));
	EQUALS(posix_madvise(p, PAGES * page, POSIX_MADV_NORMAL), 0);
	HOLDS(!has(p, "rr") && !has(p, "sr"));
	EQUALS(madvise(p, PAGES * page, MADV_RANDOM), 0);
	HOLDS(has(p, "rr"));
}

/* Pages that one load from the middle of a cold file brings in. */
static int brought_in(int advice)
{
	char *p = map(PROT_READ, MAP_SHARED, cold_file());

	EQUALS(posix_madvise(p, PAGES * page, advice), 0);
	EQUALS(p[PAGES / 2 * page], 77);
	return resident(p);
}

CLAIM("1-106 1-108 1-109", "RANDOM turns read-ahead off: one load, few pages")
{
	int normal = brought_in(POSIX_MADV_NORMAL);

	if (normal == 1)
		SKIP("this disk reads nothing ahead; see "
		     "/sys/block/*/queue/read_ahead_kb");
	HOLDS(brought_in(POSIX_MADV_RANDOM) < normal);
}

CLAIM("1-107", "SEQUENTIAL reads ahead: one load brings in more than RANDOM")
{
	if (brought_in(POSIX_MADV_NORMAL) == 1)
		SKIP("this disk reads nothing ahead; see "
		     "/sys/block/*/queue/read_ahead_kb");
	HOLDS(brought_in(POSIX_MADV_RANDOM) <
	      brought_in(POSIX_MADV_SEQUENTIAL));
}

/* The read goes on behind the call's back, so ask until something has
 * arrived. It is a hint: a busy kernel may drop it, so give it again. */
CLAIM("1-110 1-111", "WILLNEED reads into memory, not into the page table")
{
	char *p = map(PROT_READ, MAP_SHARED, cold_file());

	EQUALS(resident(p), 0);
	do {
		EQUALS(posix_madvise(p, PAGES * page, POSIX_MADV_WILLNEED), 0);
		sched_yield();
	} while (resident(p) == 0);
	EQUALS(count(p, "Rss:"), 0);
	EQUALS(p[0], 77);			/* a load does */
	HOLDS(count(p, "Rss:") > 0);
}

CLAIM("1-045", "WILLNEED pins nothing: mlock() does, no advice can")
{
	static const int advices[] = {
		MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED,
		MADV_DONTNEED, MADV_DONTFORK, MADV_HUGEPAGE, MADV_DONTDUMP,
		MADV_MERGEABLE, MADV_FREE, MADV_COLD, MADV_PAGEOUT,
		MADV_POPULATE_READ, MADV_POPULATE_WRITE
	};
	const size_t all = sizeof advices / sizeof advices[0];
	char *p = memory();
	int known = 0;

	EQUALS(madvise(p, page, MADV_WILLNEED), 0);
	for (size_t i = 0; i < all; i++) {
		known += madvise(p, page, advices[i]) == 0;
		EQUALS(count(p, "Locked:"), 0);
		HOLDS(!has(p, "lo"));
	}
	HOLDS(known >= 7);		/* on any kernel; the rest are newer */
	if (mlock(p, page) == -1)
		SKIP("mlock: %s; raise ulimit -l", errno_name(errno));
	EQUALS(count(p, "Locked:"), 1);
	HOLDS(has(p, "lo"));
}

CLAIM("1-112", "POSIX_MADV_DONTNEED is its name here; FADV is the other call's")
{
	EQUALS(MADV_DONTNEED, 4);
	EQUALS(POSIX_MADV_DONTNEED, 4);
#ifndef __s390__
	EQUALS(POSIX_FADV_DONTNEED, 4);
#endif
}

CLAIM("1-113", "posix_madvise DONTNEED: returns 0, changes nothing")
{
	char *p = memory();

	EQUALS(posix_madvise(p, PAGES * page, POSIX_MADV_DONTNEED), 0);
	EQUALS(count(p, "Rss:"), PAGES);
	EQUALS(p[0], 77);
	EQUALS(madvise(p, PAGES * page, MADV_DONTNEED), 0);	/* this does */
	EQUALS(count(p, "Rss:"), 0);
	EQUALS(p[0], 0);
}

CLAIM("1-114", "only posix_fadvise drops cached pages, and no mapped ones")
{
	int fd = cold_file();
	char *p = map(PROT_READ, MAP_SHARED, fd);

	for (int i = 0; i < PAGES; i++)
		EQUALS(p[(size_t)i * page], 77);
	EQUALS(posix_madvise(p, PAGES * page, POSIX_MADV_DONTNEED), 0);
	EQUALS(resident(p), PAGES);
	EQUALS(count(p, "Rss:"), PAGES);

	/* No call has dropped a page that is in a page table. */
	EQUALS(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	EQUALS(resident(p), PAGES);

	EQUALS(madvise(p, PAGES * page, MADV_DONTNEED), 0);
	EQUALS(resident(p), PAGES);
	EQUALS(count(p, "Rss:"), 0);

	EQUALS(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	EQUALS(resident(p), 0);
}

CLAIM("L14-19", "DONTNEED of each part: one part in the table, the same bytes")
{
	char *p = map(PROT_READ, MAP_SHARED, cold_file());
	size_t part = PAGES / 4 * page;
	long most = 0, with = 0, without = 0;

	for (size_t start = 0; start < PAGES * page; start += part) {
		for (size_t i = 0; i < part; i += page)
			with += p[start + i];
		if (count(p, "Rss:") > most)
			most = count(p, "Rss:");
		EQUALS(madvise(p + start, part, MADV_DONTNEED), 0);
	}
	/* A fault may map some neighbours of the page, too: never a part. */
	HOLDS(most >= PAGES / 4 && most < PAGES / 2);
	EQUALS(p[0], 77);			/* back: nothing is lost */

	/* The same without DONTNEED, so that it is this line that counts. */
	for (size_t i = 0; i < PAGES * page; i += page)
		without += p[i];
	EQUALS(count(p, "Rss:"), PAGES);
	EQUALS(with, without);
	EQUALS(with, PAGES * 77);
}

/* The pages that mincore() counts in a cold file of root, as it is told to
 * another user, who may open the file to read, and, if so, owns it. */
static int told_to_another(int is_owner)
{
	int fd = cold_file();
	pid_t pid;

	HOLDS(fchmod(fd, 0444) == 0);
	if (fchown(fd, is_owner ? 65534 : geteuid(), (gid_t)-1) == -1)
		SKIP("fchown: %s; run as root", errno_name(errno));
	close(fd);
	HOLDS((fd = open("cold", O_RDONLY)) >= 0);
	pid = fork();
	if (pid == 0) {
		become_another_user();
		_exit(resident(map(PROT_READ, MAP_SHARED, fd)) != 0);
	}
	return ends(pid);
}

CLAIM("L14-20", "mincore() says \"all\" of a file that you may only read")
{
	if (kernel_version() < 502)
		SKIP("this kernel tells it to everybody; Linux 5.2 does not");
	for (int is_owner = 1; is_owner >= 0; is_owner--)
		EQUALS(told_to_another(is_owner), !is_owner);	/* it is cold */
}

CLAIM("L14-01", "MADV_DONTNEED loses private stores, and no shared ones")
{
	int fd = shared_memory();
	char *shared = map(RW, MAP_SHARED, fd);
	char *own = map(RW, MAP_PRIVATE, fd);

	*shared = 1;
	*own = 2;
	EQUALS(*own, 2);
	EQUALS(madvise(shared, PAGES * page, MADV_DONTNEED), 0);
	EQUALS(count(shared, "Rss:"), 0);	/* it is out of the table, */
	EQUALS(*shared, 1);			/* and comes back */
	EQUALS(madvise(own, PAGES * page, MADV_DONTNEED), 0);
	EQUALS(*own, 1);			/* what the object says */
}

CLAIM("L14-02", "MADV_DONTNEED here leaves the other's page table alone")
{
	char *p = map(RW, MAP_SHARED, shared_memory());
	pid_t other;

	memset(p, 77, PAGES * page);
	other = fork();
	if (other == 0) {
		HOLDS(*(volatile char *)p == 77);
		HOLDS(count(p, "Rss:") > 0);
		HOLDS(madvise(p, PAGES * page, MADV_DONTNEED) == 0);
		EQUALS(count(p, "Rss:"), 0);
		_exit(*p);
	}
	EQUALS(ends(other), 77);
	EQUALS(count(p, "Rss:"), PAGES);
	EQUALS(p[page], 77);
}

CLAIM("L14-03", "MADV_REMOVE takes shared pages from all, and their memory")
{
	int fd = shared_memory();
	char *p = map(RW, MAP_SHARED, fd);
	struct stat st;
	pid_t other;

	memset(p, 77, PAGES * page);
	EQUALS(fstat(fd, &st), 0);
	HOLDS(st.st_blocks > 0);
	other = fork();
	if (other == 0)
		_exit(madvise(p, PAGES * page, MADV_REMOVE) != 0);
	EQUALS(ends(other), 0);
	EQUALS(fstat(fd, &st), 0);
	EQUALS(st.st_blocks, 0);
	EQUALS(st.st_size, PAGES * page);	/* a hole, not a cut */
	EQUALS(*p, 0);
}

CLAIM("L14-25", "mincore() of a page that is not mapped is ENOMEM")
{
	char *p = memory();
	unsigned char in[PAGES];

	EQUALS(mincore(p, 2 * page, in), 0);
	EQUALS(munmap(p + page, page), 0);
	FAILS(mincore(p, 2 * page, in), ENOMEM);
}

/* Until about 6.6 what counted was the mapping. Some older kernels have the
 * change, too. */
CLAIM("L14-21", "MADV_REMOVE: a mapping to read only protects nothing (6.7)")
{
	int fd = shared_memory();
	char *p = map(PROT_READ, MAP_SHARED, fd);
	int got;

	EQUALS(pwrite(fd, "M", 1, 0), 1);
	EQUALS(*p, 'M');
	got = madvise(p, page, MADV_REMOVE);
	if (got == -1 && errno == EACCES && kernel_version() < 607)
		SKIP("this kernel refuses it; Linux 6.7 does not");
	EQUALS(got, 0);
	EQUALS(*p, 0);
}

/* MADV_REMOVE for the page at P: 0, or errno. */
static int removed(char *p)
{
	return madvise(p, page, MADV_REMOVE) == 0 ? 0 : errno;
}

CLAIM("L14-03", "MADV_REMOVE: EINVAL for private, EACCES for read-only files")
{
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
	int ro = open("file", O_RDONLY);
	char *const maps[] = {
		map(RW, MAP_SHARED, shared_memory()), memory(),
		map(RW, MAP_PRIVATE, fd), map(PROT_READ, MAP_SHARED, ro)
	};
	static const int errors[] = { 0, EINVAL, EACCES, EACCES };

	HOLDS(ftruncate(fd, PAGES * (off_t)page) == 0);
	for (int i = 0; i < 4; i++)
		EQUALS(removed(maps[i]), errors[i]);
}

CLAIM("L14-04", "MADV_FREE gives pages up some time; a store takes one back")
{
	char *p = memory();

	EQUALS(count(p, "Private_Dirty:"), PAGES);
	advise(p, MADV_FREE, "4.5");
	EQUALS(count(p, "Rss:"), PAGES);	/* DONTNEED: they are gone */
	EQUALS(count(p, "Private_Dirty:"), 0);
	if (count(p, "LazyFree:") != -1)	/* from Linux 4.12 on */
		HOLDS(count(p, "LazyFree:") > PAGES / 2);
	HOLDS(p[page] == 77 || p[page] == 0);
	*p = 1;
	EQUALS(count(p, "Private_Dirty:"), 1);
	EQUALS(*p, 1);
	FAILS(madvise(map(RW, MAP_SHARED, shared_memory()), page, MADV_FREE),
	      EINVAL);
}

/* PAGEOUT takes the pages now that a kernel which is short of memory would
 * take. It passes over the last few of another CPU, as in L14-10. */
CLAIM("L14-22", "memory is short: pages with MADV_FREE go, a stored one stays")
{
	char *p = memory();
	int zeros = 0;

	advise(p, MADV_FREE, "4.5");
	*p = 1;
	advise(p, MADV_PAGEOUT, "5.4");
	EQUALS(*p, 1);
	for (int i = 1; i < PAGES; i++)
		zeros += p[(size_t)i * page] == 0;
	HOLDS(zeros > PAGES / 2);

	/* Without FREE nothing is lost, whether there is swap or not. */
	memset(p, 77, PAGES * page);
	EQUALS(madvise(p, PAGES * page, MADV_PAGEOUT), 0);
	for (int i = 0; i < PAGES; i++)
		EQUALS(p[(size_t)i * page], 77);
}

CLAIM("L14-05", "MADV_DONTFORK: the child has no such page; DOFORK undoes it")
{
	char *p = memory();

	EQUALS(madvise(p, page, MADV_DONTFORK), 0);
	HOLDS(has(p, "dc"));
	EQUALS(load(p), 128 + SIGSEGV);
	EQUALS(load(p + page), 77);
	EQUALS(madvise(p, page, MADV_DOFORK), 0);
	EQUALS(load(p), 77);
}

CLAIM("L14-05", "MADV_DONTFORK hides shared memory from a child, too")
{
	char *p = map(RW, MAP_SHARED, shared_memory());

	memset(p, 77, PAGES * page);
	EQUALS(load(p), 77);
	EQUALS(store(p + page), 0);
	EQUALS(p[page], 1);			/* so it is shared */
	EQUALS(madvise(p, page, MADV_DONTFORK), 0);
	EQUALS(load(p), 128 + SIGSEGV);
	EQUALS(load(p + page), 1);
	EQUALS(*p, 77);				/* here it is still */
}

CLAIM("L14-06", "MADV_WIPEONFORK: the child finds zeros, the parent its bytes")
{
	char *p = memory();

	advise(p, MADV_WIPEONFORK, "4.14");
	HOLDS(has(p, "wf"));
	EQUALS(load(p), 0);
	EQUALS(*p, 77);
	EQUALS(madvise(p, PAGES * page, MADV_KEEPONFORK), 0);
	EQUALS(load(p), 77);
	FAILS(madvise(map(RW, MAP_SHARED, shared_memory()), page,
		      MADV_WIPEONFORK), EINVAL);
}

/* The core file itself is not looked at: a proof may not dump one. */
CLAIM("L14-07", "MADV_DONTDUMP is flag dd, for core files; DODUMP undoes")
{
	char *p = memory();

	EQUALS(madvise(p, page, MADV_DONTDUMP), 0);
	HOLDS(has(p, "dd") && !has(p + page, "dd"));
	EQUALS(madvise(p, page, MADV_DODUMP), 0);
	HOLDS(!has(p, "dd"));
}

CLAIM("L14-08", "MADV_MERGEABLE is flag mg, for ksmd; UNMERGEABLE undoes it")
{
	char *p = memory();

	if (access("/sys/kernel/mm/ksm/run", F_OK) == -1)
		SKIP("this kernel merges no pages (CONFIG_KSM)");
	advise(p, MADV_MERGEABLE, "2.6.32");
	HOLDS(has(p, "mg"));
	EQUALS(madvise(p, PAGES * page, MADV_UNMERGEABLE), 0);
	HOLDS(!has(p, "mg"));
}

CLAIM("L14-09", "MADV_HUGEPAGE is flag hg, MADV_NOHUGEPAGE nh: the last wins")
{
	char *p = memory();

	if (access("/sys/kernel/mm/transparent_hugepage", F_OK) == -1)
		SKIP("this kernel has no transparent huge pages");
	EQUALS(madvise(p, PAGES * page, MADV_HUGEPAGE), 0);
	HOLDS(has(p, "hg") && !has(p, "nh"));
	EQUALS(madvise(p, PAGES * page, MADV_NOHUGEPAGE), 0);
	HOLDS(has(p, "nh") && !has(p, "hg"));
}

/* The kernel passes over the last few pages that another CPU has put in use:
 * it keeps them on a list of that CPU. So ask for most, not for all. */
CLAIM("L14-10", "MADV_COLD: pages stay, but count as not used lately")
{
	char *p = memory();

	EQUALS(count(p, "Referenced:"), PAGES);
	advise(p, MADV_COLD, "5.4");
	EQUALS(count(p, "Rss:"), PAGES);
	HOLDS(count(p, "Referenced:") < PAGES / 2);
	EQUALS(*p, 77);
}

CLAIM("L14-11", "MADV_PAGEOUT puts pages out now, and loses no byte")
{
	char *p = map(PROT_READ, MAP_SHARED, cold_file());
	char *own = memory();

	for (int i = 0; i < PAGES; i++)
		EQUALS(p[(size_t)i * page], 77);
	advise(p, MADV_PAGEOUT, "5.4");
	HOLDS(resident(p) < PAGES / 2);
	HOLDS(is_whole(p));			/* from the disk again */
	EQUALS(madvise(own, PAGES * page, MADV_PAGEOUT), 0);
	HOLDS(is_whole(own));			/* from swap, or never left */
}

/* Page faults of this process that needed no disk. */
static long faults(void)
{
	struct rusage used;

	EQUALS(getrusage(RUSAGE_SELF, &used), 0);
	return used.ru_minflt;
}

static long faults_to_look(char *p)
{
	long before = faults();

	for (int i = 0; i < PAGES; i++)
		(void)*(volatile char *)(p + (size_t)i * page);
	return faults() - before;
}

static long faults_to_fill(char *p)
{
	long before = faults();

	for (int i = 0; i < PAGES; i++)
		*(volatile char *)(p + (size_t)i * page) = 1;
	return faults() - before;
}

CLAIM("L14-12", "MADV_POPULATE_WRITE: the faults come now, not at the stores")
{
	char *p = memory();

	EQUALS(madvise(p, PAGES * page, MADV_DONTNEED), 0);
	HOLDS(faults_to_fill(p) > PAGES / 64);
	EQUALS(madvise(p, PAGES * page, MADV_DONTNEED), 0);
	advise(p, MADV_POPULATE_WRITE, "5.14");
	EQUALS(count(p, "Rss:"), PAGES);
	EQUALS(p[page], 0);			/* nobody has stored there */
	HOLDS(faults_to_fill(p) <= 2);		/* none; a spare for others */
}

CLAIM("L14-12", "MADV_POPULATE_READ fills the page table, WILLNEED does not")
{
	char *p = map(PROT_READ, MAP_SHARED, cold_file());

	EQUALS(madvise(p, PAGES * page, MADV_WILLNEED), 0);
	EQUALS(count(p, "Rss:"), 0);
	advise(p, MADV_POPULATE_READ, "5.14");
	EQUALS(count(p, "Rss:"), PAGES);
	EQUALS(resident(p), PAGES);
}

CLAIM("L14-23", "after MADV_POPULATE_READ each first store is a page fault")
{
	char *p = memory();

	EQUALS(madvise(p, PAGES * page, MADV_DONTNEED), 0);
	advise(p, MADV_POPULATE_READ, "5.14");
	HOLDS(faults_to_look(p) <= 2);		/* a load is none by now */
	HOLDS(faults_to_fill(p) >= PAGES);
	HOLDS(faults_to_fill(p) <= 2);		/* the second store is none */
	p = map(RW, MAP_SHARED, cold_file());
	advise(p, MADV_POPULATE_READ, "5.14");
	HOLDS(faults_to_fill(p) >= PAGES);
}

CLAIM("L14-13", "POPULATE past the end: EFAULT, where a load is SIGBUS")
{
	int fd = shared_memory();
	char *p = map(RW, MAP_SHARED, fd);

	advise(p, MADV_POPULATE_WRITE, "5.14");
	EQUALS(count(p, "Rss:"), PAGES);
	EQUALS(ftruncate(fd, 0), 0);
	FAILS(madvise(p, page, MADV_POPULATE_WRITE), EFAULT);
	FAILS(madvise(p, page, MADV_POPULATE_READ), EFAULT);
	EQUALS(store(p), 128 + SIGBUS);
	EQUALS(load(p), 128 + SIGBUS);
}

CLAIM("L14-14", "locked pages: MADV_DONTNEED is EINVAL, DONTNEED_LOCKED works")
{
	char *p = memory();

	if (mlock(p, page) == -1)
		SKIP("mlock: %s; raise ulimit -l", errno_name(errno));
	for (int i = 0; i < 2; i++) {		/* page 1 is not locked */
		errno = 0;
		EQUALS(madvise(p + i * (long)page, page, MADV_DONTNEED),
		       i == 0 ? -1 : 0);
		EQUALS(errno, i == 0 ? EINVAL : 0);
	}
	EQUALS(p[0], 77);
	EQUALS(p[page], 0);
	if (madvise(p, page, MADV_DONTNEED_LOCKED) == -1) {
		skip_if_older("5.18");
		claim_fail(__FILE__, __LINE__, "DONTNEED_LOCKED: EINVAL");
	}
	EQUALS(*p, 0);
}

/* Mappings, from the maps file, that lie between FROM and TO. */
static int mappings(char *from, char *to)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long a, b;
	char line[512];
	int n = 0;

	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "%lx-%lx ", &a, &b) == 2)
			n += a < (uintptr_t)to && b > (uintptr_t)from;
	fclose(f);
	return n;
}

CLAIM("L14-15", "advice for the middle of a mapping splits it into three")
{
	char *p = map(PROT_READ, MAP_SHARED, shared_memory());

	EQUALS(madvise(p, PAGES * page, MADV_SEQUENTIAL), 0);	/* for all */
	HOLDS(has(p, "sr"));
	EQUALS(mappings(p, p + PAGES * page), 1);
	EQUALS(madvise(p, PAGES * page, MADV_NORMAL), 0);
	EQUALS(mappings(p, p + PAGES * page), 1);
	EQUALS(madvise(p + page, page, MADV_RANDOM), 0);
	EQUALS(mappings(p, p + PAGES * page), 3);
	EQUALS(madvise(p + page, page, MADV_NORMAL), 0);
	EQUALS(mappings(p, p + PAGES * page), 1);
}

CLAIM("L14-26", "advice that would cut into too many mappings is EAGAIN")
{
	unsigned long long most = number_in("/proc/sys/vm/max_map_count");
	int got = 0;
	char *p;

	if (most > 200000)
		SKIP("%llu mappings take too long; as root: "
		     "sysctl vm.max_map_count=65530", most);
	page = (size_t)sysconf(_SC_PAGESIZE);
	p = mmap(NULL, (size_t)most * 2 * page, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	HOLDS(p != MAP_FAILED);
	/* Each second page: one mapping more before it, and one of it. */
	for (size_t i = 0; i < most / 2 - 100; i++)
		EQUALS(madvise(p + (2 * i + 1) * page, page, MADV_RANDOM), 0);
	for (size_t i = most / 2 - 100; got == 0 && i < most - 1; i++)
		got = madvise(p + (2 * i + 1) * page, page, MADV_RANDOM);
	EQUALS(got, -1);
	EQUALS(errno, EAGAIN);
	HOLDS(mappings(NULL, (char *)UINTPTR_MAX) >= (int)most - 2);
}

CLAIM("L14-16", "MADV_GUARD_INSTALL makes pages that kill, in the same mapping")
{
	char *p = memory();

	if (madvise(p, page, MADV_GUARD_INSTALL) == -1) {
		skip_if_older("6.13");
		claim_fail(__FILE__, __LINE__, "GUARD_INSTALL: EINVAL");
	}
	EQUALS(load(p), 128 + SIGSEGV);
	EQUALS(load(p + page), 77);
	EQUALS(mappings(p, p + PAGES * page), 1);
	EQUALS(madvise(p, page, MADV_GUARD_REMOVE), 0);
	EQUALS(*p, 0);
}

/* ADVICE for the memory of the process of PIDFD. */
static long advise_by(int pidfd, char *p, int advice)
{
	struct iovec range = { p, PAGES * page };

	return syscall(SYS_process_madvise, pidfd, &range, 1L, advice, 0);
}

CLAIM("L14-17", "process_madvise() advises another process, never DONTNEED")
{
	char *p = memory();
	int pidfd, go[2];
	pid_t other;
	long got;

	HOLDS(pipe(go) == 0);
	other = fork();
	if (other == 0) {
		memset(p, 78, PAGES * page);
		_exit(read(go[0], p, 1) != 1 || p[page] != 78);
	}
	HOLDS(blocks(other));
	EQUALS(count_of(other, p, "Referenced:"), PAGES);
	pidfd = (int)syscall(SYS_pidfd_open, other, 0);
	got = advise_by(pidfd, p, MADV_COLD);
	if (got == -1 && (errno == ENOSYS || errno == EPERM))
		SKIP("process_madvise: %s; Linux 5.10 and root can",
		     errno_name(errno));
	EQUALS(got, (long)(PAGES * page));
	HOLDS(count_of(other, p, "Referenced:") < PAGES / 2);
	EQUALS(count(p, "Referenced:"), PAGES);		/* not of our own */
	FAILS(advise_by(pidfd, p, MADV_DONTNEED), EINVAL);
	EQUALS(write(go[1], "x", 1), 1);
	EQUALS(ends(other), 0);
}

/* COLD for the memory of process OTHER: 0, or errno. */
static int advise_other(pid_t other, char *p)
{
	int pidfd = (int)syscall(SYS_pidfd_open, other, 0);

	if (advise_by(pidfd, p, MADV_COLD) != -1)
		return 0;
	if (errno == ENOSYS)
		SKIP("this kernel has no process_madvise(); Linux 5.10 has");
	return errno;
}

/* A child that waits for its end, with a copy of what its parent has. It is
 * as much the user's own as the parent is. */
static pid_t waiting_child(int end)
{
	pid_t pid = fork();
	char byte;

	if (pid == 0)
		_exit(read(end, &byte, 1) != 1);
	HOLDS(blocks(pid));
	return pid;
}

CLAIM("L14-24", "process_madvise() wants the right to trace and CAP_SYS_NICE")
{
	char *p = memory();
	pid_t mine, other, pid;
	int go[2];

	HOLDS(pipe(go) == 0);
	pid = getpid();
	other = fork();
	if (other == 0) {
		become_another_user();
		EQUALS(advise_other(pid, p), EACCES);	/* root's process */
		/* It is this user's own, but to reclaim needs more. */
		mine = waiting_child(go[0]);
		EQUALS(advise_other(mine, p), EPERM);
		HOLDS(write(go[1], "x", 1) == 1);
		_exit(ends(mine));
	}
	EQUALS(ends(other), 0);
	mine = waiting_child(go[0]);
	EQUALS(advise_other(mine, p), 0);		/* root may do both */
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(mine), 0);
}

CLAIM("L14-18", "advice is inherited by fork() and ends with the mapping")
{
	char *p = memory();
	pid_t child;

	EQUALS(madvise(p, page, MADV_RANDOM), 0);
	child = fork();
	if (child == 0)
		_exit(has(p, "rr"));
	EQUALS(ends(child), 1);
	HOLDS(has(p, "rr") && !has(p + page, "rr"));
	EQUALS(mmap(p, page, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		    0) == p, 1);
	HOLDS(!has(p, "rr"));
}
