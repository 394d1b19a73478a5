# Goals, then measures: scores in hundredths. All that is divided here is whole and far below 2^53, so that the
# quotient's whole part is exact.
FNR == NR { weight[$2, $3, $1] = $4; target[$2, $3, $1] = int($5 * 100 + 0.5); next }
($2, $3, $1) in weight {
    w = weight[$2, $3, $1]
    t = target[$2, $3, $1]
    points = int((200 * w * int($4 * 100 + 0.5) + t) / (2 * t))
    score[$2] += points < 150 * w ? points : 150 * w
}
END { for (m in score) print m, score[m] }
