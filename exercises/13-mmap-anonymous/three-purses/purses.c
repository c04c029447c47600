/*
 * purses - three purses with 100 coins each, and a child that adds 10 to each
 *
 *   variable         copied by fork()
 *   private mapping  MAP_PRIVATE | MAP_ANONYMOUS
 *   shared mapping   MAP_SHARED | MAP_ANONYMOUS
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

/* Memory for one number, 100; KIND is MAP_PRIVATE or MAP_SHARED. */
static int *new_purse(int kind)
{
	int *purse = mmap(NULL, sizeof *purse, PROT_READ | PROT_WRITE,
			  kind | MAP_ANONYMOUS, -1, 0);

	if (purse == MAP_FAILED)
		die("mmap");
	*purse = 100;
	return purse;
}

static pid_t new_child(void)
{
	pid_t child = fork();

	if (child == -1)
		die("fork");
	return child;
}

static void wait_for(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("a child failed");
}

int main(void)
{
	int variable = 100;
	int *own = new_purse(MAP_PRIVATE);
	int *common = new_purse(MAP_SHARED);
	pid_t child;

	/* What is printed goes out at once: fork() must not copy it. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	child = new_child();
	if (child == 0) {
		variable += 10;
		*own += 10;
		*common += 10;
		return EXIT_SUCCESS;
	}
	wait_for(child);

	/* 1, 2 and 3: the first child has ended. What has the parent? */
	printf("variable: %d\n", variable);
	printf("private mapping: %d\n", *own);
	printf("shared mapping: %d\n", *common);

	/* 4 and 5: what does a second child find? The parent adds 5 before. */
	*own += 5;
	child = new_child();
	if (child == 0) {
		printf("second child, private: %d\n", *own);
		printf("second child, shared: %d\n", *common);
		return EXIT_SUCCESS;
	}
	wait_for(child);
	return EXIT_SUCCESS;
}
