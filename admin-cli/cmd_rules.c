// conclave rules: every named rule that a payload, an import or a request is held to. It asks no
// appliance.
#include "admin-cli/commands.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/table.h"
#include "metadata/rule.h"

#include <string.h>

enum { ID, DESIGN, SEVERITY, DIALECTS, TYPES, SENTENCE, COLUMNS };
static const struct table_column columns[COLUMNS] = {
    [ID] = {"rule", TABLE_TEXT},
    [DESIGN] = {"design", TABLE_TEXT},
    [SEVERITY] = {"severity", TABLE_TEXT},
    [DIALECTS] = {"dialects", TABLE_SPARE},
    [TYPES] = {"types", TABLE_SPARE},
    [SENTENCE] = {"sentence", TABLE_FOLDS},
};

// What is asked for, as bits; 0: everything.
struct wanted {
    unsigned dialect;
    unsigned type;
};

enum { WORDS_MOST = 64 }; // six words of nine letters

// Appends the words of the bits that are set, a space between them.
static void set_words(
    struct table *table, size_t column, unsigned bits, const char *(*word_of)(unsigned bit))
{
    struct bytes words;
    bytes_init(&words, WORDS_MOST);
    for (unsigned bit = 1; bit != 0 && bit <= bits; bit <<= 1)
        if ((bits & bit) != 0)
            bytes_add_format(&words, "%s%s", words.size == 0 ? "" : " ", word_of(bit));
    table_set(table, column, bytes_span(&words));
    bytes_clear(&words);
}

static const char *dialect_word(unsigned bit)
{
    return dialect_text(bit == RULE_TUF ? DIALECT_TUF : DIALECT_UPTANE);
}

static void add_rule(struct table *table, const struct rule *rule)
{
    table_line(table);
    table_set_text(table, ID, rule->id);
    table_set_text(table, DESIGN, rule->design);
    table_set_text(table, SEVERITY, severity_text(rule->severity));
    set_words(table, DIALECTS, rule->dialects, dialect_word);
    set_words(table, TYPES, rule->types, rule_type_text);
    table_set_text(table, SENTENCE, rule->sentence);
}

static bool is_wanted(const struct wanted *wanted, const struct rule *rule)
{
    return (wanted->dialect == 0 || (rule->dialects & wanted->dialect) != 0) &&
           (wanted->type == 0 || (rule->types & wanted->type) != 0);
}

static int print_rules(const struct cli *cli, const struct wanted *wanted)
{
    struct table *table = table_new("rules", columns, COLUMNS, cli->json);
    for (size_t i = 0; table != NULL && i < RULES; i++)
        if (is_wanted(wanted, &rule_table[i]))
            add_rule(table, &rule_table[i]);
    bool printed = table != NULL && table_print(table) == OK;
    table_free(table);
    return printed ? STATUS_DONE : cli_say(STATUS_LOCAL, "the table cannot be printed");
}

// The bit of a type's word; 0 when there is none.
static unsigned type_bit(const char *word)
{
    for (unsigned bit = RULE_ROOT; bit <= RULE_REQUEST; bit <<= 1)
        if (strcmp(word, rule_type_text(bit)) == 0)
            return bit;
    return 0;
}

int cmd_rules(struct cli *cli, int argc, char **argv)
{
    const char *dialect = NULL, *type = NULL;
    const struct option_rule rules[] = {
        {.name = "dialect",
            .argument = "DIALECT",
            .help = "only those of tuf or of uptane",
            .text = &dialect},
        {.name = "type",
            .argument = "WHAT",
            .help = "only those of root, targets, snapshot, timestamp, import or request",
            .text = &type},
    };
    struct wanted wanted = {0};
    int status;
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    if (dialect != NULL && dialect_from(span_text(dialect)) == DIALECT_NONE)
        return cli_say(STATUS_LOCAL, "there is no dialect %s: take tuf or uptane", dialect);
    if (type != NULL && type_bit(type) == 0)
        return cli_say(STATUS_LOCAL,
            "there is no type %s: take root, targets, snapshot, timestamp, import or request",
            type);
    if (dialect != NULL)
        wanted.dialect = 1u << dialect_from(span_text(dialect));
    if (type != NULL)
        wanted.type = type_bit(type);
    return print_rules(cli, &wanted);
}
