# done visits, clients and minutes by manager and month
$5 == "done" {
    k = $2 OFS substr($1, 1, 7)
    n[k]++
    minutes[k] += $8
    if (!seen[k, $3]++) clients[k]++
}
END { for (k in n) print k, n[k], clients[k], minutes[k] }
