#!/bin/sh
# usage.sh - what stage says to a command line that it cannot use: one line
# that names the mistake, and status 2
cd "$(dirname "$0")/../../.." || exit 1
. common/stage/t/setup

bad() # REGEX ARGS...
{
	want=$1
	shift
	run "$@"
	is "stage $*: status" "$status" 2
	is "stage $*: one line" "$(grep -c '' "$dir/err")" 1
	like "stage $*" "$err" "^stage: $want"
	is "stage $*: stdout" "$out" ""
}

bad "name a program to run"
bad "an option is unknown" -Z true
bad "an option .* lacks its value" -t
bad "-t: '0' is not a number of seconds" -t 0 true
bad "-t: '1x' is not" -t 1x true
bad "-t: '-1' is not" -t -1 true
bad "-t: '.' is not" -t . true
bad "-t: '1.2345' is not" -t 1.2345 true
bad "-t: '99999999999' is not" -t 99999999999 true
bad "-n: 'many' is not a number from 3 to" -n many true
bad "-n: '2' is not" -n 2 true
bad "-x: 'INT' lacks @LINE" -x INT true
bad "-x: 'FOO' is not a signal" -x FOO@1 true
bad "-x: 'FOO' is not a signal" -X FOO@1 true
bad "-x LINE: 'x' is not" -x INT@x true
bad "-x PROGRAM: '9' is not" -x INT@1:9 true
bad "-x: there is no program 2" -x INT@1:2 true
bad "there is no program before" :: true
bad "there is no program after" true ::
bad "there is no program before" true :: :: true
bad "at most 8 programs" \
	true :: true :: true :: true :: true :: true :: true :: true :: true
bad "-f and -s exclude each other" -f -s true :: true
bad "-f and -s exclude each other" -s -p -f true
bad "clean: name a lesson's folder" clean

run -h
is "stage -h: status" "$status" 0
like "stage -h: on stdout" "$out" "^usage: stage"
run doctor
is "stage doctor" "$status" 0
finish
