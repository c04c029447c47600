/*
 * memory.c - memory that is there, or one clear line; a map from numbers
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

void *must_have(void *p)
{
	if (p)
		return p;
	fprintf(stderr, "trace: there is not enough memory for this picture\n");
	exit(2);
}

void *get(size_t size)
{
	return must_have(calloc(1, size));
}

char *copy_of(const char *s, size_t len)
{
	char *p = must_have(malloc(len + 1));

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

/* FNV-1a: objects are known by the hash of their names. */
uint64_t hash_of(const char *kind, const char *s, size_t len)
{
	uint64_t h = 14695981039346656037u;

	for (; *kind; kind++)
		h = (h ^ (unsigned char)*kind) * 1099511628211u;
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 1099511628211u;
	return h ? h : 1;	/* 0 is no object */
}

uint64_t hash_number(const char *kind, uint64_t n)
{
	return hash_of(kind, (const char *)&n, sizeof n);
}

/* The place of KEY, or the empty one where it would be. */
static size_t place_of(const struct map *m, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (m->size - 1);

	while (m->v[i].key && m->v[i].key != key)
		i = (i + 1) & (m->size - 1);
	return i;
}

/* Twice as many places, and what is in them at its new one. */
static void grow(struct map *m)
{
	struct map_entry *old = m->v;
	size_t n = m->size;

	m->size = n ? 2 * n : 64;
	m->v = get(m->size * sizeof *m->v);
	for (size_t i = 0; i < n; i++)
		if (old[i].key)
			m->v[place_of(m, old[i].key)] = old[i];
	free(old);
}

void *map_get(const struct map *m, uint64_t key)
{
	return m->size && key ? m->v[place_of(m, key)].value : NULL;
}

void map_put(struct map *m, uint64_t key, void *value)
{
	size_t i;

	if (2 * m->n >= m->size)
		grow(m);
	i = place_of(m, key);
	m->n += m->v[i].key == 0;
	m->v[i].key = key;
	m->v[i].value = value;
}

/* Those that stood behind KEY move up, or they would not be found. */
void map_drop(struct map *m, uint64_t key)
{
	size_t i;

	if (!map_get(m, key))
		return;
	i = place_of(m, key);
	m->v[i].key = 0;
	m->v[i].value = NULL;
	m->n--;
	for (i = (i + 1) & (m->size - 1); m->v[i].key;
	     i = (i + 1) & (m->size - 1)) {
		struct map_entry moved = m->v[i];

		m->v[i].key = 0;
		m->v[i].value = NULL;
		m->v[place_of(m, moved.key)] = moved;
	}
}
