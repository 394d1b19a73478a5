# The tables, of lines: task, name, nanoseconds, KiB.
function named(list, into, what, i, n, part) {
    n = split(list, part, /, */)
    for (i = 1; i <= n; i++) {
        split(part[i], what, /=/)
        into[i] = what[1]
        title[what[1]] = what[2]
    }
    return n
}
function of(t, p) { return (t, p) in time ? time[t, p] : 0 }
function cell(known, value, digits) { printf " %s |", known ? sprintf("%." digits "f", value) : "–" }
function near(value) { return value < 10 ? 2 : value < 100 ? 1 : 0 }
function ratio(known, a, b) { cell(known && b, known && b ? a / b : 0, known && b ? near(a / b) : 0) }
function head(first, list, n, from, i) {
    printf "\n| %s |", first
    for (i = from; i <= n; i++) if (list[i] in seen) printf " %s |", title[list[i]]
    printf "\n|---|"
    for (i = from; i <= n; i++) if (list[i] in seen) printf "---:|"
    print ""
}
function table(what, first, from, i, j, t, p, base, b) {
    head(first, program, programs, from)
    for (i = 1; i <= tasks; i++) {
        t = task[i]
        if (!((t, "libkpi") in time) || what == "ours" && t ~ /-/) continue
        base = t
        sub(/-(pipe|sorted)$/, "", base)
        printf "| %s |", title[t]
        for (j = from; j <= programs; j++) {
            p = program[j]
            if (!(p in seen)) continue
            b = of(base, what != "ours" ? "wc" : p ~ /-1$/ ? "libkpi-1" : "libkpi")
            if (what != "memory") ratio(of(t, p), of(t, p), b)
            else cell(of(t, p), memory[t, p] / 1024, near(memory[t, p] / 1024))
        }
        print ""
    }
}
function growth(i, k, c, one, size, keys, columns) {
    split("10000 100000 1000000 10000000", size, " ")
    for (k = 4; k && !(("growth", size[k] "-theme") in time); k--) continue
    if (!k) return
    one = ("growth", size[k] "-theme-1") in time
    columns = split(one ? "theme-1 theme manager,theme-1 manager,theme" : "theme manager,theme", keys, " ")
    print "\nTime a line, that of the largest file = 1; net: less that of a file of one line."
    printf "\n| lines |"
    for (c = 1; c <= columns; c++)
        printf " %s, %s | net |", keys[c] ~ /^m/ ? "by manager × theme" : "by theme", keys[c] ~ /-1$/ ? "1 thread" : threads
    if (("growth", size[k] "-sorted") in time) printf " --sorted, one day, whole |"
    printf "\n|---:|"
    for (c = 1; c <= columns; c++) printf "---:|---:|"
    print ("growth", size[k] "-sorted") in time ? "---:|" : ""
    for (i = 1; i <= k; i++) {
        printf "| %d |", size[i]
        for (c = 1; c <= columns; c++) each(size[i], size[k], "-" keys[c])
        if (("growth", size[k] "-sorted") in time)
            ratio(1, time["growth", size[i] "-sorted"], time["growth", size[k] "-sorted"])
        print ""
    }
}
function each(n, most, what, start) {
    start = time["growth", "start"]
    ratio(1, time["growth", n what] / n, time["growth", most what] / most)
    ratio(1, (time["growth", n what] - start) / n, (time["growth", most what] - start) / most)
}
function groups(n) {
    print "\n| groups | x `wc -l` | MiB |\n|---:|---:|---:|"
    for (n = 200; n <= 2000000; n *= 10) {
        if (!(("groups-" n, "libkpi") in time)) continue
        printf "| %d |", n
        ratio(1, time["groups-" n, "libkpi"], time["groups-" n, "wc"])
        cell(1, memory["groups-" n, "libkpi"] / 1024, 1)
        print ""
    }
}
function start(i, n, list) {
    n = split("kpi-score mawk sqlite3 miller", list, " ")
    print "\n| start-up | x a bare C program with libyaml |\n|---|---:|"
    for (i = 1; i <= n; i++) {
        if (!(("start", list[i]) in time)) continue
        printf "| %s |", i == 1 ? "`kpi-score --version`" : i == 2 ? "`mawk 'BEGIN {}'`" : "`" list[i] " --version`"
        ratio(1, time["start", list[i]], time["start", "bare"])
        print ""
    }
}
function looked(what, task, name, size, events) {
    if ((task, name) in time) rate(what ", less the start-up", size, time[task, name] - time[task, "start"], events)
}
function yaml(size, events) {
    if (!(("parse", "read") in time)) return
    size = time["yaml", "size"] * 1000
    events = time["parse", "events"]
    print "\n| 60,000 goals in YAML | MB/s | x libyaml |\n|---|---:|---:|"
    rate("parsed, in a fresh process (`kpi_goals_read`)", size, time["parse", "read"], events)
    rate("and checked (`kpi_goals_check`)", size, time["parse", "check"], events)
    rate("events of libyaml alone, likewise", size, events, events)
    looked("`goal-list -m` one manager", "yaml", "one", size, events)
    looked("`goal-list`, all listed", "yaml", "libkpi", size, events)
    looked("`goal-list --tree`", "yaml", "tree", size, events)
    looked("`goal-check`", "yaml", "check", size, events)
    size = time["full", "size"] * 1000
    events = time["parse-full", "events"]
    rate("60,000 documents, parsed and checked", size, time["parse-full", "check"], events)
    rate("events of libyaml alone", size, events, events)
    looked("`goal-list`, all listed", "full", "libkpi", size, events)
    looked("`goal-list --tree`", "full", "tree", size, events)
    looked("`goal-check`", "full", "check", size, events)
}
function rate(what, size, ns, events) {
    printf "| %s | %.0f |", what, size / ns
    ratio(1, events, ns)
    print ""
}
$2 == "pipe" || $2 == "sorted" { $1 = $1 "-" $2; $2 = "libkpi" }
{ time[$1, $2] = $3; memory[$1, $2] = $4; if ($1 !~ /^(growth|groups|start|yaml|full|parse)/) seen[$2] = 1 }
END {
    tasks = named("tally=feedback by manager × theme, tally-pipe=the same from a pipe, light=feedback by manager," \
        "visits=visits by manager × month, score=scores of managers, filter=lines of a manager and month," \
        "filter-sorted=the same with --sorted", task)
    threads = jobs == 1 ? "1 thread" : jobs " threads"
    programs = named("libkpi=libkpi. " threads ",libkpi-1=libkpi. 1 thread,duckdb=DuckDB. " threads \
        ",duckdb-1=DuckDB. 1 thread,mawk=mawk,sqlite3=sqlite3,miller=Miller,grep=grep", program)
    for (p in title) sub(/[.]/, ",", title[p])
    table("wc", "time, `wc -l` = 1", 1)
    table("ours", "time, libkpi on as many threads = 1", 3)
    table("memory", "peak memory, MiB", 1)
    growth()
    groups()
    start()
    yaml()
}
