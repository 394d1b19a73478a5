/* goal-revise - append a revision of a goal, or a review, once the stream with it has been read and found valid. */
#include "tool.h"

static const tool_takes takes[] = {{'f', "the goal file (default $KPI_DIR/goals.yaml)"},
                                   {'t', NULL},
                                   {OPT_REASON, NULL},
                                   {OPT_BASELINE, "a new one (default: as before)"},
                                   {OPT_WEIGHT, "a new one (default: as before)"},
                                   {OPT_REVIEWED, "write a review, not a revision"},
                                   {OPT_SAYS, "what the review found"},
                                   {OPT_NEXT_STEP, NULL},
                                   {'d', "the day from which it holds, or of the review (default today)"},
                                   {OPT_AUTHOR, NULL},
                                   {'g', "other files of the same stream, to check against (repeatable)"},
                                   {0, NULL}};
static const tool_spec spec = {"goal-revise",
                               " [-f FILE] -t TARGET --reason TEXT [OPTION]... ID\n"
                               " [-f FILE] --review --says TEXT [--next-step TEXT] [OPTION]... ID",
                               "Append a revision, or a review, of a goal, checked first together with all that the "
                               "file holds.",
                               takes};

typedef struct revision { /* as given */
    const char *file, *id, *target, *baseline, *weight, *reason, *says, *next, *on, *by;
    bool review;
    tool_list others;
} revision;

static void take(tool *t, revision *r, int option) {
    switch (option) { /* clang-format off */
    case 'f': r->file = t->value; break;
    case 't': r->target = tool_target(t); break;
    case 'd': r->on = tool_plain_day(t); break;
    case 'g': tool_add_goal_file(t, &r->others); break;
    case OPT_BASELINE: r->baseline = tool_plain_number(t); break;
    case OPT_WEIGHT: r->weight = tool_plain_number(t); break;
    case OPT_REASON: r->reason = tool_plain_text(t); break;
    case OPT_REVIEWED: r->review = true; break;
    case OPT_SAYS: r->says = tool_plain_text(t); break;
    case OPT_NEXT_STEP: r->next = tool_plain_text(t); break;
    case OPT_AUTHOR: r->by = tool_plain_name(t); break;
    } /* clang-format on */
}

static void check_revision(tool *t, const revision *r) {
    if (r->says || r->next) tool_usage(t, "--says and --next-step are of a review (--review)");
    tool_need(t, r->target, "which target? (-t TARGET)");
    tool_need(t, r->reason, "for which reason? (--reason TEXT)");
}

static void check_review(tool *t, const revision *r) {
    if (r->target || r->baseline || r->weight || r->reason)
        tool_usage(t, "a review changes nothing: -t, --baseline, --weight and --reason are of a revision");
    if (!r->says && !r->next) tool_usage(t, "what was found? (--says TEXT)");
}

static kpi_document *document_of(tool *t, const revision *r) {
    kpi_document *d = tool_document(t);
    kpi_document_begin(d, r->review ? "review" : "revise", r->id);
    kpi_document_bare(d, "target", r->target);
    kpi_document_bare(d, "baseline", r->baseline);
    kpi_document_bare(d, "weight", r->weight);
    kpi_document_bare(d, "on", r->on ? r->on : tool_today(t));
    kpi_document_text(d, "by", r->by ? r->by : tool_user(t));
    kpi_document_text(d, "reason", r->reason);
    kpi_document_text(d, "says", r->says);
    kpi_document_text(d, "next", r->next);
    return d;
}

int main(int argc, char **argv) {
    tool t;
    revision r = {0};
    tool_start(&t, &spec, argc, argv);
    for (int option; (option = tool_option(&t)) >= 0;) take(&t, &r, option);
    if (tool_operands(&t) != 1) tool_usage(&t, "which goal? (ID, one)");
    r.id = tool_plain_operand(&t, 0);
    if (r.review)
        check_review(&t, &r);
    else
        check_revision(&t, &r);
    if (!r.file) r.file = tool_default_file(&t, "goals.yaml");
    tool_append_document(&t, document_of(&t, &r), r.file, r.others);
    return tool_end(&t);
}
