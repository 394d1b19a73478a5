/* text.c - UTF-8 text: decoding, width on a terminal, showing what is unsafe, and the escapes of KPI lines.
 *
 * Nearly all text is printable ASCII, which is_plain() recognises eight bytes at a time; what is left goes code
 * point by code point. Output that may be cut goes through struct sink, which never takes half of a piece. */
#include "internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- code points ---- */

static uint32_t decode_long(const unsigned char *p, size_t room, unsigned *length) {
    static const uint32_t least[] = {[3] = 0x800, [4] = 0x10000}; /* less is overlong; of two bytes: C0, C1 */
    unsigned n = *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
    uint32_t code = *p & 0x7Fu >> n;
    *length = 1;
    if (*p < 0xC2 || *p > 0xF4 || room < n) return KPI__NO_CODE;
    for (unsigned i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) return KPI__NO_CODE;
        code = code << 6 | (p[i] & 0x3Fu);
    }
    if (code < least[n] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return KPI__NO_CODE;
    *length = n;
    return code;
}

uint32_t kpi__decode(const char *p, const char *end, unsigned *length) {
    if ((unsigned char)*p >= 0x80) return decode_long((const unsigned char *)p, (size_t)(end - p), length);
    *length = 1;
    return (unsigned char)*p;
}

/* 0 for what is no code point. */
size_t kpi__encode(uint32_t code, char out[4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return 0;
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)((0xF00 >> length & 0xFF) | code);
    return length;
}

typedef struct range { uint32_t first, last; } range;

static bool is_in(uint32_t code, const range *table, size_t n) {
    size_t low = 0;
    while (low < n) { /* the first range that does not end before code is in low..n */
        size_t middle = low + (n - low) / 2;
        if (table[middle].last < code) low = middle + 1;
        else if (table[middle].first <= code) return true;
        else n = middle;
    }
    return false;
}

bool kpi__is_control(uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F);
}

bool kpi__is_hostile(uint32_t code) {
    static const range hostile[] = {
        {0x00, 0x1F}, {0x7F, 0x9F}, {0x61C, 0x61C}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069},
        {0xFEFF, 0xFEFF}
    };
    return is_in(code, hostile, KPI__COUNT(hostile));
}

bool kpi__is_blank(uint32_t code) {
    static const range blank[] = {
        {0x20, 0x20}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A}, {0x202F, 0x202F}, {0x205F, 0x205F},
        {0x3000, 0x3000}
    };
    return code <= 0x3000 && is_in(code, blank, KPI__COUNT(blank));
}

/* ---- plain ASCII ---- */

/* Not 0 when a byte of w is not 0x20..0x7E, or is a backslash. */
static uint64_t oddities(uint64_t w) {
    uint64_t backslash = w ^ KPI__BYTES(0x5Cu);
    uint64_t below = (w - KPI__BYTES(0x20u)) & ~w, same = (backslash - KPI__BYTES(1u)) & ~backslash;
    return (w | (w + KPI__BYTES(1u)) | below | same) & KPI__BYTES(0x80u);
}

/* Whether there is nothing but printable ASCII without backslash: the same in every form, one column a byte.
 * The last load overlaps the one before it. */
static inline bool is_plain(kpi_text text) {
    const char *p = text.ptr;
    size_t n = text.len;
    if (n >= 8) {
        for (; n > 8; p += 8, n -= 8)
            if (oddities(kpi__load8(p))) return false;
        return !oddities(kpi__load8(p + n - 8));
    }
    if (n >= 4) return !oddities((uint64_t)kpi__load4(p) << 32 | kpi__load4(p + n - 4));
    for (size_t i = 0; i < n; i++)
        if (p[i] < 0x20 || p[i] > 0x7E || p[i] == '\\') return false;
    return true;
}

/* ---- text ---- */

kpi_text kpi_text_of(const char *string) {
    return string ? (kpi_text){string, strlen(string)} : (kpi_text){"", 0};
}

int kpi_text_compare(kpi_text a, kpi_text b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0; /* memcmp may not be given NULL */
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool kpi_names_pass(kpi_names names, kpi_text text) {
    bool found = names.n == 0;
    for (size_t i = 0; i < names.n && !found; i++) found = !kpi_text_compare(kpi_text_of(names.name[i]), text);
    return found;
}

size_t kpi__code_points(kpi_text text) {
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += (text.ptr[i] & 0xC0) != 0x80;
    return n;
}

/* ---- likeness ---- */

enum { LETTERS = 255 };

/* The code points of text; more than LETTERS: too many. */
static size_t letters_of(kpi_text text, uint32_t out[LETTERS]) {
    size_t n = 0;
    unsigned length;
    for (const char *p = text.ptr, *end = p + text.len; p < end; p += length, n++) {
        if (n == LETTERS) return n + 1;
        out[n] = kpi__decode(p, end, &length);
    }
    return n;
}

/* From the distances of the first i letters of a to those of b, and of one and two letters less, of which there are
 * i > 0. Returns the least of them. */
static size_t next_row(const uint32_t *a, size_t i, const uint32_t *b, size_t n, const size_t *before,
                       const size_t *last, size_t *row) {
    size_t least = row[0] = i;
    for (size_t k = 1; k <= n; k++) {
        size_t d = last[k - 1] + (a[i - 1] != b[k - 1]);
        if (last[k] + 1 < d) d = last[k] + 1;
        if (row[k - 1] + 1 < d) d = row[k - 1] + 1;
        if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && before[k - 2] + 1 < d)
            d = before[k - 2] + 1;
        if (d < least) least = d;
        row[k] = d;
    }
    return least;
}

size_t kpi_text_distance(kpi_text x, kpi_text y, size_t most) {
    uint32_t letters[2][LETTERS], *a = letters[0], *b = letters[1];
    size_t rows[3][LETTERS + 1], *before = rows[0], *last = rows[1], *row = rows[2];
    if (!kpi_text_compare(x, y)) return 0;
    size_t m = letters_of(x, a), n = letters_of(y, b), least = 0, apart = m < n ? n - m : m - n;
    if (m > LETTERS || n > LETTERS || apart > most) return most + 1;
    for (; m && n && *a == *b; m--, n--) a++, b++;
    for (size_t k = 0; k <= n; k++) last[k] = k;
    for (size_t i = 1; i <= m && least <= most; i++) {
        size_t *spare = before;
        least = next_row(a, i, b, n, before, last, row);
        before = last, last = row, row = spare;
    }
    return last[n] <= most && least <= most ? last[n] : most + 1;
}

size_t kpi__likeness(kpi_text name) {
    return (kpi__code_points(name) + 1) / 3;
}

bool kpi__nearer(kpi_text name, kpi_text known, size_t *most) {
    size_t distance = *most ? kpi_text_distance(name, known, *most) : 0;
    if (!distance || distance > *most) return false;
    *most = distance - 1;
    return true;
}

size_t kpi__find_name(kpi_text name, size_t n, const char *(*name_at)(const void *of, size_t i), const void *of,
                      kpi_text *nearest) {
    size_t low = 0, high = n, most = kpi__likeness(name);
    *nearest = (kpi_text){"", 0};
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = kpi_text_compare(kpi_text_of(name_at(of, middle)), name);
        if (!order) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = 0; i < n && most; i++)
        if (kpi__nearer(name, kpi_text_of(name_at(of, i)), &most)) *nearest = kpi_text_of(name_at(of, i));
    return n;
}

/* ---- columns ---- */

/* Unicode 14: general categories Mn, Me, Cf (without the soft hyphen) and the vowels and finals of Hangul
 * syllables. Ranges run across code points not yet assigned. */
static const range no_columns[] = {
    {0x300, 0x36F}, {0x483, 0x489}, {0x591, 0x5BD}, {0x5BF, 0x5BF}, {0x5C1, 0x5C2}, {0x5C4, 0x5C5}, {0x5C7, 0x5C7},
    {0x600, 0x605}, {0x610, 0x61A}, {0x61C, 0x61C}, {0x64B, 0x65F}, {0x670, 0x670}, {0x6D6, 0x6DD}, {0x6DF, 0x6E4},
    {0x6E7, 0x6E8}, {0x6EA, 0x6ED}, {0x70F, 0x70F}, {0x711, 0x711}, {0x730, 0x74A}, {0x7A6, 0x7B0}, {0x7EB, 0x7F3},
    {0x7FD, 0x7FD}, {0x816, 0x819}, {0x81B, 0x823}, {0x825, 0x827}, {0x829, 0x82D}, {0x859, 0x85B}, {0x890, 0x89F},
    {0x8CA, 0x902}, {0x93A, 0x93A}, {0x93C, 0x93C}, {0x941, 0x948}, {0x94D, 0x94D}, {0x951, 0x957}, {0x962, 0x963},
    {0x981, 0x981}, {0x9BC, 0x9BC}, {0x9C1, 0x9C4}, {0x9CD, 0x9CD}, {0x9E2, 0x9E3}, {0x9FE, 0xA02}, {0xA3C, 0xA3C},
    {0xA41, 0xA51}, {0xA70, 0xA71}, {0xA75, 0xA75}, {0xA81, 0xA82}, {0xABC, 0xABC}, {0xAC1, 0xAC8}, {0xACD, 0xACD},
    {0xAE2, 0xAE3}, {0xAFA, 0xB01}, {0xB3C, 0xB3C}, {0xB3F, 0xB3F}, {0xB41, 0xB44}, {0xB4D, 0xB56}, {0xB62, 0xB63},
    {0xB82, 0xB82}, {0xBC0, 0xBC0}, {0xBCD, 0xBCD}, {0xC00, 0xC00}, {0xC04, 0xC04}, {0xC3C, 0xC3C}, {0xC3E, 0xC40},
    {0xC46, 0xC56}, {0xC62, 0xC63}, {0xC81, 0xC81}, {0xCBC, 0xCBC}, {0xCBF, 0xCBF}, {0xCC6, 0xCC6}, {0xCCC, 0xCCD},
    {0xCE2, 0xCE3}, {0xD00, 0xD01}, {0xD3B, 0xD3C}, {0xD41, 0xD44}, {0xD4D, 0xD4D}, {0xD62, 0xD63}, {0xD81, 0xD81},
    {0xDCA, 0xDCA}, {0xDD2, 0xDD6}, {0xE31, 0xE31}, {0xE34, 0xE3A}, {0xE47, 0xE4E}, {0xEB1, 0xEB1}, {0xEB4, 0xEBC},
    {0xEC8, 0xECD}, {0xF18, 0xF19}, {0xF35, 0xF35}, {0xF37, 0xF37}, {0xF39, 0xF39}, {0xF71, 0xF7E}, {0xF80, 0xF84},
    {0xF86, 0xF87}, {0xF8D, 0xFBC}, {0xFC6, 0xFC6}, {0x102D, 0x1030}, {0x1032, 0x1037}, {0x1039, 0x103A},
    {0x103D, 0x103E}, {0x1058, 0x1059}, {0x105E, 0x1060}, {0x1071, 0x1074}, {0x1082, 0x1082}, {0x1085, 0x1086},
    {0x108D, 0x108D}, {0x109D, 0x109D}, {0x1160, 0x11FF}, {0x135D, 0x135F}, {0x1712, 0x1714}, {0x1732, 0x1733},
    {0x1752, 0x1753}, {0x1772, 0x1773}, {0x17B4, 0x17B5}, {0x17B7, 0x17BD}, {0x17C6, 0x17C6}, {0x17C9, 0x17D3},
    {0x17DD, 0x17DD}, {0x180B, 0x180F}, {0x1885, 0x1886}, {0x18A9, 0x18A9}, {0x1920, 0x1922}, {0x1927, 0x1928},
    {0x1932, 0x1932}, {0x1939, 0x193B}, {0x1A17, 0x1A18}, {0x1A1B, 0x1A1B}, {0x1A56, 0x1A56}, {0x1A58, 0x1A60},
    {0x1A62, 0x1A62}, {0x1A65, 0x1A6C}, {0x1A73, 0x1A7F}, {0x1AB0, 0x1B03}, {0x1B34, 0x1B34}, {0x1B36, 0x1B3A},
    {0x1B3C, 0x1B3C}, {0x1B42, 0x1B42}, {0x1B6B, 0x1B73}, {0x1B80, 0x1B81}, {0x1BA2, 0x1BA5}, {0x1BA8, 0x1BA9},
    {0x1BAB, 0x1BAD}, {0x1BE6, 0x1BE6}, {0x1BE8, 0x1BE9}, {0x1BED, 0x1BED}, {0x1BEF, 0x1BF1}, {0x1C2C, 0x1C33},
    {0x1C36, 0x1C37}, {0x1CD0, 0x1CD2}, {0x1CD4, 0x1CE0}, {0x1CE2, 0x1CE8}, {0x1CED, 0x1CED}, {0x1CF4, 0x1CF4},
    {0x1CF8, 0x1CF9}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0x20D0, 0x20F0},
    {0x2CEF, 0x2CF1}, {0x2D7F, 0x2D7F}, {0x2DE0, 0x2DFF}, {0x302A, 0x302D}, {0x3099, 0x309A}, {0xA66F, 0xA672},
    {0xA674, 0xA67D}, {0xA69E, 0xA69F}, {0xA6F0, 0xA6F1}, {0xA802, 0xA802}, {0xA806, 0xA806}, {0xA80B, 0xA80B},
    {0xA825, 0xA826}, {0xA82C, 0xA82C}, {0xA8C4, 0xA8C5}, {0xA8E0, 0xA8F1}, {0xA8FF, 0xA8FF}, {0xA926, 0xA92D},
    {0xA947, 0xA951}, {0xA980, 0xA982}, {0xA9B3, 0xA9B3}, {0xA9B6, 0xA9B9}, {0xA9BC, 0xA9BD}, {0xA9E5, 0xA9E5},
    {0xAA29, 0xAA2E}, {0xAA31, 0xAA32}, {0xAA35, 0xAA36}, {0xAA43, 0xAA43}, {0xAA4C, 0xAA4C}, {0xAA7C, 0xAA7C},
    {0xAAB0, 0xAAB0}, {0xAAB2, 0xAAB4}, {0xAAB7, 0xAAB8}, {0xAABE, 0xAABF}, {0xAAC1, 0xAAC1}, {0xAAEC, 0xAAED},
    {0xAAF6, 0xAAF6}, {0xABE5, 0xABE5}, {0xABE8, 0xABE8}, {0xABED, 0xABED}, {0xD7B0, 0xD7FB}, {0xFB1E, 0xFB1E},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0x101FD, 0x101FD}, {0x102E0, 0x102E0},
    {0x10376, 0x1037A}, {0x10A01, 0x10A0F}, {0x10A38, 0x10A3F}, {0x10AE5, 0x10AE6}, {0x10D24, 0x10D27},
    {0x10EAB, 0x10EAC}, {0x10F46, 0x10F50}, {0x10F82, 0x10F85}, {0x11001, 0x11001}, {0x11038, 0x11046},
    {0x11070, 0x11070}, {0x11073, 0x11074}, {0x1107F, 0x11081}, {0x110B3, 0x110B6}, {0x110B9, 0x110BA},
    {0x110BD, 0x110BD}, {0x110C2, 0x110CD}, {0x11100, 0x11102}, {0x11127, 0x1112B}, {0x1112D, 0x11134},
    {0x11173, 0x11173}, {0x11180, 0x11181}, {0x111B6, 0x111BE}, {0x111C9, 0x111CC}, {0x111CF, 0x111CF},
    {0x1122F, 0x11231}, {0x11234, 0x11234}, {0x11236, 0x11237}, {0x1123E, 0x1123E}, {0x112DF, 0x112DF},
    {0x112E3, 0x112EA}, {0x11300, 0x11301}, {0x1133B, 0x1133C}, {0x11340, 0x11340}, {0x11366, 0x11374},
    {0x11438, 0x1143F}, {0x11442, 0x11444}, {0x11446, 0x11446}, {0x1145E, 0x1145E}, {0x114B3, 0x114B8},
    {0x114BA, 0x114BA}, {0x114BF, 0x114C0}, {0x114C2, 0x114C3}, {0x115B2, 0x115B5}, {0x115BC, 0x115BD},
    {0x115BF, 0x115C0}, {0x115DC, 0x115DD}, {0x11633, 0x1163A}, {0x1163D, 0x1163D}, {0x1163F, 0x11640},
    {0x116AB, 0x116AB}, {0x116AD, 0x116AD}, {0x116B0, 0x116B5}, {0x116B7, 0x116B7}, {0x1171D, 0x1171F},
    {0x11722, 0x11725}, {0x11727, 0x1172B}, {0x1182F, 0x11837}, {0x11839, 0x1183A}, {0x1193B, 0x1193C},
    {0x1193E, 0x1193E}, {0x11943, 0x11943}, {0x119D4, 0x119DB}, {0x119E0, 0x119E0}, {0x11A01, 0x11A0A},
    {0x11A33, 0x11A38}, {0x11A3B, 0x11A3E}, {0x11A47, 0x11A47}, {0x11A51, 0x11A56}, {0x11A59, 0x11A5B},
    {0x11A8A, 0x11A96}, {0x11A98, 0x11A99}, {0x11C30, 0x11C3D}, {0x11C3F, 0x11C3F}, {0x11C92, 0x11CA7},
    {0x11CAA, 0x11CB0}, {0x11CB2, 0x11CB3}, {0x11CB5, 0x11CB6}, {0x11D31, 0x11D45}, {0x11D47, 0x11D47},
    {0x11D90, 0x11D91}, {0x11D95, 0x11D95}, {0x11D97, 0x11D97}, {0x11EF3, 0x11EF4}, {0x13430, 0x13438},
    {0x16AF0, 0x16AF4}, {0x16B30, 0x16B36}, {0x16F4F, 0x16F4F}, {0x16F8F, 0x16F92}, {0x16FE4, 0x16FE4},
    {0x1BC9D, 0x1BC9E}, {0x1BCA0, 0x1CF46}, {0x1D167, 0x1D169}, {0x1D173, 0x1D182}, {0x1D185, 0x1D18B},
    {0x1D1AA, 0x1D1AD}, {0x1D242, 0x1D244}, {0x1DA00, 0x1DA36}, {0x1DA3B, 0x1DA6C}, {0x1DA75, 0x1DA75},
    {0x1DA84, 0x1DA84}, {0x1DA9B, 0x1DAAF}, {0x1E000, 0x1E02A}, {0x1E130, 0x1E136}, {0x1E2AE, 0x1E2AE},
    {0x1E2EC, 0x1E2EF}, {0x1E8D0, 0x1E8D6}, {0x1E944, 0x1E94A}, {0xE0001, 0xE01EF}
};

/* Unicode 14: East Asian Width W and F, likewise. */
static const range two_columns[] = {
    {0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC}, {0x23F0, 0x23F0}, {0x23F3, 0x23F3},
    {0x25FD, 0x25FE}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267F, 0x267F}, {0x2693, 0x2693}, {0x26A1, 0x26A1},
    {0x26AA, 0x26AB}, {0x26BD, 0x26BE}, {0x26C4, 0x26C5}, {0x26CE, 0x26CE}, {0x26D4, 0x26D4}, {0x26EA, 0x26EA},
    {0x26F2, 0x26F3}, {0x26F5, 0x26F5}, {0x26FA, 0x26FA}, {0x26FD, 0x26FD}, {0x2705, 0x2705}, {0x270A, 0x270B},
    {0x2728, 0x2728}, {0x274C, 0x274C}, {0x274E, 0x274E}, {0x2753, 0x2755}, {0x2757, 0x2757}, {0x2795, 0x2797},
    {0x27B0, 0x27B0}, {0x27BF, 0x27BF}, {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50}, {0x2B55, 0x2B55}, {0x2E80, 0x3029},
    {0x302E, 0x303E}, {0x3041, 0x3096}, {0x309B, 0x3247}, {0x3250, 0x4DBF}, {0x4E00, 0xA4C6}, {0xA960, 0xA97C},
    {0xAC00, 0xD7A3}, {0xF900, 0xFAD9}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6B}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6},
    {0x16FE0, 0x16FE3}, {0x16FF0, 0x1B2FB}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E},
    {0x1F191, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393},
    {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567},
    {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5},
    {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6DF}, {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC},
    {0x1F7E0, 0x1F7F0}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF}, {0x1FA70, 0x1FAF6},
    {0x20000, 0x3FFFD}
};

static size_t columns_of(uint32_t code) {
    if (code < no_columns[0].first) return !kpi__is_control(code);
    if (is_in(code, two_columns, KPI__COUNT(two_columns))) return 2;
    return !is_in(code, no_columns, KPI__COUNT(no_columns));
}

/* A control character counts 0, a byte that is not UTF-8 counts 1. */
size_t kpi_text_width(kpi_text text) {
    if (is_plain(text)) return text.len;
    size_t width = 0;
    unsigned length;
    for (const char *p = text.ptr, *end = p + text.len; p < end; p += length)
        width += columns_of(kpi__decode(p, end, &length));
    return width;
}

/* ---- output that may be cut ---- */

/* After the first piece that does not fit nothing more is taken, and the room left is zeroed, so that a caller
 * can find where the text was cut. */
struct sink {
    char *out;
    size_t room, length; /* bytes left in out; of the whole result */
};

static void put(struct sink *s, const char *piece, size_t n) {
    s->length += n;
    if (n <= s->room) {
        if (n) s->out = (char *)memcpy(s->out, piece, n) + n;
        s->room -= n;
    } else if (s->room) {
        memset(s->out, 0, s->room);
        s->room = 0;
    }
}

/* A run of text, cut between code points. */
static void put_run(struct sink *s, const char *p, const char *end) {
    unsigned length;
    if ((size_t)(end - p) > s->room && s->room) {
        const char *cut = p;
        for (; kpi__decode(cut, end, &length), (size_t)(cut - p) + length <= s->room; cut += length) {}
        put(s, p, (size_t)(cut - p));
        p = cut;
    }
    put(s, p, (size_t)(end - p));
}

static void put_shown(struct sink *s, uint32_t code, unsigned char byte) {
    static const char digits[] = "0123456789ABCDEF";
    char piece[16] = "<0x";
    size_t n = 3, places = 2;
    if (code == KPI__NO_CODE) {
        code = byte;
    } else {
        memcpy(piece, "<U+", n);
        places = 4; /* none of the hostile ones has more */
    }
    while (places--) piece[n++] = digits[code >> 4 * places & 0xF];
    piece[n++] = '>';
    put(s, piece, n);
}

size_t kpi_text_show(kpi_text text, char *out, size_t size) {
    struct sink s = {out, size, 0};
    if (!text.len) return 0;
    const char *p = text.ptr, *run = p, *end = p + text.len;
    if (is_plain(text)) p = end;
    for (unsigned length = 1; p < end; p += length) {
        length = 1;
        if (*p >= ' ' && *p < 0x7F) continue;
        uint32_t code = kpi__decode(p, end, &length);
        if (code != KPI__NO_CODE && !kpi__is_hostile(code)) continue;
        put_run(&s, run, p);
        put_shown(&s, code, (unsigned char)*p);
        run = p + length;
    }
    put_run(&s, run, end);
    return s.length;
}

/* ---- escapes of KPI lines ---- */

static const struct escape {
    char letter, plain;
} escapes[] = {{'\\', '\\'}, {'t', '\t'}, {'n', '\n'}, {'r', '\r'}};

static const struct escape *escape_of(char letter) {
    for (size_t i = 0; i < KPI__COUNT(escapes); i++)
        if (escapes[i].letter == letter) return &escapes[i];
    return NULL;
}

static const struct escape *escape_for(char plain) {
    for (size_t i = 0; i < KPI__COUNT(escapes); i++)
        if (escapes[i].plain == plain) return &escapes[i];
    return NULL;
}

/* A backslash that begins no escape stands for itself. */
size_t kpi_text_plain(kpi_text line, char *out, size_t size) {
    struct sink s = {out, size, 0};
    if (!line.len) return 0;
    const char *p = line.ptr, *run = p, *end = p + line.len;
    while ((p = memchr(p, '\\', (size_t)(end - p)))) {
        const struct escape *escape = p + 1 < end ? escape_of(p[1]) : NULL;
        if (escape) {
            put_run(&s, run, p);
            put(&s, &escape->plain, 1);
            run = p + 2;
        }
        p += escape ? 2 : 1;
    }
    put_run(&s, run, end);
    return s.length;
}

size_t kpi_text_line(kpi_text plain, char *out, size_t size) {
    struct sink s = {out, size, 0};
    if (!plain.len) return 0;
    const char *p = plain.ptr, *run = p, *end = p + plain.len;
    if (is_plain(plain)) p = end;
    for (; p < end; p++) {
        const struct escape *escape = escape_for(*p);
        if (!escape) continue;
        put_run(&s, run, p);
        put(&s, (char[]){'\\', escape->letter}, 2);
        run = p + 1;
    }
    put_run(&s, run, end);
    return s.length;
}

/* ---- what is allowed in fields ---- */

/* A code point U+1000..U+CFFF, as those of Chinese: three bytes, and nothing about them can be wrong. */
static inline bool is_middle(const char *p, const char *end) {
    return (unsigned char)*p - 0xE1u < 12 && end - p >= 3 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
}

/* letters: those that may follow a backslash. */
static const char *line_fault(kpi_text text, const char *letters, const char *bad_escape) {
    unsigned length;
    for (const char *p = text.ptr, *end = p + text.len; p < end; p += length) {
        length = 3;
        if (is_middle(p, end)) continue;
        uint32_t code = kpi__decode(p, end, &length);
        if (code == KPI__NO_CODE) return "not UTF-8";
        if (kpi__is_control(code)) return "control character";
        if (code != '\\') continue;
        if (p + 1 == end || !p[1] || !strchr(letters, p[1])) return bad_escape;
        length = 2;
    }
    return NULL;
}

static bool is_blank_at(const char *p, const char *end) {
    unsigned length;
    return (unsigned char)*p <= 0xE3 && kpi__is_blank(kpi__decode(p, end, &length)); /* none begins with more */
}

const char *kpi_name_fault(kpi_text text) {
    if (!text.len) return NULL;
    const char *start = text.ptr, *end = start + text.len;
    bool blank;
    if (is_plain(text)) {
        blank = *start == ' ' || end[-1] == ' ';
    } else {
        const char *fault = line_fault(text, "\\", "backslash that is not \\\\"), *last = end - 1;
        if (fault) return fault;
        while ((*last & 0xC0) == 0x80) last--; /* it is UTF-8 */
        blank = is_blank_at(start, end) || is_blank_at(last, end);
    }
    return blank ? "blank at the start or end" : *start == '#' ? "# at the start" : NULL;
}

bool kpi_text_says(kpi_text text) {
    const char *p = text.ptr, *end = p + text.len;
    while (p < end) {
        unsigned length;
        uint32_t code = kpi__decode(p, end, &length);
        bool escaped = code == '\\' && p + 1 < end && (p[1] == 't' || p[1] == 'n' || p[1] == 'r');
        if (!escaped && !kpi__is_blank(code) && !kpi__is_control(code)) return true;
        p += escaped ? 2 : length;
    }
    return false;
}

const char *kpi_free_text_fault(kpi_text text) {
    return is_plain(text) ? NULL : line_fault(text, "\\tnr", "backslash that is none of \\\\ \\t \\n \\r");
}

/* ---- text in the making ---- */

char *kpi__buffer_room(kpi__buffer *b, size_t n) {
    size_t room = b->room ? b->room : 1024;
    while (room - b->len <= n) room *= 2;
    char *ptr = b->failed || room == b->room ? b->ptr : realloc(b->ptr, room);
    b->failed |= !ptr;
    if (b->failed) return NULL;
    b->ptr = ptr;
    b->room = room;
    return ptr + b->len;
}

void kpi__buffer_put(kpi__buffer *b, const char *text) {
    size_t n = strlen(text);
    char *at = kpi__buffer_room(b, n);
    if (!at) return;
    memcpy(at, text, n + 1);
    b->len += n;
}

void kpi__buffer_print(kpi__buffer *b, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    char *at = n < 0 ? NULL : kpi__buffer_room(b, (size_t)n);
    if (at) b->len += (size_t)vsnprintf(at, (size_t)n + 1, format, again);
    va_end(again);
    va_end(arguments);
}
