// EXPECT: fail=clean msg="waitpid"
/*
 * relay - reads lines, and its child says them
 *
 *   stdin --> relay --> [ page: one line, two semaphores ] --> its child
 *
 *   ./relay		type a line: the child should say it at once
 */
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

struct page {
	sem_t empty, full;	/* may a line be put here? is one here? */
	char line[128];		/* an empty one is the last */
};

static void take(sem_t *s)
{
	if (sem_wait(s) == -1)
		die("sem_wait");
}

static void give(sem_t *s)
{
	if (sem_post(s) == -1)
		die("sem_post");
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
	if (sem_init(&p->empty, 1, 1) == -1)
		die("sem_init");
	if (sem_init(&p->full, 1, 0) == -1)
		die("sem_init");
	return p;
}

int main(void)
{
	struct page *page = make_page();
	char line[128];
	pid_t child = fork();
	siginfo_t si;

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
	// WNOWAIT looks and does not collect: the child stays a zombie.
	if (waitid(P_PID, (id_t)child, &si, WEXITED | WNOWAIT) == -1)
		die("waitid");
	return si.si_status;
}
