/*
 * notes.c - the lessons, what their pages say of an id, and what they ask
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "show.h"

/* --------------------------------------------------------- the lessons */

static char *title_of(const char *page)
{
	char *text = read_file(page), *title;

	if (strncmp(text, "# ", 2) != 0)
		give_up("%s:1: a page begins with its title: # NN Topic", page);
	title = copy_of(text + 2, strcspn(text + 2, "\n"));
	free(text);
	return title;
}

struct lessons lessons_read(void)
{
	struct lessons all = { 0 };
	glob_t found;

	if (glob("lessons/[0-9][0-9]-*/README.md", 0, NULL, &found) != 0)
		give_up("There is no lesson in lessons/.");
	all.lesson = must_have(calloc(found.gl_pathc, sizeof *all.lesson));
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *page = found.gl_pathv[i];
		struct lesson *l = &all.lesson[all.n++];

		l->folder = copy_of(page, strlen(page) - strlen("/README.md"));
		l->title = title_of(page);
		snprintf(l->number, sizeof l->number, "%.2s",
			 page + strlen("lessons/"));
	}
	globfree(&found);
	return all;
}

void lessons_free(struct lessons *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->lesson[i].folder);
		free(all->lesson[i].title);
	}
	free(all->lesson);
}

/* ----------------------------------------------------- where it stands */

static int is_part_of_id(char c)
{
	return isalnum((unsigned char)c) || c == '-';
}

/* Does ID stand in S (LEN bytes)? Not as a part of another one, and not behind
 * a =, which is a command to type. */
static int names(const char *s, size_t len, const char *id)
{
	size_t id_len = strlen(id);

	for (size_t i = 0; i + id_len <= len; i++) {
		if (strncmp(s + i, id, id_len) != 0)
			continue;
		if (i > 0 && (is_part_of_id(s[i - 1]) || s[i - 1] == '='))
			continue;
		if (i + id_len < len && is_part_of_id(s[i + id_len]))
			continue;
		return 1;
	}
	return 0;
}

/* The next cell of a table's row, from *AT on; NULL behind the last one. */
static char *next_cell(const char **at, const char *end)
{
	const char *from = *at, *to;
	char *cell;

	if (from >= end)
		return NULL;
	for (to = from; to < end && (*to != '|' || to[-1] == '\\'); to++)
		;
	*at = to + 1;
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	cell = copy_of(from, (size_t)(to - from));
	return without_marks(cell);
}

static int is_ids_alone(const char *cell)
{
	while (*cell) {
		size_t len = strcspn(cell, " ");

		if (!is_id(cell, len))
			return 0;
		cell += len + strspn(cell + len, " ");
	}
	return 1;
}

/* The row of a table: its cells, each behind the word that stands above it. */
static char *row_text(const char *row, size_t len, const char *head,
		      size_t head_len)
{
	const char *row_at = row + 1, *head_at = head ? head + 1 : NULL;
	char *text = NULL, *cell;
	size_t size = 0;
	FILE *out = must_have(open_memstream(&text, &size));
	const char *between = "";

	while ((cell = next_cell(&row_at, row + len))) {
		char *name = head ? next_cell(&head_at, head + head_len) : NULL;

		if (*cell && !is_ids_alone(cell)) {
			fprintf(out, "%s%s%s%s", between,
				name && *name ? name : "",
				name && *name ? ": " : "", cell);
			between = "\n";
		}
		free(name);
		free(cell);
	}
	if (fclose(out) == EOF)
		must_have(NULL);
	return text;
}

struct line {
	const char *s;
	size_t len;
};

struct lines {
	struct line *v;
	size_t n;
};

static struct lines lines_of(const char *text)
{
	struct lines all = { 0 };
	size_t room = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (all.n == room) {
			room = room ? 2 * room : 512;
			all.v = must_have(reallocarray(all.v, room,
						       sizeof *all.v));
		}
		all.v[all.n++] = (struct line){ text, len };
		text += len + (text[len] == '\n');
	}
	return all;
}

static int is_blank(const struct line *l)
{
	for (size_t i = 0; i < l->len; i++)
		if (!isspace((unsigned char)l->s[i]))
			return 0;
	return 1;
}

static int begins(const struct line *l, const char *word)
{
	return l->len >= strlen(word) && strncmp(l->s, word, strlen(word)) == 0;
}

/* "- ", "3. " */
static int begins_item(const struct line *l)
{
	size_t n = 0;

	if (begins(l, "- "))
		return 1;
	while (n < l->len && isdigit((unsigned char)l->s[n]))
		n++;
	return n > 0 && n + 1 < l->len && l->s[n] == '.' && l->s[n + 1] == ' ';
}

static char *joined(const struct lines *all, size_t from, size_t to)
{
	char *text = copy_of(all->v[from].s,
			     (size_t)(all->v[to].s + all->v[to].len -
				      all->v[from].s));

	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return without_marks(text);
}

/* The row or the paragraph that line I is a part of. */
static char *text_around(const struct lines *all, size_t i)
{
	size_t from = i, to = i;

	if (begins(&all->v[i], "|")) {
		while (from > 0 && begins(&all->v[from - 1], "|"))
			from--;
		return row_text(all->v[i].s, all->v[i].len,
				from < i ? all->v[from].s : NULL,
				all->v[from].len);
	}
	while (from > 0 && !is_blank(&all->v[from - 1]) &&
	       !begins_item(&all->v[from]))
		from--;
	while (to + 1 < all->n && !is_blank(&all->v[to + 1]) &&
	       !begins_item(&all->v[to + 1]))
		to++;
	return joined(all, from, to);
}

static void place_add(struct places *p, const char *file, size_t line,
		      char *text)
{
	p->place = must_have(reallocarray(p->place, p->n + 1,
					  sizeof *p->place));
	p->place[p->n++] = (struct place){
		copy_of(file, strlen(file)), (int)line + 1, text
	};
}

static void places_in(struct places *p, const char *file, const char *id)
{
	char *text = read_file(file);
	struct lines all = lines_of(text);
	int is_code = 0;

	for (size_t i = 0; i < all.n; i++) {
		if (begins(&all.v[i], "```"))
			is_code = !is_code;
		if (!is_code && names(all.v[i].s, all.v[i].len, id))
			place_add(p, file, i, text_around(&all, i));
	}
	free(all.v);
	free(text);
}

/* What the Makefile of L names besides: NOTES = ../README.md */
static void places_besides(struct places *p, const struct lesson *l,
			   const char *id)
{
	char path[512], *makefile, *at, *save = NULL;

	snprintf(path, sizeof path, "%s/Makefile", l->folder);
	makefile = read_file(path);
	at = strncmp(makefile, "NOTES", 5) == 0 ? makefile :
	     strstr(makefile, "\nNOTES");
	at = at ? strchr(at, '=') : NULL;
	if (at) {
		at[strcspn(at, "\n")] = '\0';
		for (char *word = strtok_r(at + 1, " \t", &save); word;
		     word = strtok_r(NULL, " \t", &save)) {
			snprintf(path, sizeof path, "%s/%s", l->folder, word);
			places_in(p, path, id);
		}
	}
	free(makefile);
}

struct places places_of(const struct lesson *l, const char *id)
{
	struct places p = { 0 };
	char path[512];

	snprintf(path, sizeof path, "%s/README.md", l->folder);
	places_in(&p, path, id);
	snprintf(path, sizeof path, "%s/sources.md", l->folder);
	if (access(path, F_OK) == 0)
		places_in(&p, path, id);
	places_besides(&p, l, id);
	return p;
}

void places_free(struct places *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->place[i].file);
		free(p->place[i].text);
	}
	free(p->place);
}

/* ------------------------------------------------------ check yourself */

static const char begin_answer[] = "<details><summary>Answer</summary>";
static const char end_answer[] = "</details>";

/* The ids that stand in S, each once, in order. */
static char *ids_in(const char *s)
{
	char *ids = copy_of("", 0), *more;

	while (*s) {
		size_t len = 0;

		while (is_part_of_id(s[len]))
			len++;
		if (len == 0) {
			s++;
			continue;
		}
		if (is_id(s, len)) {
			char id[8];

			snprintf(id, sizeof id, "%.*s", (int)len, s);
			if (!names(ids, strlen(ids), id)) {
				if (asprintf(&more, "%s%s%s", ids,
					     *ids ? " " : "", id) == -1)
					must_have(NULL);
				free(ids);
				ids = more;
			}
		}
		s += len;
	}
	return ids;
}

/* Runs of blanks are one. */
static char *in_one_line(const char *s, size_t len)
{
	char *text = copy_of(s, len), *out = text;

	for (const char *in = text; *in; in++) {
		if (!isspace((unsigned char)*in))
			*out++ = *in;
		else if (out > text && out[-1] != ' ')
			*out++ = ' ';
	}
	while (out > text && out[-1] == ' ')
		out--;
	*out = '\0';
	return text;
}

/* Lines FROM to TO are one item: "3. question <details>...answer</details>". */
static void question_add(struct questions *q, const struct lines *all,
			 size_t from, size_t to)
{
	const char *s = all->v[from].s;
	size_t len = (size_t)(all->v[to].s + all->v[to].len - s);
	char *item = in_one_line(s, len);
	char *answer = strstr(item, begin_answer);
	char *end = answer ? strstr(answer, end_answer) : NULL;
	struct question new = { .file = q->file, .line = (int)from + 1 };
	const char *text = strchr(item, ' ') + 1;

	if (end && !end[strlen(end_answer)]) {
		*answer = *end = '\0';
		answer += strlen(begin_answer);
	} else {
		give_up("%s:%zu: this question has no answer of the form %s"
			"...%s", q->file, from + 1, begin_answer, end_answer);
	}
	new.text = without_marks(in_one_line(text, strlen(text)));
	new.answer = without_marks(in_one_line(answer, strlen(answer)));
	new.ids = ids_in(answer);
	if (!*new.text || !*new.answer)
		give_up("%s:%zu: this question or its answer is empty",
			q->file, from + 1);
	free(item);
	q->question = must_have(reallocarray(q->question, q->n + 1,
					     sizeof *q->question));
	q->question[q->n++] = new;
}

struct questions questions_of(const struct lesson *l)
{
	struct questions q = { 0 };
	struct lines all;
	char *text;
	size_t i = 0, end;

	if (asprintf(&q.file, "%s/README.md", l->folder) == -1)
		must_have(NULL);
	text = read_file(q.file);
	all = lines_of(text);
	while (i < all.n && !begins(&all.v[i], "## Check yourself"))
		i++;
	if (i == all.n)
		give_up("%s has no part '## Check yourself'", q.file);
	for (end = i + 1; end < all.n && !begins(&all.v[end], "## "); end++)
		;
	while (i < end && !begins_item(&all.v[i]))
		i++;
	while (i < end) {
		size_t to = i, next = i + 1;

		while (next < end && !begins_item(&all.v[next])) {
			if (!is_blank(&all.v[next]))
				to = next;
			next++;
		}
		question_add(&q, &all, i, to);
		i = next;
	}
	free(all.v);
	free(text);
	return q;
}

void questions_free(struct questions *q)
{
	for (size_t i = 0; i < q->n; i++) {
		free(q->question[i].text);
		free(q->question[i].answer);
		free(q->question[i].ids);
	}
	free(q->question);
	free(q->file);
}
