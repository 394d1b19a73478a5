/* gen.c - logs, measures and goals for the benchmark, the same bytes on every machine.
 *
 *   gen feedback LINES [MANAGERS [A_DAY]]    gen visits LINES    gen measures|goals|yaml|documents MANAGERS
 *   gen scheme
 *
 * feedback and visits are logs of twelve months in order of entry, 2 % of the lines up to a week late, of 5,000
 * managers with 80 clients each (one client in twenty is anybody's) and 40 themes, the first the commonest. With
 * MANAGERS there are that many, each in his turn; with A_DAY that many lines a day, from 2000 on, none late.
 * measures come metric by metric, the managers in another order each time, one in 512 missing; goals manager by
 * manager; yaml is goals as people write them in short, documents the same in full; scheme goes with goals. Three names and texts in ten are not ASCII. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MANAGERS = 5000, CLIENTS_EACH = 80, THEMES = 40, METRICS = 6, SLOTS = 1 << 14, SLACK = 8, DAY = 86400 };
#define SIZE(list)   (uint32_t)(sizeof(list) / sizeof *(list))
#define ONE_OF(list) list[below(SIZE(list))]

static uint64_t state = 20261102;

static uint32_t below(uint32_t n) { /* xorshift*, by Vigna */
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return (uint32_t)(((state * 0x2545F4914F6CDD1Du) >> 32) * n >> 32);
}

static void text(const char *s) { fputs_unlocked(s, stdout); }
static void byte(int c) { putchar_unlocked(c); }

static void put(const char *s) { /* a field that is not the last */
    text(s);
    byte('\t');
}

static void number(uint32_t n, int width) {
    char digits[10];
    int k = 0;
    do digits[k++] = (char)('0' + n % 10);
    while (n /= 10);
    while (k < width) digits[k++] = '0';
    while (k) byte(digits[--k]);
}

static void hundredths(uint32_t n) {
    number(n / 100, 1);
    byte('.');
    number(n % 100, 2);
}

static const char *const family[] = {"zhang",  "li",     "wang",  "zhao",    "sun",    "qian",
                                     "feng",   "xu",     "olsen", "haddad",  "okafor", "moreau",
                                     "becker", "keller", "silva", "ivanova", "nguyen", "park"};
static const char *const given[] = {"wei",  "na",    "hao", "lan",   "jie",  "yuan", "mei",  "tao",
                                    "anna", "marco", "tom", "sofia", "omar", "ines", "lars", "emma"};
static const char *const han_family[] = {"王", "陈", "刘", "周", "吴", "郑", "孙", "高", "林", "何", "司马"};
static const char *const han_given[] = {"芳", "静", "洋", "颖", "桐", "凯", "鹏", "敏", "建华", "雪梅", "志强", "海燕"};

static void manager(uint32_t id, int width) {
    uint32_t h = (id + 1) * 0x9E3779B1u;
    h = (h ^ h >> 15) * 0x85EBCA6Bu, h ^= h >> 13;
    uint32_t a = h >> 8 & 0xfff, b = h >> 20;
    if (h % 10 < 3) {
        text(han_family[a % SIZE(han_family)]);
        text(han_given[b % SIZE(han_given)]);
    } else {
        text(family[a % SIZE(family)]);
        byte('.');
        text(given[b % SIZE(given)]);
        byte('.');
    }
    number(id, width);
}

static const char *const sources[] = {"survey", "call", "visit", "app"};
static const char *const themes[THEMES] = {
    "delivery",      "price",        "service",       "quality",        "售后",          "invoice",
    "waiting-time",  "advice",       "发货",          "returns",        "contract",      "stock",
    "damaged-goods", "hotline",      "web-shop",      "质量",           "friendliness",  "payment-terms",
    "catalogue",     "installation", "training",      "报价",           "spare-parts",   "packaging",
    "reliability",   "discounts",    "reachability",  "sampling",       "product-range", "客户关怀",
    "credit-note",   "planning",     "promises-kept", "sustainability", "language",      "data-protection",
    "trade-fair",    "gifts",        "opening-hours", "anything-else"};
static const char *const kinds[] = {"visit", "call", "video", "meeting"};
static const char *const purposes[] = {"renewal", "complaint", "new products", "新品介绍", "offer",     "stock-taking",
                                       "dunning", "training",  "first visit",  "年度回顾", "promotion", "survey"};
static const char *const outcomes[] = {"", "order", "offer wanted", "no", "next quarter", "won"};
static const char *const remarks[] = {"asked for a new offer",
                                      "will call again",
                                      "fine",
                                      "late again",
                                      "very quick",
                                      "renewal discussed, \"maybe\"",
                                      "too expensive",
                                      "wants to see the boss",
                                      "twelve boxes",
                                      "all good so far",
                                      "needs an invoice copy",
                                      "no news",
                                      "thinks about it until next month",
                                      "was not there",
                                      "happy",
                                      "complains about the hotline",
                                      "moved house",
                                      "发货太慢",
                                      "十分满意",
                                      "希望降价",
                                      "下个月再联系",
                                      "已下订单",
                                      "需要样品",
                                      "態度親切",
                                      "déjà vu",
                                      "Grüße aus Köln"};

static void remark(void) { /* of at most 80 bytes; three in ten are empty */
    uint32_t r = below(10);
    size_t room = 80;
    for (uint32_t n = r < 3 ? 0 : r < 7 ? 1 : r < 9 ? 2 : 4, i = 0; i < n; i++) {
        const char *s = ONE_OF(remarks);
        if (strlen(s) + 1 > room) break;
        if (i) byte(' ');
        text(s);
        room -= strlen(s) + 1;
    }
}

static char (*days)[11];
static uint32_t last_day;
static uint8_t theme_of[SLOTS];

static int calendar(time_t first, uint64_t count) {
    last_day = (uint32_t)(count - 1);
    days = malloc((count + SLACK) * sizeof *days);
    for (uint64_t i = 0; days && i < count + SLACK; i++) {
        time_t at = first + (time_t)i * DAY;
        struct tm tm;
        strftime(days[i], sizeof days[i], "%Y-%m-%d", gmtime_r(&at, &tm));
    }
    return days != NULL;
}

static void zipf(void) { /* theme k is drawn in proportion to 1/(k + 1) */
    uint32_t sum = 0, upto = 0, slot = 0;
    for (uint32_t k = 0; k < THEMES; k++) sum += 1000000 / (k + 1);
    for (uint32_t k = 0; k < THEMES; k++) {
        upto += 1000000 / (k + 1);
        for (; slot < SLOTS && (uint64_t)slot * sum < (uint64_t)upto * SLOTS; slot++) theme_of[slot] = (uint8_t)k;
    }
}

static void stamp(uint32_t day) {
    text(days[day]);
    byte('T');
    number(8 + below(11), 2);
    byte(':');
    number(below(60), 2);
    byte(':');
    number(below(60), 2);
    put("Z");
}

static void score(uint32_t r) {
    uint32_t points = r < 45 ? 9 + below(2) : r < 75 ? 7 + below(2) : below(7);
    number(points, 1);
    if (points < 10 && below(20) == 0) text(".5");
    byte('\t');
}

static void feedback(uint32_t day) {
    uint32_t r = below(100);
    put(ONE_OF(sources));
    put(themes[theme_of[below(SLOTS)]]);
    score(r);
    put(r >= 60 && below(3) ? days[day + below(6)] : "");
}

static void visit(uint32_t day) {
    (void)day;
    uint32_t r = below(100);
    put(ONE_OF(kinds));
    put(r < 85 ? "done" : r < 93 ? "planned" : r < 97 ? "missed" : "cancelled");
    put(ONE_OF(purposes));
    put(ONE_OF(outcomes));
    uint32_t minutes = 5 + 5 * below(24);
    if (below(4) == 0) minutes += below(5);
    number(minutes, 1);
    byte('\t');
}

static uint32_t coprime(uint32_t n, uint32_t from) { /* steps of it reach each of n places */
    for (;; from++) {
        uint32_t a = n, b = from;
        while (b) {
            uint32_t rest = a % b;
            a = b, b = rest;
        }
        if (a == 1) return from;
    }
}

static int logs(uint64_t lines, uint32_t managers, uint32_t a_day, void (*middle)(uint32_t)) {
    uint32_t step = managers ? coprime(managers, managers / 3 * 2 + 1) : 0, at = 0;
    if (!calendar(a_day ? 946684800 : 1761955200, a_day ? lines / a_day + 1 : 365)) return 0; /* 2000; 2025-11-01 */
    zipf();
    for (uint64_t i = 0; i < lines; i++) {
        uint32_t day = (uint32_t)(a_day ? i / a_day : i * 365 / lines), late = below(50) || a_day ? 0 : below(8);
        uint32_t m = managers ? at : below(MANAGERS);
        if (managers) at = (uint32_t)(((uint64_t)at + step) % managers);
        put(days[day > late ? day - late : 0]);
        manager(m, 4);
        text("\tC");
        number(below(20) ? m % MANAGERS + MANAGERS * below(CLIENTS_EACH) : below(MANAGERS * CLIENTS_EACH), 6);
        byte('\t');
        middle(day);
        stamp(day);
        remark();
        byte('\n');
    }
    return 1;
}

static const char *const metrics[METRICS] = {"sales",    "client-visits", "nps",
                                             "renewals", "new-clients",   "training-days"};
static const uint32_t weights[][METRICS] = {
    {30, 20, 15, 15, 10, 10}, {20, 30, 20, 10, 10, 10}, {35, 15, 10, 15, 15, 10}, {25, 10, 25, 20, 10, 10}};

static uint32_t target(int k) { /* in hundredths */
    return k ? 2000 + 250 * below(40) : 800000 + 1000 * below(3000);
}

static void measures(uint32_t managers) {
    for (int k = 0; k < METRICS; k++) {
        uint32_t step = coprime(managers, managers / 7 * (uint32_t)(k + 1) + 1), at = below(managers);
        for (uint32_t i = 0; i < managers; i++, at = (uint32_t)(((uint64_t)at + step) % managers)) {
            if (below(512) == 0) continue;
            put("2026-09");
            manager(at, 6);
            byte('\t');
            put(metrics[k]);
            hundredths(below(k ? 15000 : 4000000));
            byte('\n');
        }
    }
}

static void goals(uint32_t managers) {
    for (uint32_t i = 0; i < managers; i++) {
        const uint32_t *weight = ONE_OF(weights);
        for (int k = 0; k < METRICS; k++) {
            put("2026-09");
            manager(i, 6);
            byte('\t');
            put(metrics[k]);
            number(weight[k], 1);
            byte('\t');
            hundredths(target(k));
            text("\t\n");
        }
    }
}

static void yaml(uint32_t managers) {
    text("---\ngoals: 2026-09\ntargets:\n");
    for (uint32_t i = 0; i < managers; i++) {
        text("  ");
        manager(i, 6);
        for (int k = 0; k < METRICS; k++) {
            text(k ? ", " : ": {");
            text(metrics[k]);
            text(": ");
            hundredths(target(k));
        }
        text("}\n");
    }
}

static void scheme(void) {
    text("---\nscheme: bench\nmetrics:\n");
    for (int k = 0; k < METRICS; k++)
        printf("  %s: {weight: %u, curve: [[0, 0], [1.5, 1.5]]}\n", metrics[k], weights[0][k]);
}

/* Goals in full that nothing can be said against, but that they are only a part of the one they support. */
static void documents(uint32_t managers) {
    text("---\ngoal: top\nowner: company\nmetric: sales\nperiod: 2026-09\ntarget: 999999999\n"
         "title: What all of us are to sell\nstrategy: true\nset: 2026-08-01\n");
    for (uint32_t i = 0; i < managers; i++)
        for (int k = 0; k < METRICS; k++) {
            text("---\ngoal: ");
            manager(i, 6);
            byte('-');
            text(metrics[k]);
            text("\nowner: ");
            manager(i, 6);
            text("\nmetric: ");
            text(metrics[k]);
            text("\nperiod: 2026-09\ntarget: ");
            hundredths(target(k));
            text("\ntitle: A good month\nwhy: ");
            text(ONE_OF(remarks));
            text("\nsupports: top\nreviews: [2026-09-11, 2026-09-21]\nset: 2026-08-20\nagreed: 2026-08-25\n");
        }
}

int main(int argc, char **argv) {
    uint64_t n[3] = {1};
    for (int i = 2; i < argc && i < 5; i++) n[i - 2] = strtoull(argv[i], NULL, 10);
    char what = argc < 2 || !n[0] || n[0] > 4000000000 ? '?' : *argv[1];
    uint32_t managers = (uint32_t)n[0];
    int done = 1;
    if (what == 'f')
        done = logs(n[0], (uint32_t)n[1], (uint32_t)n[2], feedback);
    else if (what == 'v')
        done = logs(n[0], 0, 0, visit);
    else if (what == 'm')
        measures(managers);
    else if (what == 'g')
        goals(managers);
    else if (what == 'y')
        yaml(managers);
    else if (what == 'd')
        documents(managers);
    else if (what == 's')
        scheme();
    else
        return fprintf(stderr, "usage: gen feedback|visits|measures|goals|yaml|documents|scheme COUNT ...\n"), 2;
    return !done || fflush(stdout) || ferror(stdout);
}
