/*
 * experiment.h - what only experiments and proofs need: does the partner sleep,
 * and what does the kernel know of our pages?
 *
 * A lesson's pair needs none of this: there the facility itself makes the
 * order.
 * An experiment shows what happens while somebody waits, or what has become of
 * memory. So it must know that this process waits now, or that this page is
 * there now, and the kernel is the one to ask: proc(5).
 */
#ifndef EXPERIMENT_H
#define EXPERIMENT_H

#include <fcntl.h>
#include <sched.h>

#include "lesson.h"

/* proc_trouble - why /proc cannot tell about processes here, with the cure;
 * NULL if it can. The link /proc/self leads to our own number, unless /proc
 * shows the processes of another pid namespace: then its numbers are others'
 * (pid_namespaces(7)). */
static inline const char *proc_trouble(void)
{
	char self[16];
	struct stat st;
	ssize_t n = readlink("/proc/self", self, sizeof self - 1);

	self[n > 0 ? n : 0] = '\0';
	if (n > 0 && atoi(self) == getpid())
		return NULL;
	if (lstat("/proc/self", &st) == -1 || !S_ISLNK(st.st_mode))
		return "/proc is not mounted here, so nobody can see who "
		       "waits; as root: mount -t proc proc /proc, or start "
		       "the container with a /proc";
	return "this /proc shows the processes of another pid namespace; as "
	       "root: mount -t proc proc /proc (with unshare: --mount-proc)";
}

/* need_proc - end the program, with the cure, if /proc cannot tell. */
static inline void need_proc(void)
{
	const char *trouble = proc_trouble();

	if (trouble)
		quit("%s", trouble);
}

/* is_hidden - after a look into /proc/PID has failed: is PID there all the
 * same? A /proc with the option hidepid shows no process of others. */
static inline int is_hidden(pid_t pid)
{
	const int err = errno;
	int is_there = pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);

	errno = err;
	return is_there && (err == ENOENT || err == EPERM);
}

/* is_asleep - 1 if the kernel says that process PID sleeps in a system
 * call (state S), 0 if it does not, -1 if there is no such process. Ends the
 * program if it cannot look (no /proc, EMFILE): to go on would be to guess. */
static inline int is_asleep(pid_t pid)
{
	char path[32], line[512];
	FILE *f;
	char *end;

	need_proc();
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f && is_hidden(pid))
		quit("/proc hides process %d, which may be another user's; "
		     "run both programs as one user, or as root: "
		     "mount -o remount,hidepid=0 /proc", (int)pid);
	if (!f && errno != ENOENT && errno != ESRCH)
		die(path);
	if (!f)
		return -1;
	end = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
	fclose(f);
	if (!end || end[2] == 'Z' || end[2] == 'X')
		return -1;
	return end[2] == 'S';
}

/* is_runnable - on a busy machine a process can lose its CPU on the last steps
 * to its sleep: state S, but it will look once more. 1 if PID is there: its
 * file `syscall' says "running" then, and waits until a sleep is one (proc(5)).
 * 1 also if it says "-1": then PID is in no call. It may wait for a page of its
 * memory, or it has ended since. 0 if PID sleeps in a call, or that file may
 * not be read. */
static inline int is_runnable(pid_t pid)
{
	char path[32];
	FILE *f;
	int c;

	snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	c = getc(f);
	fclose(f);
	return c == 'r' || c == '-';
}

/* wait_until_asleep - 1 when PID sleeps in a system call, 0 if it has ended.
 * This is how a lesson knows that its partner waits: it asks the kernel. */
static inline int wait_until_asleep(pid_t pid)
{
	int asleep;

	while ((asleep = is_asleep(pid)) == 0 ||
	       (asleep == 1 && is_runnable(pid)))
		sched_yield();
	return asleep == 1;
}

/*
 * What follows is about pages. All of it ends the program if a call fails. If
 * only this system has no such thing, the experiment is skipped: a line says
 * why, and the program ends with status 0. So let the parent ask first, before
 * it starts a child that asks.
 */

/* skip_without - skip the experiment if there is no file PATH. CURE says what
 * it needs. */
static inline void skip_without(const char *path, const char *cure)
{
	if (access(path, F_OK) == 0 || errno != ENOENT)
		return;
	say("skipped: there is no %s; %s", path, cure);
	exit(EXIT_SUCCESS);
}

/* size_of_page - how many bytes a page has: 4096 on most machines
 * (sysconf(3)). */
static inline size_t size_of_page(void)
{
	long size = sysconf(_SC_PAGESIZE);

	if (size == -1)
		die("sysconf _SC_PAGESIZE");
	return (size_t)size;
}

/* size_of_huge_page - how many bytes a transparent huge page has
 * (Documentation/admin-guide/mm/transhuge.rst of the kernel). Skips the
 * experiment if it is more than 64 MiB: on some Arm systems it is 512 MiB. */
static inline size_t size_of_huge_page(void)
{
	const char *path = "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size";
	const size_t largest = 64 * 1024 * 1024;
	size_t size;
	FILE *f;

	skip_without(path, "it needs a kernel with "
		     "CONFIG_TRANSPARENT_HUGEPAGE, and a /sys");
	f = fopen(path, "re");
	if (!f)
		die("fopen hpage_pmd_size");
	if (fscanf(f, "%zu", &size) != 1 || size == 0)
		quit("%s has no size in it", path);
	fclose(f);
	if (size <= largest)
		return size;
	say("skipped: a huge page has %zu MiB here; we try at most %zu",
	    size / (1024 * 1024), largest / (1024 * 1024));
	exit(EXIT_SUCCESS);
}

/* at_multiple - the first address from AREA on that is a multiple of SIZE. It
 * is less than SIZE bytes after AREA. A huge page of SIZE bytes begins at such
 * an address. */
static inline char *at_multiple(char *area, size_t size)
{
	/* A uintptr_t is an address as a number. */
	size_t rest = (uintptr_t)area % size;	/* past the last multiple */

	return rest == 0 ? area : area + (size - rest);
}

/* in_my_table - how many of the PAGES pages from MAPPING on are in the page
 * table of this process? MAPPING is the start of a page. The file
 * /proc/self/pagemap has 8 bytes for each page of the address space, and bit
 * 63 says whether the page is in the table (proc(5)). */
static inline int in_my_table(const void *mapping, int pages)
{
	const char *path = "/proc/self/pagemap";
	/* An address as a number, divided by the size of a page: that is the
	 * number of the page in the address space. */
	uintptr_t first = (uintptr_t)mapping / size_of_page();
	int count = 0, fd;

	need_proc();
	skip_without(path, "it needs a kernel with CONFIG_PROC_PAGE_MONITOR");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		die("open /proc/self/pagemap");
	for (int i = 0; i < pages; i++) {
		uint64_t entry;
		off_t where = (off_t)((first + (uintptr_t)i) * sizeof entry);
		ssize_t n = pread(fd, &entry, sizeof entry, where);

		if (n == -1)
			die("pread /proc/self/pagemap");
		if (n != (ssize_t)sizeof entry)
			quit("%s says less than it was asked for", path);
		if ((entry >> 63) & 1)
			count++;
	}
	close(fd);
	return count;
}

static inline FILE *open_smaps(void)
{
	const char *path = "/proc/self/smaps";
	FILE *f;

	need_proc();
	skip_without(path, "it needs a kernel with CONFIG_PROC_PAGE_MONITOR");
	f = fopen(path, "re");
	if (!f)
		die("fopen /proc/self/smaps");
	return f;
}

enum { ABOUT_MAPPING = 256 };	/* bytes that about_mapping() may fill */

/* about_mapping - fill TEXT (ABOUT_MAPPING bytes) with what the line NAME of
 * /proc/self/smaps says of the mapping that AT lies in: " 64 kB" for
 * "Referenced", " rd wr mr" for "VmFlags" (proc(5)). Returns the first address
 * after that mapping. Nothing is mapped at AT, or smaps has no such line: that
 * ends the program.
 *
 * smaps has a paragraph for each mapping. Its first line begins with
 * "FROM-TO ": the mapping has the addresses FROM to TO - 1. */
static inline char *about_mapping(char *at, const char *name, char *text)
{
	unsigned long from, to, number = (unsigned long)(uintptr_t)at;
	size_t length = strlen(name), after = 0;
	int found = 0;
	char line[ABOUT_MAPPING];
	FILE *f = open_smaps();

	while (!found && fgets(line, sizeof line, f)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
			after = from <= number && number < to ? to - number : 0;
			continue;
		}
		found = after > 0 && strncmp(line, name, length) == 0 &&
			line[length] == ':';
	}
	if (ferror(f))
		die("read /proc/self/smaps");
	fclose(f);
	if (!found)
		quit("/proc/self/smaps has no line %s for %p", name,
		     (void *)at);
	line[strcspn(line, "\n")] = '\0';
	snprintf(text, ABOUT_MAPPING, "%s", line + length + 1);
	return at + after;
}

/* on_huge_pages - how much of the private memory of this process lies on
 * transparent huge pages now, in kB: the lines AnonHugePages of
 * /proc/self/smaps, added up (proc(5)). */
static inline long on_huge_pages(void)
{
	FILE *f = open_smaps();
	char line[ABOUT_MAPPING];
	long sum = 0, kb;

	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "AnonHugePages: %ld", &kb) == 1)
			sum += kb;
	}
	if (ferror(f))
		die("read /proc/self/smaps");
	fclose(f);
	return sum;
}

#ifdef O_TMPFILE	/* with _GNU_SOURCE alone */

/* file_on_disk - a descriptor of a file of SIZE bytes, all 0, in the folder
 * that TMPDIR names, or in /var/tmp: /tmp may be only memory. The file has no
 * name (O_TMPFILE, open(2)), so the kernel removes it when the program ends.
 * Skips the experiment where the file system cannot do that. */
static inline int file_on_disk(size_t size)
{
	const char *tmp = getenv("TMPDIR");
	const char *folder = tmp && *tmp ? tmp : "/var/tmp";
	static const char zeros[4096];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		say("skipped: %s has no files without a name; set TMPDIR to a"
		    " folder on a disk", folder);
		exit(EXIT_SUCCESS);
	}
	if (fd == -1 && (errno == ENOENT || errno == ENOTDIR))
		quit("there is no folder %s; set TMPDIR to one", folder);
	if (fd == -1)
		die("open O_TMPFILE");

	/* ftruncate() would store no bytes on the disk, and the kernel would
	 * have nothing to read from there. */
	while (size > 0) {
		size_t part = size < sizeof zeros ? size : sizeof zeros;
		ssize_t n = write(fd, zeros, part);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("write");	/* ENOSPC: the disk is full */
		size -= (size_t)n;
	}
	return fd;
}

/* make_cold - have the kernel drop the pages of the file FD from memory, as far
 * as it does that: it keeps a page that a process has mapped, and all pages of
 * a file that is only memory. (posix_fadvise(2)) */
static inline void make_cold(int fd)
{
	int error;

	/* A page that is not on the disk yet is kept, so write it first. */
	if (fsync(fd) == -1)
		die("fsync");
	/* 0, 0: from the first byte to the end of the file. */
	error = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (error != 0) {
		errno = error;	/* the call does not set it */
		die("posix_fadvise");
	}
}

#endif

#endif
