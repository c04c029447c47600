# IPC Lessons: the front door. `make' alone says what you can do here.

MAKEFLAGS += --no-print-directory
CC        ?= cc
export CC	# the flags come by themselves; exported unset they would be empty

# A lesson is a folder with notes.
LESSONS := $(patsubst %/README.md,%,$(sort $(wildcard lessons/[0-9][0-9]-*/README.md)))
# lessons/01-pipe -> 01
number   = $(firstword $(subst -, ,$(notdir $(1))))
folder   = $(filter lessons/$(1)-%,$(LESSONS))
NUMBERS := $(foreach l,$(LESSONS),$(call number,$(l)))
CLAIMS  := $(LESSONS:%=%/claims)
EXERCISES := $(sort $(wildcard exercises/*/*/check.c))
# The longest first, so that nothing waits for it at the end.
LONG    := common/t/cleanup.sh common/t/red.sh common/bench/t/bench.sh \
	common/t/front.sh common/t/parallel.sh lessons/25-comparing/claims
SCRIPTS := $(sort $(wildcard common/t/*.sh common/*/t/*.sh))
TESTS   := $(LONG) $(filter-out $(LONG),$(SCRIPTS) $(CLAIMS))
DIRS    := $(LESSONS)

status:
	@common/front status

# The student's commands: EX=name ONLY='id id' SEED=n PLAIN=1 FORCE=1 YES=1
export EX ONLY SEED PLAIN FORCE YES TAP POLL
check hint watch: course
	@common/course/course $@ || exit
next list reset solution:
	@common/course/course $@

course: stage
	@$(MAKE) -C common/course

# Are the checkers right? Every answer of every exercise gets its verdict.
dev-check: course cheats
	@common/front need prove 'apt-get install perl, or: make deps'
	@PART=$${PART:-all} prove -j2 -e common/course/dev-check $(EXERCISES)
	@prove -e '' common/course/dev-red

cheats: need-cc
	@$(MAKE) -C common/course cheats

# The starters, cut anew from the solutions
starters:
	@common/course/course starters

help:
	@common/front help

# Any two digits that no lesson has, and any other word: one clear line.
.DEFAULT:
	@common/front unknown '$@'

$(NUMBERS): build/stage
	@$(MAKE) -C $(call folder,$@) play

tour: need-cc
	@common/front tour

build/stage: stage
stage: need-cc
	@$(MAKE) -C common/stage

need-cc:
	@common/need-cc '$(firstword $(CC))' .

# Everything that is built: pairs, proofs, stage.
pairs: $(LESSONS:%=%/pair)
$(LESSONS:%=%/pair): build/stage
	@$(MAKE) -C $(@D)

$(CLAIMS): build/stage
	@$(MAKE) -s -C $(@D) claims

all-claims: $(CLAIMS)
.PHONY: all-claims $(CLAIMS)

claims: $(CLAIMS)
	@common/front claims $(CLAIMS)
	@common/t/ledger.sh --count

$(NUMBERS:%=claims-%): claims-%: build/stage
	@$(MAKE) -s -C $(call folder,$*) claims
	@$(call folder,$*)/claims

# A lesson's system calls, drawn in time
$(NUMBERS:%=trace-%): trace-%: build/stage
	@$(MAKE) -s -C $(call folder,$*)
	@common/trace/trace $(call folder,$*)

# prove is the runner; everything speaks TAP. -e '' runs each file itself. Of
# the exercises only starters and references: make dev-check does all answers.
test: need-cc
	@common/front need prove 'apt-get install perl, or: make deps'
	@$(MAKE) pairs course cheats $(CLAIMS)
	@prove -j4 -e '' $(TESTS)
	@PART=quick RUNS=1 prove -j4 -e common/course/dev-check $(EXERCISES)

memcheck: pairs $(CLAIMS)
	@common/front need valgrind 'apt-get install valgrind, or: make deps'
	@common/memcheck $(LESSONS)

# What takes longer. Can each proof fail, does each checker see each mistake?
faults: pairs
	@$(MAKE) -s -C common/shake
	@common/faults $(LESSONS)

mutants: pairs $(CLAIMS)
	@common/mutants $(LESSONS)
	@PART=mutants $(MAKE) dev-check

# The whole suite N times; the first failure ends it.
soak: need-cc
	@common/soak $${N:-50}

lint:
	@common/lint

variants:
	@common/variants

# README's two commands on another system: SYSTEM=trixie, RECORD=1, ...
on-system:
	@common/tools/on-system

# QUICK=1 for a first look, ONLY=pipe,fifo for some, taskset for other CPUs.
BENCH = $(if $(QUICK),-q) $(if $(ONLY),-f '$(ONLY)')
bench-repeat: build/bench
	@common/bench/repeat $(or $(N),10)

bench: build/bench
	@build/bench $(BENCH) -o build/bench-results

compare: build/bench
	@build/bench -c

build/bench: build/stage FORCE
	@$(MAKE) -C common/bench

# It says itself what /proc lacks.
doctor: export NEED_PROC = no
doctor: build/stage
	@build/stage doctor

deps:
	@common/deps

clean:
	@for d in $(LESSONS); do $(MAKE) -s -C $$d clean || exit; done
	rm -rf build

clean-ipc: build/stage
	@build/stage clean $(DIRS) build $(wildcard build/exercises/*/*/)

why: build/stage
	@build/stage why $(PID)

.PHONY: check hint watch next list reset solution course dev-check cheats
.PHONY: starters faults mutants soak $(NUMBERS:%=trace-%)
.PHONY: status help tour stage need-cc pairs claims test memcheck lint doctor
.PHONY: bench-repeat
.PHONY: on-system
.PHONY: bench compare FORCE variants deps clean clean-ipc why $(NUMBERS) $(NUMBERS:%=claims-%)
.PHONY: $(LESSONS:%=%/pair)
