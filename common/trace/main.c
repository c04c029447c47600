/*
 * trace - draw who calls what, who waits for whom, and who ends the wait
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../stage/stage.h"
#include "trace.h"

enum { SECOND_MS = 1000, DAY_S = 86400 };

static const char usage[] =
"usage: trace [options] PROGRAM [ARG...] [:: PROGRAM [ARG...]]...\n"
"       trace [options] -r FILE   what strace -f -ttt -T -yy -o FILE wrote\n"
"\n"
"Plays the programs under strace and draws what it saw, whatever became of\n"
"them: as text, as BASE.svg, and as BASE.json for https://ui.perfetto.dev.\n"
"Ctrl-C ends the programs, and draws.\n"
"\n"
"  -o BASE     where the pictures go (build/trace)\n"
"  -t SECONDS  so long they may run (10); then each says what it waits for\n"
"  -d DIR      working folder (this one)\n"
"  -n TITLE    what stands above the picture\n"
"  -k ROWS     so many rows of text at most: the first, and the last (all)\n"
"  -w COLUMNS  how wide the text is (the terminal's width, or 80)\n"
"  -l          it is a lesson: sweep the objects that it leaves\n"
"  -m          it is a proof, in an empty folder: draw it alone, without\n"
"              what runs around it, and only as text\n"
"  -s, -f      who starts first: as stage has it, see stage -h\n"
"\n"
"  -p          for a page: a run that is the same each time, with names in\n"
"              place of numbers, drawn as BASE.svg alone. One program has its\n"
"              turn until it sleeps, then the next one\n"
"  -y CALLS    it is the next one's turn after these calls, too: -y 'write'\n"
"  -x CALLS    leave these out of the page: -x 'close dup2'\n"
"  -v          the numbers that the programs say vary: leave them out\n"
"\n"
"Status: 0 it is drawn, whatever the programs' status; 1 there is no strace;\n"
"2 nothing could be drawn.\n";

struct options {
	struct play play;
	const char *base, *title, *file;
	size_t width, rows;
};

_Noreturn __attribute__((format(printf, 1, 2)))
static void bad_usage(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "trace: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; 'trace -h' lists the options\n");
	exit(2);
}

static unsigned seconds(const char *text)
{
	char *end;
	double s = strtod(text, &end);

	if (!isdigit((unsigned char)*text) || *end || !(s >= 0.001) ||
	    s > DAY_S)
		bad_usage("-t: '%s' is not a number of seconds from 0.001 to "
			  "%d", text, DAY_S);
	return (unsigned)(s * SECOND_MS);
}

static size_t number(char option, const char *text, long least, long most)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (!isdigit((unsigned char)*text) || *end || n < least || n > most)
		bad_usage("-%c: '%s' is not a number from %ld to %ld", option,
			  text, least, most);
	return (size_t)n;
}

/* The calls after which a program yields, TEXT itself. */
static const char *yields(const char *text)
{
	size_t len;

	for (const char *s = text; *s; s += len + (s[len] == ' ')) {
		len = strcspn(s, " ");
		if (!order_knows((struct piece){ s, len }))
			bad_usage("-y: '%.*s' is no call after which a program "
				  "can yield", (int)len, s);
	}
	return text;
}

/* The folder that this program lies in. */
static const char *build_folder(void)
{
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return ".";
	*slash = '\0';
	return path;
}

static size_t terminal_width(void)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col;
	return 80;
}

static void parse(struct options *o, int argc, char **argv)
{
	int opt;

	opterr = 0;
	while ((opt = getopt(argc, argv, "+o:t:d:n:w:k:r:y:x:lmpsvfh")) != -1)
		switch (opt) {
		case 'o': o->base = optarg; break;
		case 't': o->play.deadline_ms = seconds(optarg); break;
		case 'd': o->play.dir = optarg; break;
		case 'n': o->title = optarg; break;
		case 'w': o->width = number('w', optarg, 60, 400); break;
		case 'k': o->rows = number('k', optarg, 3, 1000000); break;
		case 'r': o->file = optarg; break;
		case 'p': page.is_one = 1; break;
		case 'y': o->play.yields = yields(optarg); break;
		case 'x': page.without = optarg; break;
		case 'v': page.measures = 1; break;
		case 'l': o->play.is_lesson = 1; break;
		case 'm':
			marks_count = 1;
			o->play.is_proof = 1;
			o->play.dir = NULL;
			break;
		case 's': o->play.is_service = 1; break;
		case 'f': o->play.in_turn = 1; break;
		case 'h': fputs(usage, stdout); exit(output_end(0));
		default: bad_usage("an option is unknown or lacks its value");
		}
	o->play.words = argv + optind;
	o->play.is_ordered = page.is_one;
	if (o->file && page.is_one)
		bad_usage("-p is for programs, not for a file");
	if (o->file ? argv[optind] != NULL : argv[optind] == NULL)
		bad_usage(o->file ? "-r takes a file and no program" :
			  "name a program to trace");
}

/* The words of the command, as the title: "sh -c X" is X. */
static const char *title_of(char **words)
{
	static char text[256];
	size_t len = 0;

	if (strcmp(words[0], "sh") == 0 && words[1] &&
	    strcmp(words[1], "-c") == 0 && words[2] && !words[3])
		return words[2];
	for (; *words && len < sizeof text; words++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
					len ? " " : "", *words);
	return text;
}

/* How each program ended, and who waits for what. */
static const char *foot_of(const struct run *r, const char *title)
{
	static char foot[12000];
	size_t len = 0;

	for (size_t i = 0; i < r->n && len < sizeof foot; i++) {
		const char *end = relate_end((int)i);
		const char *name = r->n > 1 ? r->name[i] : title;

		if (marks_count && end && strcmp(end, "status 0") == 0)
			continue;
		if (end && strncmp(end, "status", 6) == 0)
			len += (size_t)snprintf(foot + len, sizeof foot - len,
						"\n%.200s: ended with %s", name,
						end);
		else
			len += (size_t)snprintf(foot + len, sizeof foot - len,
						"\n%.200s: %s", name,
						end ? end : r->how);
	}
	if (len < sizeof foot)
		snprintf(foot + len, sizeof foot - len, "\n%s", r->why);
	return foot;
}

static int cannot_write(const char *path)
{
	fprintf(stderr, "%s cannot be written: %s\n", path, strerror(errno));
	return 2;
}

/* All programs must have come to their ends: half a run is no picture. */
static int draw_page(const struct options *o, struct run *r)
{
	char svg[PATH_MAX];

	snprintf(svg, sizeof svg, "%s.svg", o->base);
	if (r->until != FOREVER || *r->why) {
		fprintf(stderr, "trace: the run went wrong%s%s\n",
			*r->why ? ": " : "", r->why);
		return 2;
	}
	picture.unknown = read_files(r->file, r->n, r->until,
				     &relate_sink).unknown;
	relate_finish();
	page_finish();
	picture.title = o->title;
	if (svg_draw(svg) == -1)
		return cannot_write(svg);
	return 0;
}

static int draw(const struct options *o, struct run *r)
{
	char svg[PATH_MAX], json[PATH_MAX];
	struct read_result read;

	snprintf(svg, sizeof svg, "%s.svg", o->base);
	snprintf(json, sizeof json, "%s.json", o->base);
	if (!marks_count && json_open(json) == -1)
		return cannot_write(json);
	read = read_files(r->file, r->n, r->until, &relate_sink);
	relate_finish();
	picture.first = read.first;
	picture.last = read.last;
	picture.unknown = read.unknown;
	picture.title = o->title;
	picture.foot = foot_of(r, o->title);
	if (marks_count) {	/* a proof: its first row is at 0 ms */
		picture.title = NULL;
		picture.first = picture.n ? picture.row[0].time : read.first;
		rows_cut(o->rows);
		if (picture.n)
			text_draw(stdout, o->width);
		else
			printf("It makes no system call that trace draws.\n%s",
			       picture.foot + strspn(picture.foot, "\n"));
		return 0;
	}
	if (json_close() == -1)
		return cannot_write(json);
	if (svg_draw(svg) == -1)
		return cannot_write(svg);
	rows_cut(o->rows);
	text_draw(stdout, o->width);
	printf("\ndrawn: %s and .json\n", svg);
	return 0;
}

static int one_file(struct run *r, const char *path)
{
	r->file[0] = fopen(path, "r");
	if (!r->file[0]) {
		fprintf(stderr, "trace: %s cannot be read: %s\n", path,
			strerror(errno));
		return 2;
	}
	r->name[0] = (char *)path;
	r->n = 1;
	r->until = FOREVER;
	r->how = "has no end here";
	return 0;
}

int main(int argc, char **argv)
{
	static struct run run;
	static char base[PATH_MAX];
	struct options o = {
		.play = { .dir = ".", .deadline_ms = 10 * SECOND_MS },
	};
	int status;

	if (argc > 1 && strcmp(argv[1], ORDER_WORD) == 0)
		return order_become(argv + 2);
	o.width = terminal_width();
	o.play.build = build_folder();
	snprintf(base, sizeof base, "%.4000s/trace", o.play.build);
	o.base = base;
	parse(&o, argc, argv);
	if (!o.title)
		o.title = o.file ? o.file : title_of(o.play.words);
	status = o.file ? one_file(&run, o.file) : run_play(&run, &o.play);
	if (status == 0)
		status = page.is_one ? draw_page(&o, &run) : draw(&o, &run);
	for (size_t i = 0; i < run.n; i++)
		if (run.file[i])
			fclose(run.file[i]);
	run_clean();
	page_free();
	relate_free();
	rows_free();
	return output_end(status);
}
