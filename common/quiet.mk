# quiet.mk - what a student types ends without a word of make's own
#
# A check that fails has said what is wrong, and its status says so to scripts.
# "make: *** [Makefile:44: check] Error 1" behind that looks like a defect of the
# course. In make's question mode (-q) a line of a recipe is not run, and make
# ends with status 1 without a word; but a line that begins with + is run all the
# same. So a command stands in such a line, which notes if it failed; and only
# then there is one more line.
#
#	check: begin-check ; $(TELL)
#	begin-check: ; $(call NOTE,common/course/course check)
#
# If something else is to be made as well (make 01 check), the mode is not used.
# TOP is the way to the course, with a slash behind, or empty.

QUIET = check submit watch run compile here hint next list reset solution update
#> course
TEACH = handout grade grade-split grade-hosts grade-join
TEACH += grade-explain gradescope classroom50
QUIET += $(TEACH)
#> end
ifneq ($(MAKECMDGOALS),)
ifeq ($(filter-out $(QUIET),$(MAKECMDGOALS)),)
MAKEFLAGS += -q
endif
endif

# make without that mode, for what has to be built first
MAKE_IT = MAKEFLAGS=$$(printf '%s' "$$MAKEFLAGS" | \
	sed '1s/^\([A-Za-z]*\)q\([A-Za-z]*\)\( \|$$\)/\1\2\3/') $(MAKE)

FAILED  = $(TOP)build/failed.$$PPID
# Where nothing may be written, make does say its line.
NOTE    = +@{ $(1); } || (mkdir -p $(TOP)build && : > $(FAILED)) 2> /dev/null
TELL    = $(if $(shell [ -e $(FAILED) ] && rm -f $(FAILED) && echo yes),@false)
