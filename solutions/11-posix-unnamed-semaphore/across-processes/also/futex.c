/*
 * relay - reads lines, and its child says them
 *
 *   stdin --> relay --> [ page: one line, two semaphores ] --> its child
 *
 *   ./relay		type a line: the child should say it at once
 */
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

struct page {
	_Atomic uint32_t empty, full;	/* may a line come? is one here? */
	char line[128];		/* an empty one is the last */
};

static void take(_Atomic uint32_t *s)
{
	uint32_t one = 1;

	while (!atomic_compare_exchange_strong(s, &one, 0)) {
		if (syscall(SYS_futex, s, FUTEX_WAIT, 0, NULL, NULL, 0) == -1 &&
		    errno != EAGAIN && errno != EINTR)
			die("futex");
		one = 1;
	}
}

static void give(_Atomic uint32_t *s)
{
	atomic_store(s, 1);
	if (syscall(SYS_futex, s, FUTEX_WAKE, 1, NULL, NULL, 0) == -1)
		die("futex");
}

/* The child: says each line that it finds. */
static void say_lines(struct page *p)
{
	for (take(&p->full); *p->line; take(&p->full)) {
		say("%s", p->line);
		give(&p->empty);
	}
}

/* TEXT is for the child, which has read the one before. */
static void pass_on(struct page *p, const char *text)
{
	take(&p->empty);
	snprintf(p->line, sizeof p->line, "%s", text);
	give(&p->full);
}

static struct page *make_page(void)
{
	struct page *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	// pshared is 1: a post has to look for sleepers in other processes.
	p->empty = 1;
	p->full = 0;
	return p;
}

int main(void)
{
	struct page *page = make_page();
	char line[128];
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		say_lines(page);
		return EXIT_SUCCESS;
	}
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		pass_on(page, *line ? line : "(an empty line)");
	}
	pass_on(page, "");
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
