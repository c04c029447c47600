/*
 * claims - what the notes say about huge pages, executed
 *
 * Ids are rows of docs/claims.tsv; L15-.. are claims of this course. Most
 * systems reserve no huge pages: see borrow() for how a proof gets some.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

#ifndef MADV_COLLAPSE			/* Linux 6.1 */
#define MADV_COLLAPSE 25
#endif
#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif

#define THP "/sys/kernel/mm/transparent_hugepage/"
#define OVERCOMMIT "/proc/sys/vm/nr_overcommit_hugepages"

enum {
	RW = PROT_READ | PROT_WRITE,
	OWN = MAP_PRIVATE | MAP_ANONYMOUS,
	SHARED = MAP_SHARED | MAP_ANONYMOUS,
};

/* The first number in FILE; -1 if there is none. */
static long number(const char *file)
{
	FILE *f = fopen(file, "r");
	long n;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

/* The number behind NAME in /proc/meminfo; -1 if it is not there. */
static long info(const char *name)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128];
	long n = -1;

	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f))
		if (strncmp(line, name, strlen(name)) == 0)
			n = atol(line + strlen(name));
	fclose(f);
	return n;
}

/* Bytes of a huge page, the kind that MAP_HUGETLB takes. The pool belongs to
 * the whole system, so one proof at a time: the lock lasts until its end. */
static size_t huge_size(void)
{
	long kb = info("Hugepagesize:");
	static int lock = -1;

	if (lock == -1) {
		lock = open("/sys/kernel/mm/hugepages", O_RDONLY);
		flock(lock, LOCK_EX);
	}
	if (kb <= 0)
		SKIP("this kernel has no huge pages (CONFIG_HUGETLBFS)");
	if (kb > 64 << 10)
		SKIP("a huge page has %ld kB here: too much to try", kb);
	return (size_t)kb * 1024;
}

/* More huge pages than this system has or may make. */
static size_t too_many(void)
{
	return (size_t)(info("HugePages_Total:") + number(OVERCOMMIT) + 1);
}

/* From smaps, about the mapping that P lies in: the line NAME, in BUF. */
static char *smaps(const char *p, const char *name, char buf[256])
{
	unsigned long from, to, at = (unsigned long)(uintptr_t)p;
	FILE *f = fopen("/proc/self/smaps", "r");
	int ours = 0;

	if (!f)
		SKIP("no smaps here; it needs CONFIG_PROC_PAGE_MONITOR");
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

/* A number of smaps, in bytes. */
static long bytes(const char *p, const char *name)
{
	char buf[256];
	long kb = -1;

	HOLDS(sscanf(smaps(p, name, buf), "%*[^:]: %ld", &kb) == 1);
	return kb * 1024;
}

static int write_number(const char *file, size_t n)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	int ok = fd != -1 && dprintf(fd, "%zu", n) > 0;

	if (fd != -1)
		close(fd);
	return ok;
}

static sigset_t old_mask;

/*
 * lend() lets the pool make N pages more, where it has none and we may, until
 * lent(); in between stands one call. Pages made so go when their mapping
 * goes: even a SIGKILL leaves none behind. No signal that can be blocked
 * comes in between. A limit that is not 0 is somebody's, and stays. (L15-16
 * needs many calls in between, but for a few milliseconds only.)
 */
static int lend(size_t n)
{
	sigset_t all;

	if (number(OVERCOMMIT) != 0)
		return 0;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old_mask);
	n += (size_t)info("HugePages_Surp:");	/* some may be on the way out */
	if (write_number(OVERCOMMIT, n))
		return 1;
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	return 0;
}

static void lent(void)
{
	int err = errno;

	write_number(OVERCOMMIT, 0);
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	errno = err;
}

_Noreturn static void no_page(void)
{
	SKIP("no huge page is free; as root: sysctl vm.nr_hugepages=4, and "
	     "when done: sysctl vm.nr_hugepages=0");
}

/* N huge pages, mapped, or MAP_FAILED. */
static char *try_to_borrow(size_t n, int flags)
{
	size_t length = n * huge_size();
	char *p = mmap(NULL, length, RW, flags | MAP_HUGETLB, -1, 0);

	if (p == MAP_FAILED && lend(n)) {
		p = mmap(NULL, length, RW, flags | MAP_HUGETLB, -1, 0);
		lent();
	}
	return p;
}

/* N huge pages, mapped. */
static char *borrow(size_t n, int flags)
{
	char *p = try_to_borrow(n, flags);

	if (p == MAP_FAILED)
		no_page();
	return p;
}

/* The letter after '[' in the switch FILE: "always [madvise] never". */
static int setting(const char *file)
{
	char line[128] = "";
	FILE *f = fopen(file, "r");

	if (!f || !fgets(line, sizeof line, f) || !strchr(line, '['))
		SKIP("this kernel has no transparent huge pages");
	fclose(f);
	return strchr(line, '[')[1];
}

static size_t thp_size(void)
{
	long n = number(THP "hpage_pmd_size");

	if (n <= 0)
		SKIP("this kernel has no transparent huge pages");
	if (n > 64 << 20)
		SKIP("they have %ld bytes here: too much to try", n);
	return (size_t)n;
}

/* LENGTH bytes that begin at a multiple of a huge page's size. */
static char *aligned(size_t length, int flags)
{
	size_t size = thp_size();
	char *p = mmap(NULL, length + size, RW, flags, -1, 0);

	HOLDS(p != MAP_FAILED);
	return p + (size - (uintptr_t)p % size) % size;
}

/* Advise one huge page's worth, store a byte: what lies under it? */
static long huge_after(int advice)
{
	size_t size = thp_size();
	char *p = aligned(size, OWN);

	EQUALS(madvise(p, size, advice), 0);
	*p = 1;
	return bytes(p, "AnonHugePages:");
}

/* Has the mapping that P lies in the flag FLAG? "hg": MADV_HUGEPAGE was said,
 * "nh": MADV_NOHUGEPAGE, "ht": it is of MAP_HUGETLB (proc(5), VmFlags). */
static int has_flag(const char *p, const char *flag)
{
	char line[256], word[8];

	snprintf(word, sizeof word, " %s", flag);
	return strstr(smaps(p, "VmFlags:", line), word) != NULL;
}

/* A transparent huge page, or no proof: a system may have none in one piece. */
static char *thp(void)
{
	size_t size = thp_size();
	char *p = aligned(size, OWN);

	if (setting(THP "enabled") == 'n')
		SKIP("the switch is never; as root: echo madvise > " THP
		     "enabled");
	EQUALS(madvise(p, size, MADV_HUGEPAGE), 0);
	*p = 1;
	if (bytes(p, "AnonHugePages:") == 0)
		SKIP("no huge page in one piece; as root: "
		     "echo 1 > /proc/sys/vm/compact_memory");
	return p;
}

static int advised;		/* how often we have looked at some */

/* Advised memory lies on a transparent huge page, or skip; or it must not. */
static void expect_advised_is_huge(int is_huge)
{
	size_t size = thp_size();
	char *p = aligned(size, OWN);

	advised++;
	EQUALS(madvise(p, size, MADV_HUGEPAGE), 0);
	*p = 1;
	HOLDS(has_flag(p, "hg"));
	if (!is_huge)
		EQUALS(bytes(p, "AnonHugePages:"), 0);
	else if (bytes(p, "AnonHugePages:") == 0)
		SKIP("no huge page in one piece; as root: "
		     "echo 1 > /proc/sys/vm/compact_memory");
}

/* What a child gets when it stores to AT: 0, or 128 + signal. */
static int store(char *at)
{
	pid_t pid = fork();

	if (pid == 0) {
		*(volatile char *)at = 'x';
		_exit(0);
	}
	return ends(pid);
}

CLAIM("1-064 1-065 1-115 1-119",
      "more huge pages than there are: ENOMEM from mmap(), no signal")
{
	size_t size = huge_size(), length = too_many() * size;
	const int flags[] = { OWN | MAP_NORESERVE, SHARED | MAP_NORESERVE,
			      OWN | MAP_HUGETLB, SHARED | MAP_HUGETLB };

	for (int i = 0; i < 4; i++) {
		const int is_huge = i >= 2;
		char *p = mmap(NULL, length, RW, flags[i], -1, 0);

		/* As small pages the length is no trouble. */
		EQUALS(p == MAP_FAILED, is_huge);
		HOLDS(!is_huge || errno == ENOMEM);
	}
}

CLAIM("1-064", "much data needs no huge pages: 1 GiB is mapped without")
{
	char *p = mmap(NULL, 1 << 30, RW, OWN | MAP_NORESERVE, -1, 0);

	HOLDS(p != MAP_FAILED);
	HOLDS(bytes(p, "Size:") >= 1 << 30);
	EQUALS(bytes(p, "KernelPageSize:"), sysconf(_SC_PAGESIZE));
	HOLDS(!has_flag(p, "ht"));
	p[(1 << 30) - 1] = 77;
	EQUALS(store(p), 0);
	HOLDS(bytes(p + (1 << 30) - 1, "Rss:") > 0);
}

CLAIM("1-064 1-065 1-115", "with pages in the pool MAP_HUGETLB gets them")
{
	size_t size = huge_size();
	char *p = borrow(1, OWN), *small;

	p[size - 1] = 1;
	EQUALS(bytes(p, "KernelPageSize:"), size);
	EQUALS(bytes(p, "Private_Hugetlb:"), size);
	HOLDS(has_flag(p, "ht"));
	small = mmap(NULL, size, RW, OWN, -1, 0);	/* without the flag */
	HOLDS(small != MAP_FAILED);
	small[size - 1] = 1;
	HOLDS(bytes(small, "Rss:") > 0);
	EQUALS(bytes(small, "KernelPageSize:"), sysconf(_SC_PAGESIZE));
	EQUALS(bytes(small, "Private_Hugetlb:"), 0);
}

/* Lend a page, and read the limit in /proc, and in the file SYS in the
 * meantime. 0 if we may not lend. */
static int limit_while_lent(const char *sys, long *in_proc, long *in_sys)
{
	if (!lend(1))
		return 0;
	*in_proc = number(OVERCOMMIT);
	*in_sys = number(sys);
	lent();
	return 1;
}

CLAIM("1-116", "the setting is a file in /proc, and in /sys for each size")
{
	const char *sys = "/sys/kernel/mm/hugepages/hugepages";
	char path[96], more[112];
	long in_proc, in_sys;

	snprintf(path, sizeof path, "%s-%zukB/nr_hugepages", sys,
		 huge_size() / 1024);
	snprintf(more, sizeof more, "%s-%zukB/nr_overcommit_hugepages", sys,
		 huge_size() / 1024);
	if (access("/sys/kernel/mm/hugepages", F_OK) == -1)
		SKIP("/sys is not mounted here; mount -t sysfs sys /sys");
	HOLDS(number("/proc/sys/vm/nr_hugepages") >= 0);
	EQUALS(number(path), number("/proc/sys/vm/nr_hugepages"));
	/* Written in /proc, read in /sys */
	if (limit_while_lent(more, &in_proc, &in_sys)) {
		HOLDS(in_proc >= 1);
		EQUALS(in_sys, in_proc);
	}
}

CLAIM("1-115 1-117", "HugePages_Total is what was set up: vm.nr_hugepages")
{
	long surplus, total, set;

	borrow(1, OWN);			/* so there is one to count */
	HOLDS(info("HugePages_Free:") >= 0 && info("HugePages_Rsvd:") >= 0);
	do {				/* again, if it changes just now */
		surplus = info("HugePages_Surp:");
		total = info("HugePages_Total:");
		set = number("/proc/sys/vm/nr_hugepages");
	} while (info("HugePages_Surp:") != surplus ||
		 info("HugePages_Total:") != total);
	EQUALS(total, set + surplus);	/* and what was lent beside it */
	HOLDS(total >= 1);
}

/* Reserve what is free, untouched, so that the pool has nothing to give. */
static void empty_the_pool(void)
{
	long n = info("HugePages_Free:") - info("HugePages_Rsvd:");

	if (number(OVERCOMMIT) != 0 || n > 16)
		SKIP("the pool here is in use; it needs an empty one");
	if (n > 0)
		HOLDS(mmap(NULL, (size_t)n * huge_size(), RW,
			   OWN | MAP_HUGETLB, -1, 0) != MAP_FAILED);
}

/* A store to P, for which the pool may make a page, if it has none: what a
 * child gets, as store() says. -1: we may not let it make one. */
static int store_with_a_page(char *p)
{
	int status;

	if (!lend(1))
		return -1;
	status = store(p);
	lent();
	return status;
}

CLAIM("1-118 1-119",
      "MAP_NORESERVE: mmap() succeeds, the first store is SIGBUS")
{
	size_t size = huge_size();
	char *p;

	empty_the_pool();
	FAILS(mmap(NULL, size, RW, OWN | MAP_HUGETLB, -1, 0), ENOMEM);
	p = mmap(NULL, size, RW, OWN | MAP_HUGETLB | MAP_NORESERVE, -1, 0);
	HOLDS(p != MAP_FAILED);
	EQUALS(store(p), 128 + SIGBUS);
	HOLDS(store_with_a_page(p) <= 0);	/* only the page was missing */
#ifdef SIGBUG
	EQUALS(SIGBUG, SIGBUS);			/* a name nobody has */
#endif
}

/* Kernels before 6.1, if they have not got the correction, reserve at shmat()
 * what SHM_NORESERVE told shmget() not to reserve. */
CLAIM("1-119 1-200", "SHM_HUGETLB: ENOMEM at once; SHM_NORESERVE: SIGBUS "
      "later, or before Linux 6.1 ENOMEM from shmat()")
{
	size_t size = huge_size(), length = too_many() * size;
	void *at;
	int id;

	id = shmget(IPC_PRIVATE, length, SHM_NORESERVE | 0600);
	HOLDS(id >= 0);			/* as small pages it is no trouble */
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	id = shmget(IPC_PRIVATE, length, SHM_HUGETLB | 0600);
	if (id == -1 && errno == EPERM)
		SKIP("it takes root, or the group of vm.hugetlb_shm_group");
	HOLDS(id == -1 && errno == ENOMEM);
	empty_the_pool();
	FAILS(shmget(IPC_PRIVATE, size, SHM_HUGETLB | 0600), ENOMEM);
	id = shmget(IPC_PRIVATE, size, SHM_HUGETLB | SHM_NORESERVE | 0600);
	HOLDS(id >= 0);
	at = shmat(id, NULL, 0);
	if (at == (void *)-1 && kernel_version() < 601)
		EQUALS(errno, ENOMEM);
	else
		HOLDS(at != (void *)-1);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	if (at == (void *)-1)
		return;
	EQUALS(store(at), 128 + SIGBUS);
	HOLDS(store_with_a_page(at) <= 0);	/* only the page was missing */
}

/* Is the number of a group here its number in the kernel? In a user namespace
 * it may be another one (user_namespaces(7)). */
static int groups_are_real(void)
{
	FILE *f = fopen("/proc/self/gid_map", "r");
	unsigned inside = 0, outside = 1;

	if (!f)
		return 1;		/* a kernel without such namespaces */
	if (fscanf(f, "%u %u", &inside, &outside) != 2)
		outside = inside + 1;
	fclose(f);
	return outside == inside;
}

CLAIM("1-200", "SHM_HUGETLB is EPERM without CAP_IPC_LOCK and the group")
{
	struct rlimit none = { 0, 0 };
	long group = number("/proc/sys/vm/hugetlb_shm_group");
	size_t size = huge_size();
	pid_t member;

	HOLDS(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
	member = fork();
	if (member == 0) {		/* the group alone is enough */
		int id;

		drop_capabilities();
		FAILS(chroot("."), EPERM);	/* they are gone */
		errno = 0;
		id = shmget(IPC_PRIVATE, size, SHM_HUGETLB | 0600);
		if (group == (long)getegid() && groups_are_real())
			HOLDS(id >= 0 || errno == ENOMEM);
		if (id >= 0)
			EQUALS(shmctl(id, IPC_RMID, NULL), 0);
		_exit(0);
	}
	EQUALS(ends(member), 0);
	become_ordinary_user();
	if (group == (long)getegid())
		SKIP("this user is in the group of vm.hugetlb_shm_group");
	FAILS(shmget(IPC_PRIVATE, size, SHM_HUGETLB | 0600), EPERM);
}

CLAIM("1-121", "the switch shows three words, the one in force in brackets")
{
	char line[128] = "", words[128] = "";
	FILE *f = fopen(THP "enabled", "r");
	size_t n = 0;

	HOLDS(strchr("amn", setting(THP "enabled")) != NULL);
	HOLDS(f && fgets(line, sizeof line, f));
	fclose(f);
	for (const char *c = line; *c; c++)
		if (*c != '[' && *c != ']')
			words[n++] = *c;
	HOLDS(strcmp(words, "always madvise never\n") == 0);
	HOLDS(strchr(line, '[') == strrchr(line, '['));
}

/* One system shows one mode: nobody but its owner may change the switch. */
CLAIM("1-120 1-122 1-124", "without advice: huge pages in mode always only")
{
	char *p = aligned(thp_size(), OWN);
	long got;

	*p = 1;
	HOLDS(bytes(p, "Rss:") > 0);
	got = bytes(p, "AnonHugePages:");
	HOLDS(!has_flag(p, "hg") && !has_flag(p, "nh"));
	if (setting(THP "enabled") == 'm')
		thp();			/* with it there is one, or skip */
	if (setting(THP "enabled") != 'a')
		EQUALS(got, 0);
	else if (got == 0)
		SKIP("no huge page in one piece; as root: "
		     "echo 1 > /proc/sys/vm/compact_memory");
}

CLAIM("1-120 1-122 1-125", "with MADV_HUGEPAGE: in modes always and madvise")
{
	size_t size = thp_size();

	if (setting(THP "enabled") == 'n')
		EQUALS(huge_after(MADV_HUGEPAGE), 0);
	else
		EQUALS(bytes(thp(), "AnonHugePages:"), size);
}

CLAIM("1-125", "mode madvise means MADV_HUGEPAGE, no other advice")
{
	static const int others[] = { MADV_SEQUENTIAL, MADV_WILLNEED,
				      MADV_RANDOM };
	long huge = 0;

	if (setting(THP "enabled") == 'a')
		SKIP("the switch is always; as root: echo madvise > " THP
		     "enabled");
	thp();					/* or skip */
	for (int i = 0; i < 3; i++)
		huge += huge_after(others[i]);
	EQUALS(huge, 0);
}

/* Map, advise and fill one huge page's worth that begins OFFSET bytes after a
 * multiple of their size, and nothing beside it: how much is huge? */
static long huge_at_offset(size_t offset)
{
	size_t size = thp_size();
	char *area = aligned(2 * size, OWN), *p = area + offset;

	if (offset > 0)
		EQUALS(munmap(area, offset), 0);
	EQUALS(munmap(p + size, size - offset), 0);
	EQUALS(madvise(p, size, MADV_HUGEPAGE), 0);
	memset(p, 1, size);
	HOLDS(has_flag(p, "hg"));
	EQUALS(bytes(p, "Rss:"), size);
	return bytes(p, "AnonHugePages:");
}

CLAIM("1-120", "not size but a whole aligned huge page in the area counts")
{
	size_t size = thp_size();

	EQUALS(munmap(thp(), size), 0);		/* or skip */
	for (int fits = 1; fits >= 0; fits--) {	/* as large, yet none fits */
		long huge = huge_at_offset(fits ? 0 : size / 2);

		if (fits && huge == 0)
			SKIP("no huge page in one piece; as root: "
			     "echo 1 > /proc/sys/vm/compact_memory");
		EQUALS(huge, fits ? size : 0);
	}
}

CLAIM("1-120", "shared memory has a switch of its own: shmem_enabled")
{
	size_t size = thp_size();
	char *p = aligned(size, SHARED);
	int mode = setting(THP "shmem_enabled");

	if (mode != 'n' && mode != 'd')
		SKIP("shmem_enabled is not never here; as root: "
		     "echo never > " THP "shmem_enabled");
	thp();			/* of private memory there is one, or skip */
	EQUALS(madvise(p, size, MADV_HUGEPAGE), 0);
	memset(p, 1, size);
	HOLDS(has_flag(p, "hg") && has_flag(p, "sh"));
	EQUALS(bytes(p, "Rss:"), size);		/* it is there, but small */
	EQUALS(bytes(p, "ShmemPmdMapped:"), 0);
	EQUALS(bytes(p, "AnonHugePages:"), 0);
}

static long faults_to_fill(char *p, size_t size)
{
	struct rusage before, after;

	EQUALS(getrusage(RUSAGE_SELF, &before), 0);
	for (size_t i = 0; i < size; i += 4096)
		*(volatile char *)(p + i) = 1;
	EQUALS(getrusage(RUSAGE_SELF, &after), 0);
	return after.ru_minflt - before.ru_minflt;
}

CLAIM("1-123", "what it saves for certain: one page fault, not hundreds")
{
	size_t size = thp_size();
	char *few, *many = aligned(size, OWN);

	thp();					/* or skip */
	few = aligned(size, OWN);
	EQUALS(madvise(few, size, MADV_HUGEPAGE), 0);
	EQUALS(madvise(many, size, MADV_NOHUGEPAGE), 0);
	HOLDS(faults_to_fill(many, size) >= (long)(size / 65536));
	HOLDS(faults_to_fill(few, size) <= 4);
}

CLAIM("1-126", "prctl(PR_SET_THP_DISABLE): none for this process, its children")
{
	pid_t child;

	for (int disabled = 1; disabled >= 0; disabled--) {
		thp();				/* before, or skip */
		EQUALS(prctl(PR_SET_THP_DISABLE, disabled, 0, 0, 0), 0);
		expect_advised_is_huge(!disabled);
		child = fork();
		if (child == 0) {
			EQUALS(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), disabled);
			advised = 0;
			expect_advised_is_huge(!disabled);
			_exit(advised != 1);
		}
		EQUALS(ends(child), 0);
		EQUALS(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0), 0);
		EQUALS(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 0);
	}
	EQUALS(advised, 2);
}

CLAIM("1-126", "MADV_COLLAPSE asks no switch: it makes huge what is small")
{
	size_t size = thp_size();
	char *p = aligned(size, OWN);

	memset(p, 77, size);
	HOLDS(!has_flag(p, "hg"));
	if (setting(THP "enabled") != 'a')
		EQUALS(bytes(p, "AnonHugePages:"), 0);
	if (madvise(p, size, MADV_COLLAPSE) == -1) {
		HOLDS(errno != EINVAL || kernel_version() < 601);
		SKIP("MADV_COLLAPSE: %s; Linux 6.1 can, with memory in one "
		     "piece", errno_name(errno));
	}
	EQUALS(bytes(p, "AnonHugePages:"), size);
	HOLDS(!has_flag(p, "hg"));		/* it is no advice for later */
	for (size_t i = 0; i < size; i++)
		HOLDS(p[i] == 77);
}

/* Give two advices, then store a byte: what lies under it? */
static long huge_after_both(int first, int second)
{
	size_t size = thp_size();
	char *p = aligned(size, OWN);

	EQUALS(madvise(p, size, first), 0);
	EQUALS(madvise(p, size, second), 0);
	*p = 1;
	HOLDS(has_flag(p, second == MADV_HUGEPAGE ? "hg" : "nh"));
	return bytes(p, "AnonHugePages:");
}

CLAIM("L15-01", "MADV_NOHUGEPAGE: none in any mode")
{
	long none = huge_after_both(MADV_HUGEPAGE, MADV_NOHUGEPAGE);

	EQUALS(none, 0);
	if (setting(THP "enabled") == 'n')
		return;
	thp();					/* without it, or skip */
	if (huge_after_both(MADV_NOHUGEPAGE, MADV_HUGEPAGE) == 0)
		SKIP("no huge page in one piece; as root: "
		     "echo 1 > /proc/sys/vm/compact_memory");
}

CLAIM("L15-02", "one small page unmapped or protected alone: all are mapped as "
      "small ones, bytes stay; a whole huge page beside it stays huge")
{
	size_t size = thp_size(), small = (size_t)sysconf(_SC_PAGESIZE);
	char *p, *two;

	for (int unmaps = 1; unmaps >= 0; unmaps--) {
		p = thp();
		memset(p, 77, size);
		EQUALS(bytes(p, "AnonHugePages:"), size);
		if (unmaps)
			EQUALS(munmap(p, small), 0);
		else
			EQUALS(mprotect(p, small, PROT_READ), 0);
		EQUALS(bytes(p + small, "AnonHugePages:"), 0);
		if (unmaps)			/* that page, no other one */
			FAILS(msync(p, small, MS_ASYNC), ENOMEM);
		else
			EQUALS(bytes(p, "Size:"), small);
		for (size_t i = unmaps ? small : 0; i < size; i++)
			HOLDS(p[i] == 77);
	}
	two = aligned(2 * size, OWN);
	EQUALS(madvise(two, 2 * size, MADV_HUGEPAGE), 0);
	memset(two, 77, 2 * size);
	if (bytes(two, "AnonHugePages:") != 2 * (long)size)
		SKIP("no two huge pages in one piece; as root: "
		     "echo 1 > /proc/sys/vm/compact_memory");
	EQUALS(munmap(two, size), 0);
	EQUALS(bytes(two + size, "AnonHugePages:"), size);
	EQUALS(munmap(two + size, small), 0);	/* and then not the whole */
	EQUALS(bytes(two + size + small, "AnonHugePages:"), 0);
}

/* The number of type uint64_t at place N of FILE, of the kernel's tables. */
static uint64_t entry(const char *file, uint64_t n)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	uint64_t value = 0;

	if (fd == -1 || pread(fd, &value, sizeof value, (off_t)(n * 8)) != 8)
		SKIP("%s tells root only, or nobody", file);
	close(fd);
	return value;
}

/* The number of the page of memory that lies under P now (proc(5), pagemap). */
static uint64_t frame(const char *p)
{
	uint64_t small = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t at = entry("/proc/self/pagemap", (uintptr_t)p / small);
	uint64_t n = at & ((UINT64_C(1) << 55) - 1);

	if (n == 0)
		SKIP("the numbers of pages are for CAP_SYS_ADMIN only");
	return n;
}

CLAIM("L15-17", "only the mapping is split: the page stays whole, and the part "
      "that was unmapped is not free")
{
	enum { COMPOUND_TAIL = 16, THP_PAGE = 22 };	/* of kpageflags */
	size_t small = (size_t)sysconf(_SC_PAGESIZE);
	char *p = thp(), *half = p + thp_size() / 2;
	uint64_t gone = frame(half), head = frame(p), flags;

	EQUALS(bytes(p, "AnonHugePages:"), thp_size());
	EQUALS(gone - head, thp_size() / 2 / small);	/* in one piece */
	EQUALS(munmap(half, small), 0);
	FAILS(msync(half, small, MS_ASYNC), ENOMEM);	/* nothing is there */
	EQUALS(bytes(p, "AnonHugePages:"), 0);
	EQUALS(frame(p), head);
	flags = entry("/proc/kpageflags", gone);
	EQUALS(flags >> COMPOUND_TAIL & 1, 1);
	EQUALS(flags >> THP_PAGE & 1, 1);
}

CLAIM("L15-03", "a memfd of huge pages has a multiple of their size, or EINVAL")
{
	size_t size = huge_size();
	const size_t length[] = { 100, size - 1, size, size + 1, 2 * size,
				  2 * size + 4096, 0 };
	int huge = memfd_create("huge", MFD_HUGETLB);
	int small = memfd_create("small", 0);
	struct stat st;

	HOLDS(huge >= 0 && small >= 0);
	EQUALS(fstat(huge, &st), 0);
	EQUALS(st.st_blksize, size);
	for (int i = 0; i < 7; i++) {		/* a size is no page yet */
		const int is_multiple = length[i] % size == 0;

		EQUALS(ftruncate(small, (off_t)length[i]), 0);
		EQUALS(fstat(small, &st), 0);
		EQUALS(st.st_size, length[i]);
		errno = 0;
		EQUALS(ftruncate(huge, (off_t)length[i]), is_multiple ? 0 : -1);
		EQUALS(errno, is_multiple ? 0 : EINVAL);
	}
}

/* fallocate(), for which the pool may make a page, if it has none. */
static int lend_and_allocate(int fd, size_t length)
{
	int lends = lend(1), result = fallocate(fd, 0, 0, (off_t)length);

	if (lends)
		lent();
	return result;
}

CLAIM("L15-04", "fallocate() and posix_fallocate() ask beforehand: ENOSPC, "
      "and no SIGBUS")
{
	size_t size = huge_size();
	int fd = memfd_create("huge", MFD_HUGETLB);
	struct stat st;
	char *p;

	HOLDS(fd >= 0);
	empty_the_pool();
	FAILS(fallocate(fd, 0, 0, (off_t)size), ENOSPC);
	EQUALS(posix_fallocate(fd, 0, (off_t)size), ENOSPC);

	EQUALS(ftruncate(fd, (off_t)size), 0);	/* who does not ask: */
	HOLDS(fstat(fd, &st) == 0 && st.st_size == (off_t)size);
	p = mmap(NULL, size, RW, MAP_SHARED | MAP_NORESERVE, fd, 0);
	HOLDS(p != MAP_FAILED);
	EQUALS(store(p), 128 + SIGBUS);
	if (lend_and_allocate(fd, size) == 0)	/* with a page for it */
		EQUALS(store(p), 0);
}

CLAIM("L15-04", "a free page that is promised to another is none: ENOSPC")
{
	size_t size = huge_size();
	int fd = memfd_create("huge", MFD_HUGETLB);

	HOLDS(fd >= 0);
	borrow(1, OWN);			/* reserved, and nobody stores */
	empty_the_pool();
	HOLDS(info("HugePages_Free:") >= 1);
	FAILS(fallocate(fd, 0, 0, (off_t)size), ENOSPC);
}

CLAIM("L15-15", "fallocate() takes the pages at once, whole ones, and sets the "
      "size; after it a store takes none")
{
	size_t size = huge_size();
	int fd = memfd_create("huge", MFD_HUGETLB);
	int other = memfd_create("other", MFD_HUGETLB);
	struct stat st;
	char *p;

	HOLDS(fd >= 0 && other >= 0);
	EQUALS(fstat(fd, &st), 0);
	EQUALS(st.st_size + st.st_blocks, 0);
	if (lend_and_allocate(fd, 100) == -1)
		no_page();
	EQUALS(fstat(fd, &st), 0);
	EQUALS(st.st_size, 100);
	EQUALS(st.st_blocks * 512, size);
	empty_the_pool();
	FAILS(fallocate(other, 0, 0, 100), ENOSPC);	/* it has no other */
	p = mmap(NULL, size, RW, MAP_SHARED, fd, 0);
	HOLDS(p != MAP_FAILED);
	EQUALS(store(p + size - 1), 0);		/* SIGBUS, if it took one */
	EQUALS(p[size - 1], 'x');
	EQUALS(fstat(fd, &st), 0);
	EQUALS(st.st_blocks * 512, size);
}

/* From the list of mappings: the length of the one that begins at P. */
static size_t mapped_at(const char *p)
{
	unsigned long from, to;
	char line[256];
	size_t length = 0;
	FILE *f = fopen("/proc/self/maps", "r");

	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2 &&
		    from == (unsigned long)(uintptr_t)p)
			length = to - from;
	fclose(f);
	return length;
}

CLAIM("L15-05", "mmap() rounds the length up; munmap() of 100 bytes is EINVAL")
{
	const int flags = OWN | MAP_HUGETLB | MAP_NORESERVE;
	size_t size = huge_size();
	const size_t length[] = { 100, size, size + 1 };
	char *small = mmap(NULL, 100, RW, SHARED, -1, 0);

	for (int i = 0; i < 3; i++) {
		size_t want = (length[i] + size - 1) / size * size;
		char *p = mmap(NULL, length[i], RW, flags, -1, 0);

		HOLDS(p != MAP_FAILED);
		EQUALS(mapped_at(p), want);
		FAILS(munmap(p, 100), EINVAL);
		EQUALS(mapped_at(p), want);
		EQUALS(munmap(p, want), 0);
		EQUALS(mapped_at(p), 0);
	}
	HOLDS(small != MAP_FAILED && mapped_at(small) > 100);
	EQUALS(munmap(small, 100), 0);		/* of small pages it goes */
	EQUALS(mapped_at(small), 0);
}

CLAIM("L15-06", "the address is a multiple of the size; MAP_FIXED else: EINVAL")
{
	size_t size = huge_size();
	size_t offset[] = { 0, (size_t)sysconf(_SC_PAGESIZE), size / 2, size };
	int flags = OWN | MAP_NORESERVE | MAP_FIXED;
	char *area = aligned(9 * size, OWN);

	area += (size - (uintptr_t)area % size) % size;
	for (int i = 0; i < 4; i++) {
		char *at = area + offset[i], *got;

		got = mmap(at, size, RW, flags, -1, 0);
		HOLDS(got == at);		/* small pages may lie there */
		got = mmap(at, size, RW, flags | MAP_HUGETLB, -1, 0);
		if (offset[i] % size == 0)
			HOLDS(got == at);
		else
			HOLDS(got == MAP_FAILED && errno == EINVAL);
		area += 2 * size;
	}
	area = borrow(1, OWN);			/* where the kernel chooses */
	HOLDS(has_flag(area, "ht"));
	EQUALS((uintptr_t)area % size, 0);
}

CLAIM("L15-07", "a size the processor does not have is EINVAL: 8 KiB")
{
	int flags = OWN | MAP_HUGETLB | MAP_NORESERVE;
	int has = __builtin_ctzl(huge_size());		/* as a power of 2 */
	const int power[] = { 13, has };
	char path[64];

	snprintf(path, sizeof path, "/sys/kernel/mm/hugepages/hugepages-%dkB",
		 (1 << power[0]) / 1024);
	FAILS(access(path, F_OK), ENOENT);
	HOLDS(1 << power[0] != sysconf(_SC_PAGESIZE));
	for (int i = 0; i < 2; i++) {
		int size = power[i] << MAP_HUGE_SHIFT;
		char *p = mmap(NULL, 1 << 30, RW, flags | size, -1, 0);

		EQUALS(p != MAP_FAILED, i);
		if (i == 0)
			EQUALS(errno, EINVAL);
		else
			EQUALS(bytes(p, "KernelPageSize:"), huge_size());
	}
}

CLAIM("L15-08", "mmap() reserves (HugePages_Rsvd), the first touch takes")
{
	size_t size = huge_size();
	char *p = borrow(1, OWN);
	long reserved = info("HugePages_Rsvd:"), free = info("HugePages_Free:");

	HOLDS(reserved >= 1 && free >= 1);	/* it counts as free, too */
	EQUALS(bytes(p, "Private_Hugetlb:"), 0);
	*p = 1;
	EQUALS(info("HugePages_Rsvd:"), reserved - 1);
	EQUALS(info("HugePages_Free:"), free - 1);
	EQUALS(bytes(p, "Private_Hugetlb:"), size);
	EQUALS(bytes(p, "Rss:"), 0);		/* counted nowhere else */
	EQUALS(bytes(p, "AnonHugePages:"), 0);
}

CLAIM("L15-09", "two processes share a huge page as they share a small one")
{
	size_t size = huge_size();
	size_t small = (size_t)sysconf(_SC_PAGESIZE);

	for (int is_huge = 0; is_huge <= 1; is_huge++) {
		char *p = is_huge ? borrow(1, SHARED) :
				    mmap(NULL, size, RW, SHARED, -1, 0);

		HOLDS(p != MAP_FAILED);
		EQUALS(bytes(p, "KernelPageSize:"), is_huge ? size : small);
		EQUALS(p[size - 1], 0);
		EQUALS(store(p + size - 1), 0);	/* by a child */
		EQUALS(p[size - 1], 'x');
	}
}

/* A segment on huge pages, which the pool may make, if it has none: its
 * number, or -1. */
static int huge_segment(size_t size)
{
	int id = shmget(IPC_PRIVATE, size, SHM_HUGETLB | 0600);

	if (id == -1 && errno != EPERM && lend(1)) {
		id = shmget(IPC_PRIVATE, size, SHM_HUGETLB | 0600);
		lent();
	}
	return id;
}

CLAIM("1-200 L15-10", "a segment on huge pages: shmget() asks for them")
{
	size_t size = huge_size();
	int id = huge_segment(size);
	char *p;

	if (id == -1 && errno == EPERM)
		SKIP("it takes root, or the group of vm.hugetlb_shm_group");
	if (id == -1)
		no_page();
	p = shmat(id, NULL, 0);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	HOLDS(p != (void *)-1);
	EQUALS(store(p), 0);
	EQUALS(*p, 'x');
	EQUALS(bytes(p, "KernelPageSize:"), size);
}

/* Store 2 to P; with a page that the pool may make for a copy: 1. 0 if it is
 * not to make one, or we may not let it. */
static int store_and_lend(char *p, int is_to_make)
{
	int lends = is_to_make && lend(1);

	*p = 2;
	if (lends)
		lent();
	return lends;
}

/* The parent stores, there is no page for a copy: the child loses its own. */
CLAIM("L15-11", "private, after fork(), no page for the copy: the child dies")
{
	char *p = borrow(1, OWN), c;
	int go[2], lends;
	pid_t child;

	*p = 1;
	for (int spare = 1; spare >= 0; spare--) {
		if (!spare)
			empty_the_pool();
		HOLDS(pipe(go) == 0);
		child = fork();
		if (child == 0) {
			HOLDS(read(go[0], &c, 1) == 1);
			_exit(*(volatile char *)p);
		}
		lends = store_and_lend(p, spare);
		EQUALS(write(go[1], "x", 1), 1);
		if (!spare)
			EQUALS(ends(child), 128 + SIGBUS);
		else if (lends)
			EQUALS(ends(child), 1);	/* it has the old one */
		else
			ends(child);
		EQUALS(*p, 2);
		*p = 1;
	}
}

/* Huge pages of the whole system that somebody has taken. */
static long taken(void)
{
	return info("HugePages_Total:") - info("HugePages_Free:");
}

CLAIM("L15-22",
      "the pages of a memfd go back when its last descriptor is closed")
{
	size_t size = huge_size();
	long before = taken();
	int fd = memfd_create("huge", MFD_HUGETLB), copy;

	HOLDS(fd >= 0);
	if (lend_and_allocate(fd, size) == -1)
		no_page();
	copy = dup(fd);
	HOLDS(copy >= 0);
	EQUALS(close(fd), 0);
	EQUALS(taken(), before + 1);
	EQUALS(close(copy), 0);
	while (taken() > before)
		sched_yield();			/* until the deadline */
}

CLAIM("L15-22", "the pages of a process that is killed go back")
{
	size_t size = huge_size();
	long before = taken();
	int fd[2];
	pid_t child;
	char c, *p;

	HOLDS(pipe(fd) == 0);
	child = fork();
	if (child == 0) {
		p = borrow(1, OWN);
		p[size - 1] = 1;
		EQUALS(bytes(p, "Private_Hugetlb:"), size);
		EQUALS(write(fd[1], "x", 1), 1);
		for (;;)
			pause();
	}
	EQUALS(close(fd[1]), 0);
	if (read(fd[0], &c, 1) != 1)
		ends(child);			/* it skips, or fails */
	EQUALS(taken(), before + 1);
	EQUALS(kill(child, SIGKILL), 0);
	EQUALS(ends(child), 128 + SIGKILL);
	while (taken() > before)
		sched_yield();			/* until the deadline */
}

static void caught(int sig)
{
	(void)sig;
}

enum { SOME = 8, ROUNDS = 2000 };

/* In a child: take SOME huge pages again and again, until that is interrupted;
 * then once more, and that must go on where it was. */
static void allocate_until_interrupted(void)
{
	off_t length = (off_t)(SOME * huge_size());
	int fd = memfd_create("huge", MFD_HUGETLB), i;

	HOLDS(fd >= 0);
	for (i = 0; i < ROUNDS; i++) {
		if (fallocate(fd, 0, 0, length) == -1)
			break;
		HOLDS(ftruncate(fd, 0) == 0);
	}
	if (i < ROUNDS && errno == ENOSPC)
		no_page();
	HOLDS(i < ROUNDS && errno == EINTR);
	while (fallocate(fd, 0, 0, length) == -1)
		HOLDS(errno == EINTR);
	_exit(0);
}

static int interrupted;

/* A child allocates until a signal interrupts it: the timer's, if there is
 * one, else it is stopped and continued all the time. How it ends. */
static int interrupt(const struct itimerval *timer)
{
	int lends = lend(SOME), look = timer ? 0 : WNOHANG, looked;
	siginfo_t how = { 0 };
	pid_t child = fork();

	if (child == 0) {
		if (lends)
			sigprocmask(SIG_SETMASK, &old_mask, NULL);
		HOLDS(!timer || setitimer(ITIMER_REAL, timer, NULL) == 0);
		allocate_until_interrupted();
	}
	do {
		if (child > 0 && !timer) {
			kill(child, SIGSTOP);
			kill(child, SIGCONT);
			sched_yield();
		}
		looked = waitid(P_PID, (id_t)child, &how,
				WEXITED | WNOWAIT | look);
	} while (looked == 0 && how.si_pid == 0);
	if (lends)
		lent();
	interrupted++;
	return ends(child);
}

CLAIM("L15-16", "a caught signal ends fallocate() of huge pages: EINTR, with "
      "SA_RESTART, too; asked again it goes on")
{
	struct sigaction act = { .sa_handler = caught, .sa_flags = SA_RESTART };
	struct itimerval often = { { 0, 500 }, { 0, 500 } };

	huge_size();
	HOLDS(sigaction(SIGALRM, &act, NULL) == 0);
	EQUALS(interrupt(&often), 0);
	EQUALS(interrupted, 1);
	HOLDS(has_restart(SIGALRM));
}

CLAIM("L15-16", "so do a stop and a continue")
{
	huge_size();
	EQUALS(interrupt(NULL), 0);
	EQUALS(interrupted, 1);
}

CLAIM("L15-18",
      "a file of hugetlbfs needs no flag for mmap(); write() is EINVAL")
{
	size_t size = huge_size();
	char *p;
	int fd;

	EQUALS(mkdir("pages", 0700), 0);
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("none", "pages", "hugetlbfs", 0, NULL) == -1)
		SKIP("mount() of hugetlbfs: %s; root may, where it is root of "
		     "the whole system", errno_name(errno));
	for (int is_huge = 0; is_huge <= 1; is_huge++) {
		fd = open(is_huge ? "pages/table" : "ordinary",
			  O_RDWR | O_CREAT | O_EXCL, 0600);
		HOLDS(fd >= 0);
		errno = 0;
		EQUALS(write(fd, "x", 1), is_huge ? -1 : 1);
		EQUALS(errno, is_huge ? EINVAL : 0);
		p = mmap(NULL, size, RW, MAP_SHARED | MAP_NORESERVE, fd, 0);
		HOLDS(p != MAP_FAILED);
		EQUALS(bytes(p, "KernelPageSize:"), is_huge ? (long)size :
		       sysconf(_SC_PAGESIZE));
		EQUALS(munmap(p, size), 0);
		EQUALS(close(fd), 0);
	}
	EQUALS(umount2("pages", MNT_DETACH), 0);
}

CLAIM("L15-19", "AnonHugePages counts private memory only: a transparent huge "
      "page of shared memory is ShmemPmdMapped")
{
	const int kind[] = { OWN, SHARED };
	size_t size = thp_size();

	for (int shared = 0; shared <= 1; shared++) {
		char *p = aligned(size, OWN);

		/* Of shared memory the offset must be a multiple, too: here
		 * it is 0. */
		HOLDS(mmap(p, size, RW, kind[shared] | MAP_FIXED, -1, 0) == p);
		memset(p, 77, size);
		if (madvise(p, size, MADV_COLLAPSE) == -1)
			SKIP("MADV_COLLAPSE: %s; Linux 6.1 can, with memory "
			     "in one piece", errno_name(errno));
		EQUALS(bytes(p, "ShmemPmdMapped:"), shared ? size : 0);
		EQUALS(bytes(p, "AnonHugePages:"), shared ? 0 : size);
	}
}

CLAIM("L15-24", "MADV_HUGEPAGE after the store leaves the small pages, for now")
{
	size_t size = thp_size();
	char *p = aligned(size, OWN);

	thp();				/* before the store: huge, or skip */
	EQUALS(madvise(p, size, MADV_NOHUGEPAGE), 0);	/* in mode always */
	memset(p, 77, size);
	EQUALS(madvise(p, size, MADV_HUGEPAGE), 0);
	EQUALS(bytes(p, "AnonHugePages:"), 0);
	HOLDS(has_flag(p, "hg"));		/* the advice has come */
	EQUALS(bytes(p, "Rss:"), size);		/* all of it was stored */
	EQUALS(p[size - 1], 77);
}

CLAIM("L15-25",
      "RLIMIT_FSIZE (ulimit -f) bounds a memfd of huge pages: SIGXFSZ")
{
	size_t size = huge_size();
	int fd = memfd_create("huge", MFD_HUGETLB);
	struct stat st;
	pid_t child;

	HOLDS(fd >= 0 && fstat(fd, &st) == 0);
	EQUALS(st.st_blksize, size);
	/* The limit is one huge page or two; one page is in it, two are not. */
	for (size_t i = 0; i < 4; i++) {
		const size_t limit = 1 + i / 2, pages = 1 + i % 2;
		struct rlimit most = { limit * size, limit * size };

		child = fork();
		if (child == 0) {
			HOLDS(setrlimit(RLIMIT_FSIZE, &most) == 0);
			if (fallocate(fd, 0, 0, (off_t)(pages * size)) == -1)
				HOLDS(errno == ENOSPC);	/* the pool */
			_exit(0);
		}
		EQUALS(ends(child), pages <= limit ? 0 : 128 + SIGXFSZ);
	}
}

CLAIM("L15-20",
      "from Linux 6.8 on each size has a switch, which may say inherit")
{
	char path[96], line[128] = "";
	FILE *f;

	snprintf(path, sizeof path, THP "hugepages-%zukB/enabled",
		 thp_size() / 1024);
	f = fopen(path, "r");
	if (kernel_version() < 608) {
		HOLDS(f == NULL);
		return;
	}
	HOLDS(f && fgets(line, sizeof line, f));
	fclose(f);
	HOLDS(strstr(line, "inherit") && strstr(line, "madvise") &&
	      strstr(line, "always") && strstr(line, "never"));
}

CLAIM("L15-21",
      "from Linux 6.18 on prctl() can leave out memory that was advised")
{
	enum { EXCEPT_ADVISED = 2 };	/* PR_THP_DISABLE_EXCEPT_ADVISED */
	long none;

	thp();				/* or skip */
	if (prctl(PR_SET_THP_DISABLE, 1, EXCEPT_ADVISED, 0, 0) == -1) {
		HOLDS(errno == EINVAL && kernel_version() < 618);
		return;
	}
	EQUALS(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 1 | EXCEPT_ADVISED);
	none = huge_after(MADV_NORMAL);
	EQUALS(none, 0);
	EQUALS(huge_after(MADV_HUGEPAGE), thp_size());
	EQUALS(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);	/* leave none */
	expect_advised_is_huge(0);
	EQUALS(advised, 1);
}

CLAIM("L15-23", "/sys has a pool for each size, and for each NUMA node")
{
	const char *top = "/sys/kernel/mm/hugepages";
	char pattern[128], path[512];
	glob_t sizes, nodes;

	if (access(top, F_OK) == -1)
		SKIP("/sys is not mounted here; mount -t sysfs sys /sys");
	if (access("/sys/devices/system/node/node0", F_OK) == -1)
		SKIP("this kernel knows no NUMA nodes, or not the first one");
	HOLDS(glob("/sys/devices/system/node/node[0-9]*", 0, NULL,
		   &nodes) == 0);
	snprintf(pattern, sizeof pattern, "%s/hugepages-*kB", top);
	HOLDS(glob(pattern, 0, NULL, &sizes) == 0);
	/* One of the sizes is that of MAP_HUGETLB. */
	snprintf(path, sizeof path, "%s/hugepages-%zukB", top,
		 huge_size() / 1024);
	HOLDS(access(path, F_OK) == 0);
	for (size_t i = 0; i < sizes.gl_pathc; i++) {
		const char *name = sizes.gl_pathv[i] + strlen(top);

		snprintf(path, sizeof path, "%s%s/free_hugepages", top, name);
		HOLDS(number(path) >= 0);
		for (size_t node = 0; node < nodes.gl_pathc; node++) {
			snprintf(path, sizeof path,
				 "%s/hugepages%s/nr_hugepages",
				 nodes.gl_pathv[node], name);
			HOLDS(number(path) >= 0);
		}
	}
	globfree(&sizes);
	globfree(&nodes);
}

/*
 * A control group of our own, with a limit of huge pages. It can be had where
 * the groups are of version 2, and the highest one hands the controller down.
 * One proof at a time (huge_size()), so one name is enough; what a killed proof
 * has left is removed by the next.
 */
static char group[96];

static const char *group_file(const char *name)
{
	size_t size = huge_size();
	static char path[160];

	if (strchr(name, '.') != name) {
		snprintf(path, sizeof path, "%s/%s", group, name);
		return path;
	}
	if (size >= 1 << 20)
		snprintf(path, sizeof path, "%s/hugetlb.%zuMB%s", group,
			 size >> 20, name);
	else
		snprintf(path, sizeof path, "%s/hugetlb.%zuKB%s", group,
			 size >> 10, name);
	return path;
}

static void make_group(void)
{
	const char *top = "/sys/fs/cgroup";
	char path[96], line[256] = "";
	FILE *f;

	huge_size();			/* takes the lock */
	if (access("/sys/fs/cgroup/unified/cgroup.controllers", F_OK) == 0)
		top = "/sys/fs/cgroup/unified";
	snprintf(path, sizeof path, "%s/cgroup.subtree_control", top);
	f = fopen(path, "r");
	if (!f)
		SKIP("no control groups of version 2 here");
	if (!fgets(line, sizeof line, f))
		*line = '\0';
	fclose(f);
	if (!strstr(line, "hugetlb"))
		SKIP("the groups have no limit of huge pages; as root: "
		     "echo +hugetlb > %s", path);
	snprintf(group, sizeof group, "%s/ipc-lessons.15", top);
	rmdir(group);
	if (mkdir(group, 0700) == -1)
		SKIP("mkdir %s: %s; root may", group, errno_name(errno));
}

/* Skip, if no huge page can be had even without a limit. */
static void can_borrow(void)
{
	EQUALS(munmap(borrow(1, SHARED), huge_size()), 0);	/* or skip */
}

/* Run FN in a child that is in the group, and remove the group. */
static void in_group(const char *limit, void (*fn)(void))
{
	pid_t child;
	siginfo_t how;

	can_borrow();
	make_group();
	child = fork();
	if (child == 0) {
		if (access(group_file(limit), F_OK) == -1)
			SKIP("this kernel has no %s", group_file(limit));
		HOLDS(write_number(group_file(limit), 0));
		HOLDS(write_number(group_file("cgroup.procs"),
				   (size_t)getpid()));
		fn();
		_exit(0);
	}
	/* A zombie does not keep the group. */
	HOLDS(waitid(P_PID, (id_t)child, &how, WEXITED | WNOWAIT) == 0);
	HOLDS(rmdir(group) == 0);
	EQUALS(ends(child), 0);
}

/* One huge page, mapped. It can be had: can_borrow() has tried. */
static char *map_one(void)
{
	int lends = lend(1), err;
	char *p = mmap(NULL, huge_size(), RW, SHARED | MAP_HUGETLB, -1, 0);

	err = errno;
	if (lends)
		lent();
	errno = err;
	return p;
}

static void store_over_limit(void)
{
	char *p = map_one();			/* reserves */

	HOLDS(p != MAP_FAILED);
	EQUALS(store(p), 128 + SIGBUS);
	HOLDS(write_number(group_file(".max"), huge_size()));
	EQUALS(store(p), 0);
	EQUALS(*p, 'x');
}

CLAIM("1-119 L15-12", "a control group's hugetlb.2MB.max: mmap() succeeds and "
      "reserves, the first store over the limit is SIGBUS")
{
	in_group(".max", store_over_limit);
}

static void map_over_limit(void)
{
	FAILS(map_one(), ENOMEM);
	HOLDS(write_number(group_file(".rsvd.max"), huge_size()));
	HOLDS(map_one() != MAP_FAILED);
}

CLAIM("L15-13",
      "its hugetlb.2MB.rsvd.max counts reservations: mmap() is ENOMEM")
{
	in_group(".rsvd.max", map_over_limit);
}

static void allocate_over_limit(void)
{
	size_t size = huge_size();
	int fd = memfd_create("huge", MFD_HUGETLB);

	HOLDS(fd >= 0);
	FAILS(lend_and_allocate(fd, size), ENOSPC);
	HOLDS(write_number(group_file(".max"), size));
	EQUALS(lend_and_allocate(fd, size), 0);
}

CLAIM("L15-14", "under hugetlb.2MB.max fallocate() is ENOSPC, and no SIGBUS")
{
	in_group(".max", allocate_over_limit);
}
