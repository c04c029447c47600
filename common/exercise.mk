# exercise.mk - what every exercise's Makefile includes: the student's commands
# (make help), which then mean this exercise
# `make count' builds a program of that name: see below.
#
# The folder's name is that of the exercise. It travels alone, without its
# path, which may hold a `$' that make would expand.

TOP := $(patsubst %common/exercise.mk,%,$(lastword $(MAKEFILE_LIST)))
STANDS ?= $(value PWD)
export STANDS
FRONT_DOOR = here=$$(pwd -P) && $(MAKE) --no-print-directory -C $(TOP) \
	HERE="$${here\#\#*/}"
PROGRAMS := $(patsubst %.c,%,$(filter-out check.c,$(wildcard *.c)))

.DEFAULT_GOAL := status
status:
	@$(FRONT_DOOR) here

include $(TOP)common/quiet.mk
$(QUIET): %: begin-%
	$(TELL)
$(QUIET:%=begin-%): begin-%:
	$(call NOTE,$(FRONT_DOOR) $*)

# The programs beside their sources, to run them by hand: the student's, others
# that lie here, and tools for what the shell has no word for
TOOLS := $(patsubst $(TOP)common/by-hand/%.c,%,$(wildcard $(TOP)common/by-hand/*.c))
$(PROGRAMS) $(TOOLS): .FORCE
	@$(FRONT_DOOR) compile WHAT=$@

.DEFAULT:
	@$(FRONT_DOOR) '$(subst ','\'',$@)'
Makefile $(TOP)common/exercise.mk $(TOP)common/quiet.mk: ;

# Or make would compile check.c by itself, since `check' is asked for.
.SUFFIXES:

.PHONY: status .FORCE $(QUIET) $(QUIET:%=begin-%)
