/*
 * source.c - the parts of a claims.c, and which of them a proof needs
 *
 * A part is what stands at the outermost level of the file: a definition, a
 * #define, a proof. It belongs to the proof if it defines a name that the proof
 * uses, or that such a part uses. A name behind a dot or an arrow is a
 * member's, one behind `struct' is a tag, and one that a function declares for
 * itself is its own.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "show.h"

/* A name, and what kind of name it is. */
struct name {
	const char *s;
	size_t len;
	int is_tag;
};

struct names {
	struct name *v;
	size_t n, room;
};

struct part {
	size_t from, to;		/* bytes of the text, comments too */
	size_t first, last;		/* its tokens */
	struct names defines, uses;
	long group;			/* the #if that it stands in, or -1 */
	int is_proof, is_need;
	int line;			/* where its first token stands */
	int is_wanted;
};

/* From an #if to its #endif. */
struct group {
	long outer;			/* or -1 */
	struct names uses;
	size_t directive[16][2];	/* bytes of the text */
	size_t directives;
	int is_wanted;
};

struct cutter {
	struct source *s;
	struct tokens all;
	size_t at;			/* the next token */
	long group;			/* the innermost open one, or -1 */
};

static int is_sign(const struct token *t, const char *signs)
{
	return t->kind == T_SIGN && t->len == 1 && strchr(signs, *t->s);
}

static int line_of(const struct source *s, const char *at)
{
	int line = 1;

	for (const char *c = s->text; c < at; c++)
		line += *c == '\n';
	return line;
}

static int is_one_of(const struct token *t, const char *const *words)
{
	for (; *words; words++)
		if (token_is(t, *words))
			return 1;
	return 0;
}

static int names_a_tag(const struct token *t)
{
	static const char *const words[] = { "struct", "union", "enum", NULL };

	return t && t->kind == T_WORD && is_one_of(t, words);
}

static void name_add(struct names *names, const struct token *t, int is_tag)
{
	if (names->n == names->room) {
		names->room = names->room ? 2 * names->room : 16;
		names->v = must_have(reallocarray(names->v, names->room,
						  sizeof *names->v));
	}
	names->v[names->n++] = (struct name){ t->s, t->len, is_tag };
}

static int name_in(const struct names *names, const struct name *name)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct name *one = &names->v[i];

		if (one->is_tag == name->is_tag && one->len == name->len &&
		    strncmp(one->s, name->s, name->len) == 0)
			return 1;
	}
	return 0;
}

/* ------------------------------------------------- names that are used */

/* Words that begin no declaration, though a name may follow them. */
static const char *const statements[] = {
	"return", "else", "case", "goto", "sizeof", "do", NULL
};

enum { BACK = 4 };

/* What a walk through a function knows. */
struct walk {
	const struct token *before[BACK];	/* the newest first */
	struct names own;		/* that it has declared */
	int depth;
	int is_body;			/* its { has been */
	int declares;			/* at this depth + 1; 0: it does not */
};

/* May the type of a declaration begin behind the token before[AT]? Names of
 * macros may follow each other, and a product looks like a pointer. */
static int begins_there(const struct walk *w, int at)
{
	const struct token *one = w->before[at];
	const struct token *two = at + 1 < BACK ? w->before[at + 1] : NULL;

	if (!one)
		return 1;
	if (one->kind == T_WORD)	/* const, static, struct ... */
		return !is_one_of(one, statements);
	if (is_sign(one, "("))
		return !w->is_body || (two && token_is(two, "for"));
	return is_sign(one, w->is_body ? ";{}" : ";{},");
}

/* Is the word that comes now, followed by NEXT, a name that is declared? */
static int is_declared(const struct walk *w, const struct token *next)
{
	const struct token *one = w->before[0], *two = w->before[1];
	int goes_on = w->declares == w->depth + 1;

	if (!one || !next || !is_sign(next, "=;,[):"))
		return 0;
	if (goes_on && (is_sign(one, ",") ||
			(is_sign(one, "*") && two && is_sign(two, ","))))
		return 1;
	if (one->kind == T_WORD && two && is_sign(two, "*"))
		return token_is(one, "const");	/* TYPE *const name */
	if (one->kind == T_WORD)		/* TYPE name */
		return !is_one_of(one, statements) && begins_there(w, 1);
	if (!is_sign(one, "*") || !two)
		return 0;
	if (is_sign(two, "*"))			/* TYPE **name */
		return 1;
	return two->kind == T_WORD && !is_one_of(two, statements) &&
	       begins_there(w, 2);		/* TYPE *name */
}

static void walk_on(struct walk *w, const struct token *t)
{
	if (is_sign(t, "{") && w->depth == 0)
		w->is_body = 1;
	if (is_sign(t, "([{"))
		w->depth++;
	else if (is_sign(t, ")]}"))
		w->depth--;
	if (is_sign(t, ";{}"))
		w->declares = 0;
	memmove(w->before + 1, w->before, (BACK - 1) * sizeof *w->before);
	w->before[0] = t;
}

static void use_of(struct names *uses, struct walk *w, const struct token *t,
		   const struct token *next, int has_own)
{
	const struct token *before = w->before[0];
	struct name name = { t->s, t->len, 0 };

	if (before && (is_sign(before, ".") || token_is(before, "->")))
		return;
	if (names_a_tag(before)) {
		name_add(uses, t, 1);
		return;
	}
	if (has_own && is_declared(w, next)) {
		name_add(&w->own, t, 0);
		w->declares = w->depth + 1;
	} else if (!name_in(&w->own, &name)) {
		name_add(uses, t, 0);
	}
}

static void uses_of(struct names *uses, const struct token *v, size_t n,
		    int has_own);

/* Of #define NAME(ARGUMENTS) BODY the names in BODY; of another directive all
 * but its first word. */
static void directive_uses(struct names *uses, const struct token *whole)
{
	struct tokens in = lex(whole->s + 1, whole->len - 1);
	size_t first = 1;

	if (in.n > 1 && token_is(&in.v[0], "define")) {
		first = 2;
		if (in.n > 2 && is_sign(&in.v[2], "(") &&
		    in.v[2].s == in.v[1].s + in.v[1].len) {
			struct names own = { 0 };

			while (first < in.n && !is_sign(&in.v[first], ")")) {
				if (in.v[first].kind == T_WORD)
					name_add(&own, &in.v[first], 0);
				first++;
			}
			for (size_t i = first; i < in.n; i++) {
				struct token *t = &in.v[i];
				struct name name = { t->s, t->len, 0 };

				if (name_in(&own, &name))
					t->kind = T_NUMBER;
			}
			free(own.v);
		}
	}
	if (first < in.n)
		uses_of(uses, in.v + first, in.n - first, 0);
	free(in.v);
}

/* HAS_OWN: it is a function, or a proof, which may declare names of its own. */
static void uses_of(struct names *uses, const struct token *v, size_t n,
		    int has_own)
{
	struct walk w = { .depth = 0 };

	for (size_t i = 0; i < n; i++) {
		size_t k = i + 1;

		if (v[i].kind == T_COMMENT)
			continue;
		if (v[i].kind == T_DIRECTIVE) {
			directive_uses(uses, &v[i]);
			continue;
		}
		while (k < n && (v[k].kind == T_COMMENT ||
				 v[k].kind == T_DIRECTIVE))
			k++;
		if (v[i].kind == T_WORD)
			use_of(uses, &w, &v[i], k < n ? &v[k] : NULL, has_own);
		walk_on(&w, &v[i]);
	}
	free(w.own.v);
}

/* ---------------------------------------------- names that are defined */

/* The tokens of P without comments and directives. */
static struct tokens plain_tokens(const struct cutter *c, const struct part *p)
{
	struct tokens plain = { 0 };

	plain.v = must_have(calloc(p->last - p->first + 1, sizeof *plain.v));
	for (size_t i = p->first; i <= p->last; i++)
		if (c->all.v[i].kind != T_COMMENT &&
		    c->all.v[i].kind != T_DIRECTIVE)
			plain.v[plain.n++] = c->all.v[i];
	return plain;
}

/* The constants of the enum whose { is token I. */
static void constants_of(struct names *names, const struct tokens *t, size_t i)
{
	int depth = 0;

	for (; i < t->n; i++) {
		if (t->v[i].kind == T_WORD && depth == 1 &&
		    is_sign(&t->v[i - 1], "{,"))
			name_add(names, &t->v[i], 0);
		if (is_sign(&t->v[i], "({["))
			depth++;
		else if (is_sign(&t->v[i], ")}]") && --depth == 0)
			return;
	}
}

static int opens_enum(const struct tokens *t, size_t i)
{
	return is_sign(&t->v[i], "{") && i > 0 &&
	       (token_is(&t->v[i - 1], "enum") ||
		(i > 1 && token_is(&t->v[i - 2], "enum")));
}

/* Word I of T, outside of all brackets or behind "(*". */
static void definition(struct names *names, const struct tokens *t, size_t i,
		       int is_pointer)
{
	static const char *const none[] = { "__attribute__", NULL };
	const struct token *before = i ? &t->v[i - 1] : NULL;
	const struct token *next = i + 1 < t->n ? &t->v[i + 1] : NULL;

	if (!next || is_one_of(&t->v[i], none))
		return;
	if (names_a_tag(before)) {
		if (is_sign(next, "{;"))
			name_add(names, &t->v[i], 1);
	} else if (is_pointer || is_sign(next, "(=;,[")) {
		name_add(names, &t->v[i], 0);
	}
}

/* A definition or a declaration; in a function only its head counts. */
static void definitions(struct names *names, const struct tokens *t)
{
	int depth = 0, is_value = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct token *one = &t->v[i];

		if (depth == 0 && is_sign(one, "{") && i > 0 &&
		    is_sign(&t->v[i - 1], ")"))
			return;
		if (depth == 0 && is_sign(one, "="))
			is_value = 1;
		else if (depth == 0 && is_sign(one, ",;"))
			is_value = 0;
		if (depth == 0 && opens_enum(t, i))
			constants_of(names, t, i);
		if (one->kind == T_WORD && depth == 0 && !is_value)
			definition(names, t, i, 0);
		if (one->kind == T_WORD && depth == 1 && i > 1 && !is_value &&
		    is_sign(&t->v[i - 1], "*") && is_sign(&t->v[i - 2], "("))
			definition(names, t, i, 1);
		if (is_sign(one, "({["))
			depth++;
		else if (is_sign(one, ")}]"))
			depth--;
	}
}

/* ------------------------------------------------------------- cutting */

static struct part *part_new(struct source *s)
{
	s->part = must_have(reallocarray(s->part, s->n + 1, sizeof *s->part));
	s->part[s->n] = (struct part){ .group = -1 };
	return &s->part[s->n++];
}

static int is_own_line(const char *text, const char *at)
{
	while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at == text || at[-1] == '\n';
}

/* Is there one end of a line between A and B, and nothing else but blanks? */
static int is_next_line(const char *a, const char *b)
{
	int lines = 0;

	for (; a < b; a++) {
		if (*a == '\n')
			lines++;
		else if (*a != ' ' && *a != '\t')
			return 0;
	}
	return lines == 1;
}

/* P begins with the comments above it, and ends with the one behind it. */
static void take_comments(const struct cutter *c, struct part *p)
{
	const struct token *v = c->all.v;
	const char *from = v[p->first].s, *to = v[p->last].s + v[p->last].len;
	size_t i = p->first;

	while (i > 0 && v[i - 1].kind == T_COMMENT &&
	       is_next_line(v[i - 1].s + v[i - 1].len, from) &&
	       is_own_line(c->s->text, v[i - 1].s))
		from = v[--i].s;
	i = p->last + 1;
	if (i < c->all.n && v[i].kind == T_COMMENT &&
	    !memchr(to, '\n', (size_t)(v[i].s - to)))
		to = v[i].s + v[i].len;
	p->from = (size_t)(from - c->s->text);
	p->to = (size_t)(to - c->s->text);
	p->line = line_of(c->s, v[p->first].s);
}

/* The string literals from token *I on, as one text; *I is behind them. */
static char *literals(const struct cutter *c, size_t *i)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = must_have(open_memstream(&text, &size));

	for (; *i < c->all.n; ++*i) {
		const struct token *t = &c->all.v[*i];

		if (t->kind == T_COMMENT)
			continue;
		if (t->kind != T_STRING)
			break;
		for (size_t k = 1; k + 1 < t->len; k++) {
			if (t->s[k] == '\\' && k + 2 < t->len)
				k++;
			fputc(t->s[k], out);
		}
	}
	if (fclose(out) == EOF)
		must_have(NULL);
	return text;
}

/* CLAIM("ids", "sentence") */
static void take_proof(struct cutter *c, struct part *p)
{
	struct source *s = c->s;
	struct proof proof = { .line = p->line };
	size_t i = p->first + 2;

	p->is_proof = 1;
	proof.ids = literals(c, &i);
	i++;				/* the comma */
	proof.sentence = literals(c, &i);
	if (!*proof.ids || !*proof.sentence)
		give_up("%s:%d: this CLAIM lacks its ids or its sentence",
			s->file, p->line);
	s->proof = must_have(reallocarray(s->proof, s->proofs + 1,
					  sizeof *s->proof));
	s->proof[s->proofs++] = proof;
}

/* The next token from I on that is neither a comment nor a directive. */
static size_t solid(const struct cutter *c, size_t i)
{
	while (i < c->all.n && (c->all.v[i].kind == T_COMMENT ||
				c->all.v[i].kind == T_DIRECTIVE))
		i++;
	return i;
}

/* Does a macro that is called at the outermost level end with token I? */
static int ends_call(const struct cutter *c, size_t first, size_t i)
{
	static const char *const none[] = { "__attribute__", NULL };
	size_t next = solid(c, first + 1);

	if (is_one_of(&c->all.v[first], none) || next >= c->all.n ||
	    !is_sign(&c->all.v[next], "("))
		return 0;
	next = solid(c, i + 1);
	return next == c->all.n || !is_sign(&c->all.v[next], "{;=,[(");
}

/* In an #else the brackets are open that were so at its #if. */
struct branches {
	int depth[8];
	size_t n;
};

static void branch(struct branches *b, const struct token *t, int *depth)
{
	struct tokens in = lex(t->s + 1, t->len - 1);
	const struct token *word = in.n ? &in.v[0] : t;

	if (strncmp(word->s, "if", 2) == 0) {
		if (b->n < sizeof b->depth / sizeof *b->depth)
			b->depth[b->n] = *depth;
		b->n++;
	} else if (b->n && (token_is(word, "else") || token_is(word, "elif"))) {
		if (b->n <= sizeof b->depth / sizeof *b->depth)
			*depth = b->depth[b->n - 1];
	} else if (b->n && token_is(word, "endif")) {
		b->n--;
	}
	free(in.v);
}

/* The last token of the part that begins with token FIRST. */
static size_t end_of_part(const struct cutter *c, size_t first)
{
	struct branches b = { .n = 0 };
	const struct token *before = NULL;
	int depth = 0, is_body = 0;

	for (size_t i = first; i < c->all.n; i++) {
		const struct token *t = &c->all.v[i];

		if (t->kind == T_DIRECTIVE)
			branch(&b, t, &depth);
		if (t->kind == T_COMMENT || t->kind == T_DIRECTIVE)
			continue;
		if (is_sign(t, "{") && depth == 0)
			is_body = before && is_sign(before, ")");
		if (is_sign(t, "({["))
			depth++;
		else if (is_sign(t, ")}]"))
			depth--;
		if (depth == 0 && (is_sign(t, ";") ||
				   (is_sign(t, "}") && is_body) ||
				   (is_sign(t, ")") && ends_call(c, first, i))))
			return i;
		if (depth < 0)
			break;
		before = t;
	}
	give_up("%s:%d: what begins here has no end: a bracket is missing",
		c->s->file, line_of(c->s, c->all.v[first].s));
}

static void take_part(struct cutter *c)
{
	struct part *p = part_new(c->s);
	const struct token *t = &c->all.v[c->at];
	struct tokens plain;

	p->first = c->at;
	p->last = end_of_part(c, c->at);
	p->group = c->group;
	take_comments(c, p);
	c->at = p->last + 1;
	plain = plain_tokens(c, p);
	if (token_is(t, "CLAIM"))
		take_proof(c, p);
	else if (token_is(t, "CLAIMS_NEED"))
		p->is_need = 1;
	else
		definitions(&p->defines, &plain);
	uses_of(&p->uses, c->all.v + p->first, p->last - p->first + 1, 1);
	free(plain.v);
}

static void take_define(struct cutter *c, const struct token *name)
{
	struct part *p = part_new(c->s);

	p->first = p->last = c->at;
	p->group = c->group;
	take_comments(c, p);
	name_add(&p->defines, name, 0);
	directive_uses(&p->uses, &c->all.v[c->at]);
}

/* One more directive of the innermost open group. */
static void take_branch(struct cutter *c, const struct token *t)
{
	struct group *g = c->group < 0 ? NULL : &c->s->group[c->group];
	const size_t from = (size_t)(t->s - c->s->text);

	if (g && g->directives < sizeof g->directive / sizeof *g->directive) {
		g->directive[g->directives][0] = from;
		g->directive[g->directives++][1] = from + t->len;
		directive_uses(&g->uses, t);
		return;
	}
	give_up("%s:%d: this directive belongs to no #if, or to one with too "
		"many", c->s->file, line_of(c->s, t->s));
}

static void open_group(struct cutter *c)
{
	struct source *s = c->s;

	s->group = must_have(reallocarray(s->group, s->groups + 1,
					  sizeof *s->group));
	s->group[s->groups] = (struct group){ .outer = c->group };
	c->group = (long)s->groups++;
}

static void take_directive(struct cutter *c)
{
	const struct token *t = &c->all.v[c->at];
	struct tokens in = lex(t->s + 1, t->len - 1);

	if (in.n > 1 && token_is(&in.v[0], "define")) {
		take_define(c, &in.v[1]);
	} else if (in.n > 0 && strncmp(in.v[0].s, "if", 2) == 0) {
		open_group(c);
		take_branch(c, t);
	} else if (in.n > 0 && strncmp(in.v[0].s, "el", 2) == 0) {
		take_branch(c, t);
	} else if (in.n > 0 && token_is(&in.v[0], "endif")) {
		take_branch(c, t);
		c->group = c->s->group[c->group].outer;
	}
	free(in.v);
	c->at++;
}

struct source source_read(const char *file)
{
	struct source s = { .file = copy_of(file, strlen(file)),
			    .text = read_file(file) };
	struct cutter c = { .s = &s, .group = -1 };

	c.all = lex(s.text, strlen(s.text));
	while (c.at < c.all.n) {
		const struct token *t = &c.all.v[c.at];

		if (t->kind == T_COMMENT || is_sign(t, ";"))
			c.at++;
		else if (t->kind == T_DIRECTIVE)
			take_directive(&c);
		else
			take_part(&c);
	}
	if (c.group != -1)
		give_up("%s: an #if has no #endif", file);
	free(c.all.v);
	return s;
}

void source_free(struct source *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->part[i].defines.v);
		free(s->part[i].uses.v);
	}
	for (size_t i = 0; i < s->groups; i++)
		free(s->group[i].uses.v);
	for (size_t i = 0; i < s->proofs; i++) {
		free(s->proof[i].ids);
		free(s->proof[i].sentence);
	}
	free(s->part);
	free(s->group);
	free(s->proof);
	free(s->text);
	free(s->file);
}

/* -------------------------------------------------------- what is used */

/* Want whatever defines one of USES. Returns how much more that is. */
static size_t want_uses(struct source *s, const struct names *uses)
{
	size_t more = 0;

	for (size_t u = 0; u < uses->n; u++)
		for (size_t i = 0; i < s->n; i++) {
			struct part *p = &s->part[i];

			if (p->is_wanted || !name_in(&p->defines, &uses->v[u]))
				continue;
			p->is_wanted = 1;
			more++;
		}
	return more;
}

static int is_wanted(const struct part *p, const struct proof *const *proof,
		     size_t n)
{
	for (size_t i = 0; i < n && p->is_proof; i++)
		if (p->line == proof[i]->line)
			return 1;
	return p->is_need;
}

static void want(struct source *s, const struct proof *const *proof, size_t n)
{
	size_t more;

	for (size_t i = 0; i < s->groups; i++)
		s->group[i].is_wanted = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct part *p = &s->part[i];

		p->is_wanted = is_wanted(p, proof, n);
	}
	do {
		more = 0;
		for (size_t i = 0; i < s->n; i++) {
			if (!s->part[i].is_wanted)
				continue;
			more += want_uses(s, &s->part[i].uses);
			for (long g = s->part[i].group; g != -1;
			     g = s->group[g].outer) {
				s->group[g].is_wanted = 1;
				more += want_uses(s, &s->group[g].uses);
			}
		}
	} while (more);
}

struct piece {
	size_t from, to;
};

static int by_place(const void *a, const void *b)
{
	const struct piece *one = a, *two = b;

	return one->from < two->from ? -1 : one->from > two->from;
}

/* Is there a line between them that is not printed? */
static int is_apart(const char *text, size_t from, size_t to)
{
	int lines = 0;

	for (; from < to; from++)
		lines += text[from] == '\n';
	return lines > 1;
}

void source_print(FILE *to, struct source *s, const struct proof *const *p,
		  size_t proofs)
{
	struct piece *all;
	size_t n = 0, most = s->n;

	want(s, p, proofs);
	for (size_t i = 0; i < s->groups; i++)
		most += s->group[i].directives;
	all = must_have(calloc(most + 1, sizeof *all));
	for (size_t i = 0; i < s->n; i++)
		if (s->part[i].is_wanted)
			all[n++] = (struct piece){ s->part[i].from,
						   s->part[i].to };
	for (size_t g = 0; g < s->groups; g++)
		for (size_t i = 0; s->group[g].is_wanted &&
		     i < s->group[g].directives; i++)
			all[n++] = (struct piece){
				s->group[g].directive[i][0],
				s->group[g].directive[i][1]
			};
	qsort(all, n, sizeof *all, by_place);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && is_apart(s->text, all[i - 1].to, all[i].from))
			fputc('\n', to);
		fwrite(s->text + all[i].from, 1, all[i].to - all[i].from, to);
		fputc('\n', to);
	}
	free(all);
}
