# n, sum, mean, min, max, promoters and detractors of feedback by manager, and with themes by theme too
{
    k = themes ? $2 OFS $5 : $2
    s = $6 + 0
    if (!n[k]++) low[k] = high[k] = s
    sum[k] += s
    if (s < low[k]) low[k] = s
    if (s > high[k]) high[k] = s
    if (s >= 9) good[k]++
    else if (s < 7) bad[k]++
}
END { for (k in n) print k, n[k], sum[k], sum[k] / n[k], low[k], high[k], good[k] + 0, bad[k] + 0 }
