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
	char c;			/* one byte of a line */
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
	char line[128];
	size_t n = 0;

	for (;;) {
		take(&p->full);
		line[n] = p->c;
		give(&p->empty);
		if (line[n++] != '\0')
			continue;
		if (n == 1)
			return;
		say("%s", line);
		n = 0;
	}
}

/* TEXT is for the child, which has read the one before. */
static void pass_on(struct page *p, const char *text)
{
	size_t i = 0;

	do {
		take(&p->empty);
		p->c = text[i];
		give(&p->full);
	} while (text[i++] != '\0');
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
