/*
 * export.c - the questions for another program, or for a sheet of paper
 *
 *	gift	what Moodle and others read: https://docs.moodle.org, "GIFT format"
 *	csv	RFC 4180, with a line of names first
 *	anki	Anki's text file: a tab between the fields, and lines with # that say so
 *	markdown a page with room to write; answers: the same with them
 *
 * A statement of the sources has three answers, of which one is right. A question
 * of the notes is open: its answer stands beside it for the one who grades.
 */
#include <stdlib.h>
#include <string.h>

#include "quiz.h"

/* What one question is, in every format. The texts are the ledger's and the
 * notes' own. */
struct asked {
	const char *id;			/* of a statement; "" for the others */
	const char *kind;		/* "statement" or "open" */
	const char *source;		/* "2": which document; "" if none */
	const char *section;		/* its heading there */
	const char *text;
	const char *right;		/* "true"; of an open one: its answer */
	const char *correction;
	const char *ids;		/* of its proofs */
};

struct format {
	const char *name;
	void (*begin)(const struct lesson *l, size_t n);
	void (*put)(const struct lesson *l, const struct asked *a, size_t k);
};

static struct asked asked_of(const struct item *i, char document[2])
{
	if (!i->row)
		return (struct asked){
			.id = "", .kind = "open", .source = "", .section = "",
			.text = i->open->text, .right = i->open->answer,
			.correction = "", .ids = i->open->ids,
		};
	document[0] = *i->row->id;
	document[1] = '\0';
	return (struct asked){
		.id = i->row->id, .kind = "statement", .source = document,
		.section = i->row->section + strspn(i->row->section, "#*o- "),
		.text = i->row->claim, .right = right_word(i->row),
		.correction = *i->row->correction ? i->row->correction :
			      "It holds as it stands.",
		.ids = i->row->id,
	};
}

static int is_open(const struct asked *a)
{
	return *a->kind == 'o';
}


/* ------------------------------------------------------------- gift */

/* Its own signs get a backslash before them. */
static void gift_text(const char *s)
{
	for (; *s; s++) {
		if (strchr("~=#{}:\\", *s))
			putchar('\\');
		putchar(*s);
	}
}

static void gift_begin(const struct lesson *l, size_t n)
{
	printf("// %zu questions. Moodle: Question bank, Import, GIFT format.\n"
	       "$CATEGORY: $course$/IPC Lessons/%s\n", n, l->title);
}

static void gift_choice(const char *answer, const char *right)
{
	printf("\t%c%s\n", strcmp(answer, right) == 0 ? '=' : '~', answer);
}

static void gift_put(const struct lesson *l, const struct asked *a, size_t k)
{
	printf("\n// %s\n::", a->ids);
	if (is_open(a))
		printf("%s-%zu", l->number, k);
	else
		printf("%s", a->id);
	printf("::[plain]");
	if (!is_open(a)) {
		printf("Document %s says, under \"", a->source);
		gift_text(a->section);
		printf("\"\\: ");
	}
	gift_text(a->text);
	puts(" {");
	if (!is_open(a)) {
		gift_choice("true", a->right);
		gift_choice("false", a->right);
		gift_choice("not quite", a->right);
	}
	printf("\t####");
	gift_text(is_open(a) ? a->right : a->correction);
	puts("\n}");
}

/* ------------------------------------------------------ csv and anki */

/* A field in quotation marks, in which a quotation mark stands twice. */
static void quoted(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		if (*s == '"')
			putchar('"');
		putchar(*s);
	}
	putchar('"');
}

static void csv_begin(const struct lesson *l, size_t n)
{
	(void)l;
	(void)n;
	printf("lesson,kind,id,document,section,question,answer,correction,"
	       "proofs\r\n");
}

static void csv_put(const struct lesson *l, const struct asked *a, size_t k)
{
	const char *const field[] = {
		l->number, a->kind, a->id, a->source, a->section, a->text,
		a->right, a->correction, a->ids,
	};
	size_t n = sizeof field / sizeof *field;

	(void)k;
	for (size_t i = 0; i < n; i++) {
		quoted(field[i]);
		printf("%s", i + 1 < n ? "," : "\r\n");
	}
}

static void anki_begin(const struct lesson *l, size_t n)
{
	(void)n;
	printf("#separator:tab\n#html:false\n#notetype:Basic\n"
	       "#deck:IPC Lessons::%s\n#columns:Front\tBack\tTags\n"
	       "#tags column:3\n", l->title);
}

/* Two texts in one field */
static void anki_field(const char *first, const char *between, const char *last)
{
	size_t size = strlen(first) + strlen(between) + strlen(last) + 1;
	char *both = must_have(malloc(size));

	snprintf(both, size, "%s%s%s", first, between, last);
	quoted(both);
	free(both);
}

static void anki_put(const struct lesson *l, const struct asked *a, size_t k)
{
	(void)k;
	if (is_open(a)) {
		quoted(a->text);
		putchar('\t');
		anki_field(a->right, " Proof: ", a->ids);
	} else {
		char under[1024];

		snprintf(under, sizeof under, "True, false, or not quite? "
			 "Document %s, under \"%s\":\n", a->source, a->section);
		anki_field(under, "", a->text);
		putchar('\t');
		anki_field(a->right, ": ", a->correction);
	}
	printf("\tipc-lessons lesson-%s\n", l->number);
}

/* ----------------------------------------------------- a sheet of paper */

/* A letter of Markdown that begins something gets a backslash before it. */
static void markdown_text(const char *s)
{
	for (; *s; s++) {
		if (strchr("\\`*_[]<>#|", *s))
			putchar('\\');
		putchar(*s);
	}
}

static void page_begin(const struct lesson *l, size_t n)
{
	printf("# %s: %zu questions\n\n"
	       "Name: ______________________________  Date: ______________\n\n"
	       "\"Document\" is one of the five sources of the course. Its "
	       "statement is *true*, *false*\n(also: no longer so), or *not "
	       "quite*: something is missing. Mark one, and say in\na sentence "
	       "why, if it is not true.\n", l->title, n);
}

static void question_put(const struct asked *a, size_t k)
{
	printf("\n**%zu.** ", k);
	if (!is_open(a)) {
		printf("Document %s says, under \"", a->source);
		markdown_text(a->section);
		printf("\": ");
	}
	markdown_text(a->text);
	puts("");
}

static void page_put(const struct lesson *l, const struct asked *a, size_t k)
{
	(void)l;
	question_put(a, k);
	puts(is_open(a) ? "\n&nbsp;\n\n&nbsp;\n\n---" :
	     "\n( ) true  ( ) false  ( ) not quite:\n\n&nbsp;\n\n---");
}

static void answers_begin(const struct lesson *l, size_t n)
{
	printf("# %s: %zu questions, with the answers\n\n"
	       "`make show ID=...` shows the proof of an answer.\n",
	       l->title, n);
}

static void answers_put(const struct lesson *l, const struct asked *a, size_t k)
{
	(void)l;
	question_put(a, k);
	printf("\n> ");
	if (is_open(a)) {
		markdown_text(a->right);
	} else {
		printf("**%s.** ", a->right);
		markdown_text(a->correction);
	}
	printf(" (%s)\n", a->ids);
}

/* -------------------------------------------------------------------- */

static const struct format formats[] = {
	{ "gift", gift_begin, gift_put },
	{ "csv", csv_begin, csv_put },
	{ "anki", anki_begin, anki_put },
	{ "markdown", page_begin, page_put },
	{ "answers", answers_begin, answers_put },
};

const struct format *format_named(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

void export(const struct format *f, const struct lesson *l,
	    const struct items *items)
{
	f->begin(l, items->n);
	for (size_t k = 1; k <= items->n; k++) {
		char document[2];
		struct asked a = asked_of(&items->item[k - 1], document);

		f->put(l, &a, k);
	}
}
