/*
 * twins - what fork() copies, and what two processes share after it
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <sys/wait.h>

#include "../../../common/lesson.h"

static int cakes = 3;

/* A file that has no name, and has gone when the program ends. */
static FILE *make_file(void)
{
	FILE *file = tmpfile();

	if (!file)
		die("tmpfile");
	return file;
}

/* How many bytes are in the file of DIARY. What still lies in a buffer is
 * written out first. */
static long long length_of(FILE *diary)
{
	struct stat about;
	int fd = fileno(diary);

	if (fflush(diary) == EOF)
		die("fflush");
	if (fstat(fd, &about) == -1)
		die("fstat");
	return about.st_size;
}

static char next_letter(int fd)
{
	char letter;

	if (read(fd, &letter, 1) != 1)
		die("read");
	return letter;
}

/* Wait until CHILD has ended: the number that it ended with. */
static int end_of(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	return WEXITSTATUS(status);
}

int main(void)
{
	FILE *diary = make_file();
	FILE *letters = make_file();
	int fd = fileno(letters);
	int result;
	pid_t child;
	char letter;
	long long bytes;

	/* fd leads to a file with 4 letters. Reading begins at the first. */
	if (write(fd, "abcd", 4) != 4)
		die("write");
	if (lseek(fd, 0, SEEK_SET) == -1)
		die("lseek");
	fprintf(diary, "tea");		/* 3 bytes, in a buffer in memory */

	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		cakes = cakes - 1;
		next_letter(fd);
		exit(cakes);		/* writes out all buffers, and ends */
	}
	result = end_of(child);

	/* The child has ended. From here on there is the parent alone. */
	letter = next_letter(fd);
	bytes = length_of(diary);
	printf("1 cakes: %d\n", cakes);
	printf("2 status: %d\n", result);
	printf("3 letter: %c\n", letter);
	printf("4 bytes: %lld\n", bytes);
	return EXIT_SUCCESS;
}
