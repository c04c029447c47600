// EXPECT: fail=missing
/*
 * ask - puts a question to a server, and prints its answer
 *
 *   ask --write()--> [ FIFO of questions ] --read()--> server
 *   ask <--read()--- [ FIFO of answers ] <--write()--- server
 *
 *   mkfifo questions answers
 *   sh -c 'exec 3< questions 4> answers; read q <&3; echo "$q? Yes." >&4' &
 *   ./ask questions answers 'Is it open'
 *
 * The server opens the questions first, then the answers. Whoever of the two
 * comes first waits for the other. An answer may be long: it ends when the
 * server closes its end.
 */
#include <fcntl.h>

#include "../../../common/lesson.h"

static void write_all(int to, const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = write(to, buf, len);

		if (n == -1)
			die("write");
		buf += n;
		len -= (size_t)n;
	}
}

static void print_answer(int from)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(from, buf, sizeof buf)) > 0)
		write_all(STDOUT_FILENO, buf, (size_t)n);
	if (n == -1)
		die("read");
}

int main(int argc, char **argv)
{
	int to, from;

	if (argc != 4)
		quit("usage: ./ask QUESTIONS ANSWERS QUESTION");

	// In the server's order: so each open() meets its partner.
	to = open(argv[1], O_WRONLY | O_CREAT, 0600);
	if (to == -1)
		die(argv[1]);
	from = open(argv[2], O_RDONLY | O_CREAT, 0600);
	if (from == -1)
		die(argv[2]);

	write_all(to, argv[3], strlen(argv[3]));
	write_all(to, "\n", 1);
	print_answer(from);
	return EXIT_SUCCESS;
}
