/*
 * sem - one step on a set of System V semaphores, by hand
 *
 *	./sem ID OP...
 *
 *	0+2	adds 2 to semaphore 0
 *	1-1	takes 1 from semaphore 1; waits as long as there is none
 *	0=0	waits until semaphore 0 is zero
 *
 * All of them are one semop(2): all together, or none yet. The shell has no
 * word for that. `ipcmk -S 2' makes a set of two, and `ipcs -s -i ID' shows it.
 */
#include <sys/sem.h>

#include "../lesson.h"

enum { MOST = 16 };		/* operations in one step */

static const char usage[] = "usage: sem ID OP..., say: sem 5 0+2 1-1 0=0";

/* The number from 0 to MOST_OF_IT that WORD begins with; *REST is what follows
 * it. Ends the program if there is none. */
static long number(const char *word, long most_of_it, char **rest)
{
	long n;

	errno = 0;
	n = strtol(word, rest, 10);
	if (*rest == word || *word < '0' || *word > '9')
		quit("'%s': %s", word, usage);
	if (errno != 0 || n > most_of_it)
		quit("'%s': more than %ld", word, most_of_it);
	return n;
}

static struct sembuf operation(const char *word)
{
	struct sembuf op = { .sem_flg = 0 };
	char *sign;
	char *end;
	long by;

	op.sem_num = (unsigned short)number(word, 65535, &sign);
	if (*sign != '+' && *sign != '-' && *sign != '=')
		quit("'%s': %s", word, usage);
	by = number(sign + 1, 32767, &end);
	if (*end != '\0')
		quit("'%s': %s", word, usage);
	if ((*sign == '=') != (by == 0))
		quit("'%s': to wait for zero say N=0; + and - take 1 or more",
		     word);
	op.sem_op = (short)(*sign == '-' ? -by : by);
	return op;
}

int main(int argc, char **argv)
{
	struct sembuf step[MOST];
	size_t n = 0;
	char *end;
	int id;

	if (argc < 3 || argc > MOST + 2)
		quit("%s (at most %d)", usage, MOST);
	id = (int)number(argv[1], INT_MAX, &end);
	if (*end != '\0')
		quit("'%s': %s", argv[1], usage);
	for (int i = 2; i < argc; i++) {
		step[n] = operation(argv[i]);
		n++;
	}
	while (semop(id, step, n) == -1)
		if (errno != EINTR)
			die("semop");
	return EXIT_SUCCESS;
}
