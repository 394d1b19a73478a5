# Makefile of libkpi: library, tools, tests and installation. One file; it never descends into folders.
#
#   make                     the library and the tools, into build/release
#   make VARIANT=debug       the same without optimization, into build/debug; VARIANT=san, tsan: with sanitizers
#   make deps demo           installs what is missing; prints the score table of the example month
#   make check lint bench    all tests; only the checks of the sources; speed beside what is used instead
#   make install uninstall   to PREFIX (/usr/local), under DESTDIR where given
#   make dist clean          build/libkpi-VERSION.tar.gz of the last commit; removes build/
#
# CPPFLAGS, CFLAGS and LDFLAGS are yours: they come after our own. V=1 shows the commands in full.

# The files of the library in the order data pass them, each needing only those before it.
LIB = error text decimal period calendar machine dict sort input line record scan column filter grep book scanyaml \
      yaml node scheme goalrow goalline goalorder compact goal life tree cell measure bag stat group tally due honesty \
      followup amend phrases theme runs level split parts history credit sheet team score explain stable pace need \
      smart plan json run diff output store log document goalfile
# The tools: each is cmd/NAME.c, and cmd/tool.c linked into all of them.
TOOLS = goal-set goal-revise goal-split goal-list goal-check visit-log visit-due visit-check visit-tally feedback-log \
        feedback-theme feedback-level feedback-tally feedback-due kpi-grep kpi-amend kpi-score kpi-diff kpi-pace \
        kpi-need
DEMO = sh examples/demo.sh

VARIANT = release
PREFIX ?= /usr/local
BINDIR = $(PREFIX)/bin
LIBDIR = $(PREFIX)/lib
INCLUDEDIR = $(PREFIX)/include
DATADIR = $(PREFIX)/share
MANDIR = $(DATADIR)/man
DOCDIR = $(DATADIR)/doc/libkpi
PKG_CONFIG ?= pkg-config

VERSION := $(shell sed -n 's/^.define KPI_VERSION "\(.*\)"/\1/p' libkpi/kpi.h)
SONAME = libkpi.so.0
SHARED = libkpi.so.$(VERSION)
YAML_CFLAGS := $(shell $(PKG_CONFIG) --cflags yaml-0.1 2>/dev/null)
YAML_LIBS := $(shell $(PKG_CONFIG) --libs yaml-0.1 2>/dev/null || echo -lyaml)
CMOCKA = $(shell $(PKG_CONFIG) --cflags --libs cmocka 2>/dev/null || echo -lcmocka)

cpp_release = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
cc_release = -O2 -g -fstack-protector-strong -fstack-clash-protection
more_release = -O3 # the library; 3 to 5 % of each tally, filter and score
ld_release = -Wl,-z,relro,-z,now,-z,defs
cc_debug = -O0 -g
cc_tsan = -O1 -g -fsanitize=thread
cc_san = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
ifeq ($(cc_$(VARIANT)),)
$(error there is no VARIANT=$(VARIANT), only release, debug, san and tsan)
endif

# The prefix map keeps the folder of the build out of the files: same sources, same bytes, wherever built.
warn = -pthread -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes
cpp = -D_GNU_SOURCE -Ilibkpi $(YAML_CFLAGS) $(cpp_$(VARIANT)) $(CPPFLAGS)
cc = -std=gnu17 $(warn) $(cc_$(VARIANT)) $(more) -fvisibility=hidden -ffile-prefix-map=$(CURDIR)=. $(CFLAGS)
ld = -pthread $(cc_$(VARIANT)) $(ld_$(VARIANT)) -Wl,--as-needed $(CFLAGS) $(LDFLAGS)

B = build/$(VARIANT)
lib_o = $(LIB:%=$(B)/libkpi/%.o)
tool_o = $(TOOLS:%=$(B)/cmd/%.o) $(B)/cmd/tool.o
tools = $(TOOLS:%=$(B)/bin/%)
units = $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))
drivers = $(B)/yaml/trees $(B)/goals/splits $(B)/feedback/wilson
benches = $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))
MAN = $(wildcard man/*.[1-8])

Q = $(if $(V),,@)
define say =
	@mkdir -p $(@D)
	$(if $(V),,@echo '  $(1) $@')
endef

all: lib tools
lib: $(B)/libkpi.a $(B)/libkpi.so
tools: $(tools)
units: $(units) $(drivers)

$(lib_o): more = $(more_$(VARIANT))
$(lib_o): $(B)/libkpi/%.o: libkpi/%.c Makefile
	$(call say,CC)
	$(Q)$(CC) $(cpp) $(cc) -fPIC -MMD -MP -c -o $@ $<

$(tool_o): $(B)/cmd/%.o: cmd/%.c Makefile
	$(call say,CC)
	$(Q)$(CC) $(cpp) $(cc) -fPIE -MMD -MP -c -o $@ $<

$(B)/libkpi.a: $(lib_o)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/$(SHARED): $(lib_o) libkpi/libkpi.map
	$(call say,LD)
	$(Q)$(CC) -shared -Wl,-soname,$(SONAME),--version-script,libkpi/libkpi.map $(ld) -o $@ $(lib_o) $(YAML_LIBS)

$(B)/libkpi.so: $(B)/$(SHARED)
	$(Q)ln -sf $(SHARED) $(B)/$(SONAME) && ln -sf $(SONAME) $@

$(tools): $(B)/bin/%: $(B)/cmd/%.o $(B)/cmd/tool.o $(B)/libkpi.a
	$(call say,LD)
	$(Q)$(CC) -pie $(ld) -o $@ $^ $(YAML_LIBS)

$(units): $(B)/unit/%: tests/unit/%.c $(B)/libkpi.a Makefile
	$(call say,CC)
	$(Q)$(CC) $(cpp) $(cc) -fPIE -MMD -MP -MT $@ -MF $@.d -pie $(ld) -o $@ $< $(B)/libkpi.a $(YAML_LIBS) $(CMOCKA)

$(drivers): $(B)/%: tests/%.c $(B)/libkpi.a Makefile
	$(call say,CC)
	$(Q)$(CC) $(cpp) $(cc) -fPIE -MMD -MP -MT $@ -MF $@.d -pie $(ld) -o $@ $< $(B)/libkpi.a $(YAML_LIBS)

# The allocations of libkpi.a are led to the test, which lets them fail.
wrapped = malloc calloc realloc free strdup strndup realpath asprintf __asprintf_chk
$(B)/unit/test_memory: ld += $(addprefix -Xlinker --wrap=,$(wrapped))

$(benches): $(B)/bench/%: tests/bench/%.c $(B)/libkpi.a Makefile
	$(call say,CC)
	$(Q)$(CC) $(cpp) $(cc) -fPIE -pie $(ld) -o $@ $< $(B)/libkpi.a $(YAML_LIBS)

deps:
	@sh tests/deps.sh

demo: tools
	@PATH="$(CURDIR)/$(B)/bin:$$PATH" $(DEMO)

# Once as installed, and once with sanitizers where they work (gcc on musl has none; they need /proc).
works = $(CC) $(cc_$(1)) -pthread -o $(B)/probe.$(1) $(B)/probe.c && ASAN_OPTIONS=detect_leaks=0 $(B)/probe.$(1) 2>&-
check: all units
	@echo 'int main(void) { return 0; }' >$(B)/probe.c
	@set --; \
	if $(call works,san); then $(MAKE) --no-print-directory VARIANT=san tools units && set -- build/san || exit 1; fi; \
	if $(call works,tsan); then $(MAKE) --no-print-directory VARIANT=tsan tools && set -- "$$@" build/tsan || exit 1; fi; \
	sh tests/check.sh $(B) "$$@"

lint: all
	@sh tests/lint.sh $(B)

bench: tools $(benches)
	@sh tests/bench/run.sh $(B)

pc = $(patsubst $(PREFIX)/%,$${prefix}/%,$(1))
install: all
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(LIBDIR)/pkgconfig $(INCLUDEDIR) $(DOCDIR)/examples \
	    $(addprefix $(MANDIR)/man,$(sort $(patsubst .%,%,$(suffix $(MAN))))))
	install -m 755 $(tools) $(DESTDIR)$(BINDIR)
	install -m 755 $(B)/$(SHARED) $(DESTDIR)$(LIBDIR)
	ln -sf $(SHARED) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libkpi.so
	install -m 644 $(B)/libkpi.a $(DESTDIR)$(LIBDIR)
	install -m 644 libkpi/kpi.h $(DESTDIR)$(INCLUDEDIR)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(call pc,$(LIBDIR))|' -e 's|@VERSION@|$(VERSION)|' \
	    -e 's|@INCLUDEDIR@|$(call pc,$(INCLUDEDIR))|' libkpi/libkpi.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/libkpi.pc
	chmod 644 $(DESTDIR)$(LIBDIR)/pkgconfig/libkpi.pc
	for m in $(MAN); do install -m 644 $$m $(DESTDIR)$(MANDIR)/man$${m##*.} || exit 1; done
	cp -R examples/. $(DESTDIR)$(DOCDIR)/examples
	chmod -R u=rwX,go=rX $(DESTDIR)$(DOCDIR)
	test -n "$(DESTDIR)" || ldconfig >/dev/null 2>&1 || :

uninstall:
	rm -f $(TOOLS:%=$(DESTDIR)$(BINDIR)/%) $(DESTDIR)$(INCLUDEDIR)/kpi.h $(DESTDIR)$(LIBDIR)/pkgconfig/libkpi.pc
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/,libkpi.a libkpi.so $(SONAME) $(SHARED))
	for m in $(MAN); do rm -f $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/}; done
	rm -rf $(DESTDIR)$(DOCDIR)

dist:
	@mkdir -p build
	git archive --prefix=libkpi-$(VERSION)/ -o build/libkpi-$(VERSION).tar.gz HEAD

clean:
	rm -rf build

.PHONY: all lib tools units deps demo check lint bench install uninstall dist clean
.DELETE_ON_ERROR:
-include $(lib_o:.o=.d) $(tool_o:.o=.d) $(units:=.d) $(drivers:=.d)
