#!/bin/sh
# update.sh - a student gets a newer course, and loses nothing that she wrote
#
# With a real repository, a real clone, and a commit that changes a starter.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
command -v git > /dev/null || {
	skip "make update" "there is no git; apt-get install git"
	finish
	exit
}

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a
export GIT_COMMITTER_EMAIL=a@b
unset GIT_DIR GIT_WORK_TREE
first=00-start/first-check second=01-pipe/close-the-ends
third=01-pipe/nobody-listens
one=exercises/$first/greet.c two=exercises/$second/count.c
three=exercises/$third/deliver.c try=lessons/01-pipe/camp.c

copy_course "$tmp/origin" lessons/01-pipe .gitignore
rm -rf "$tmp/origin/build"
mkdir "$tmp/origin/exercises"
echo '# the path' > "$tmp/origin/exercises/order"
for e in $first $second $third; do
	copy_exercise "$tmp/origin" $e
done
cd "$tmp/origin" || exit 1
make -s -C lessons/01-pipe clean
git init -q -b main . && git add -A && git commit -qm 'The course' || exit 1

course() # NAME: a new clone, in which she has worked
{
	rm -rf "${tmp:?}/$1"
	git clone -q "$tmp/origin" "$tmp/$1" && cd "$tmp/$1" || exit 1
	echo 'passed 00-start/first-check 2020-01-01' > progress
	echo '/* hers, one */' >> $one
	echo '/* hers, two */' >> $two
	echo '/* hers, three */' >> $three
	echo '/* what Try: asks for */' >> $try
}
hers() # FILE...
{
	grep -lE 'hers, |Try: asks' "$@" 2> /dev/null | tr '\n' ' '
}

# ------------------------------------------------- nothing new yet
course early
like "nothing new" "$(make update 2>&1)" '^This is the newest already'
is "nothing is touched" "$(hers $one $two $three $try)" "$one $two $three $try "

# --------------- a starter changes, one goes, one is as it was
course committed
git commit -qam 'My work'
course clone
(cd "$tmp/origin" && echo '/* the new starter */' >> $two &&
	git rm -q $three && echo '/* more */' >> lessons/01-pipe/camp.c &&
	git commit -qam 'Another starter') || exit 1
out=$(make update 2>&1)
is "an update is made" $? 0
like "the changed starter is told" "$out" \
	"^$two has changed. Yours lies beside it: $two.yours"
like "and the one that has gone" "$out" "^$three is no part of the course"
ok "the new starter is there" grep -q 'the new starter' $two
is "hers lies beside it" "$(hers $two.yours)" "$two.yours "
is "what the course has not changed is as she had it" "$(hers $one)" "$one "
is "in a lesson, too, hers lies beside" "$(hers $try.yours)" "$try.yours "
kept=$(echo "$out" | sed -n 's/.* lie in //p')
is "all that she had lies in one folder" "$(cd "$kept" &&
	hers $one $two $three $try)" "$one $two $three $try "
ok "progress stays" grep -q '^passed 00-start' progress
unlike "what lies beside is no file of the course's" \
	"$(git status --porcelain)" yours
is "once more: nothing to do" "$(make update 2>&1)" 'This is the newest already.'

# ------------------------------------------ she had committed hers
cd "$tmp/committed" || exit 1
out=$(make update 2>&1)
is "an update over commits of hers" $? 0
ok "the new starter is there as well" grep -q 'the new starter' $two
is "and hers beside it" "$(hers $one $two.yours)" "$one $two.yours "

# ----------------------------------------------- what cannot be done
course cut
git remote set-url origin "$tmp/nowhere"
out=$(make update 2>&1)
isnt "without the origin: the status says so" $? 0
like "without the origin: nothing is changed" "$out" 'nothing was changed$'
is "without the origin: all is as it was" "$(hers $one $two $three $try)" \
	"$one $two $three $try "
course stranger
(cd "$tmp/origin" && echo x > exercises/new.txt && git add -A &&
	git commit -qm 'A new file')
echo mine > exercises/new.txt
out=$(make update 2>&1)
like "what is in git's way: her files are as they were" "$out" \
	'your files are as they were$'
is "what is in git's way: they are" "$(hers $one $two $three $try)" \
	"$one $two $three $try "
is "what is in git's way stays" "$(cat exercises/new.txt)" mine
rm -rf .git
like "without git: the way by hand" "$(make update 2>&1)" \
	'did not come by git: get the new one beside it'
finish
