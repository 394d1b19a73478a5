# An answer to a task, as a program (name) gives it, in one form for all: numbers in hundredths. Means must be those of
# the sum, which our tools round to hundredths, and mawk to six digits; they are left out.
BEGIN { OFS = "\t" }
function whole(x) { return sprintf("%.0f", x * 100) }
function tally(k) { # the last key's field
    off = $(k + 3) - $(k + 2) / $(k + 1)
    most = name ~ /^(libkpi|pipe)/ ? 0.005000001 : 0.0001
    if (off > most || off < -most) print "wrong mean", $0
    $(k + 2) = whole($(k + 2))
    $(k + 4) = whole($(k + 4))
    $(k + 5) = whole($(k + 5))
    $1 = k == 2 ? $1 OFS $2 : $1
    print $1, $(k + 1), $(k + 2), $(k + 4), $(k + 5) (name == "miller" ? "" : OFS $(k + 6) OFS $(k + 7))
}
task == "tally" { tally(2) }
task == "light" { tally(1) }
task == "visits" && $3 { print } # the others tell nothing of who has no visit done
task == "score" { if (name ~ /^libkpi/) print $2, whole($3); else print }
task == "filter" { print }
task == "yaml" && name != "source" { print $1, $2, $3, whole($5) }
task == "yaml" && /^goals: / { period = substr($0, 8) }
task == "yaml" && /^  / {
    split($0, half, /^  |: [{]|}/)
    n = split(half[3], pair, /, /)
    for (i = 1; i <= n; i++) {
        split(pair[i], goal, /: /)
        print period, half[2], goal[1], whole(goal[2])
    }
}
