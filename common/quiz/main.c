/*
 * quiz - what do the sources say? make quiz-01
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "../stage/stage.h"
#include "quiz.h"

static const char usage[] =
"usage: quiz [-s SEED] [-n N] [-x FORMAT] LESSON-FOLDER\n"
"\n"
"Asks N questions (10) about what the sources say of a lesson, and keeps the\n"
"score. The same SEED asks the same ones.\n"
"\n"
"With -x it asks nothing, and prints the questions: all that there are, or N of\n"
"them. FORMAT is gift (Moodle), csv, anki, markdown (a page for the\n"
"students) or answers (the same page with the answers).\n";

enum {
	QUESTIONS = 10,
	MOST = 1000,
	SEEDS = 1000000,
	PAGE_SEED = 1,		/* a page and its answers are two commands */
};

struct options {
	unsigned long seed;
	unsigned long n;		/* 0: not asked for */
	const struct format *format;	/* NULL: for a reader */
	const char *folder;
};

static unsigned long number(const char *name, const char *text,
			    unsigned long least, unsigned long most)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || n < least ||
	    n > most)
		give_up("%s '%.20s' is not a number from %lu to %lu", name,
			text, least, most);
	return n;
}

static unsigned long any_seed(void)
{
	unsigned long seed;

	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed)
		seed = (unsigned long)time(NULL);
	return seed % SEEDS;
}

static struct options parse(int argc, char **argv)
{
	struct options o = { .seed = any_seed() };
	int has_seed = 0;
	int opt;

	while ((opt = getopt(argc, argv, "s:n:x:h")) != -1)
		switch (opt) {
		case 's':
			o.seed = number("SEED", optarg, 0, UINT32_MAX);
			has_seed = 1;
			break;
		case 'n': o.n = number("N", optarg, 1, MOST); break;
		case 'x':
			o.format = format_named(optarg);
			if (!o.format)
				give_up("FORMAT '%.20s' is none of gift, csv, "
					"anki, markdown, answers", optarg);
			break;
		case 'h': fputs(usage, stdout); exit(output_end(0));
		default: fputs(usage, stderr); exit(2);
		}
	if (optind + 1 != argc) {
		fputs(usage, stderr);
		exit(2);
	}
	o.folder = argv[optind];
	if (!o.format && o.n == 0)
		o.n = QUESTIONS;
	if (o.format && !has_seed)
		o.seed = PAGE_SEED;
	return o;
}

static const struct lesson *find(const struct lessons *all, const char *folder)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->lesson[i].folder, folder) == 0)
			return &all->lesson[i];
	give_up("'%.60s' is no folder of a lesson; one is like %s", folder,
		all->n ? all->lesson[0].folder : "lessons/01-pipe");
}

static void welcome(const struct lesson *l, const struct items *items,
		    const struct options *o)
{
	printf("%s: what do the sources say?\n\n", l->title);
	printf("t: true.  f: false, or no longer so.  n: not quite, something "
	       "is missing.\n");
	if (items->n < o->n)
		printf("There are only %zu questions about this lesson.\n",
		       items->n);
}

static void say_score(const struct lesson *l, const struct options *o,
		      size_t right, size_t answered, size_t n)
{
	printf("\nYour score: %zu of %zu.", right, answered);
	if (answered < n)
		printf(" Not answered: %zu.", n - answered);
	printf("\nThe same questions again: make quiz-%s SEED=%lu", l->number,
	       o->seed);
	if (o->n != QUESTIONS)
		printf(" N=%lu", o->n);
	putchar('\n');
}

static void play(const struct lesson *l, const struct items *items,
		 const struct options *o)
{
	size_t right = 0, answered = 0;

	welcome(l, items, o);
	for (size_t i = 0; i < items->n; i++) {
		enum outcome how = ask(&items->item[i], i + 1, items->n);

		if (how == ENDED)
			break;
		answered++;
		right += how == RIGHT;
		if (!ask_further(&items->item[i], i + 1 == items->n))
			break;
	}
	say_score(l, o, right, answered, items->n);
}

int main(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	struct ledger ledger;
	struct lessons lessons;
	struct questions questions;
	const struct lesson *l;
	struct items items;

	go_to_course();
	lessons = lessons_read();
	l = find(&lessons, o.folder);
	ledger = ledger_read();
	questions = questions_of(l);
	if (o.n == 0)
		items = pick_all(&ledger, &questions, l->number);
	else
		items = pick(&ledger, &questions, l->number, o.seed, o.n);
	if (items.n == 0)
		give_up("There is no question about lesson %s: neither in "
			"docs/claims.tsv nor in its notes", l->title);
	if (o.format)
		export(o.format, l, &items);
	else
		play(l, &items, &o);
	free(items.item);
	questions_free(&questions);
	ledger_free(&ledger);
	lessons_free(&lessons);
	return output_end(0);
}
