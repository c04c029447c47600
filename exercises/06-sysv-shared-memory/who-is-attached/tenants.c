/*
 * tenants - how the kernel counts who has a segment, and when it goes
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <sys/shm.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

static int id = -1;
static key_t key;

static void remove_segment(void)
{
	if (id != -1)
		shmctl(id, IPC_RMID, NULL);
}

static void make_segment(void)
{
	remove_at_end(remove_segment);
	key = own_key(0);
	hold_signals();
	id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
	let_signals();
	if (id == -1)
		die("shmget");
}

/* How many attachments the kernel counts. */
static void say_how_many(const char *when)
{
	struct shmid_ds about;

	if (shmctl(id, IPC_STAT, &about) == -1)
		die("shmctl");
	printf("%s: %lu\n", when, (unsigned long)about.shm_nattch);
}

static int *attach(void)
{
	int *at = shmat(id, NULL, 0);

	if (at == (void *)-1)
		die("shmat");
	return at;
}

int main(void)
{
	int *first, *second, found;
	struct shmid_ds about;
	pid_t child;

	/* What is printed goes out at once: fork() must not copy it. */
	setvbuf(stdout, NULL, _IOLBF, 0);

	/* 1: a segment that has just been made. */
	make_segment();
	say_how_many("just made");

	/* 2: this process attaches it, and then once more. */
	first = attach();
	second = attach();
	*first = 5;
	printf("read by the other address: %d\n", *second);

	/* 3: a child is there, which has not called shmat(). */
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		say_how_many("with a child");
		_exit(EXIT_SUCCESS);
	}
	if (waitpid(child, NULL, 0) == -1)
		die("waitpid");

	/* 4: the child has ended, and the segment is removed. */
	if (shmctl(id, IPC_RMID, NULL) == -1)
		die("shmctl");
	*first = 7;
	printf("read after IPC_RMID: %d\n", *second);

	/* 5: somebody who comes now looks for it by its key. */
	found = shmget(key, 0, 0);
	printf("found by its key: %s\n", found == -1 ? errno_name(errno) :
	       "yes");

	/* 6: nobody has it any more. Is there still something to ask about? */
	if (shmdt(first) == -1)
		die("shmdt");
	if (shmdt(second) == -1)
		die("shmdt");
	found = shmctl(id, IPC_STAT, &about);
	printf("after the last shmdt: %s\n", found == -1 ? errno_name(errno) :
	       "it is there");
	id = -1;
	return EXIT_SUCCESS;
}
