// What another JSON library (jansson) makes of texts, for test_json_reference: a program of its own,
// because both have functions of one name. Standard input: a text in hex on each line. Standard output:
// its value on each line, or "refused".
//
//   {…} […] objects, their names in order, and arrays; a comma behind each value in them
//   s and hex: a string's UTF-8; i and decimal: an integer; r: a real; t, f, n
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_string(const char *text, size_t size)
{
    putchar('s');
    for (size_t i = 0; i < size; i++)
        printf("%02x", (unsigned char)text[i]);
}

static void print_value(json_t *value);

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void print_object(json_t *object)
{
    const char **names = calloc(json_object_size(object) + 1, sizeof *names);
    size_t count = 0;
    if (names == NULL)
        abort();
    for (void *at = json_object_iter(object); at != NULL;
         at = json_object_iter_next(object, at))
        names[count++] = json_object_iter_key(at);
    qsort(names, count, sizeof names[0], compare_names);
    putchar('{');
    for (size_t i = 0; i < count; i++) {
        print_string(names[i], strlen(names[i]));
        putchar(':');
        print_value(json_object_get(object, names[i]));
        putchar(',');
    }
    putchar('}');
    free(names);
}

static void print_array(json_t *array)
{
    putchar('[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        print_value(json_array_get(array, i));
        putchar(',');
    }
    putchar(']');
}

static void print_value(json_t *value)
{
    static const char words[] = {
        [JSON_REAL] = 'r', [JSON_TRUE] = 't', [JSON_FALSE] = 'f', [JSON_NULL] = 'n'};
    if (json_is_object(value))
        print_object(value);
    else if (json_is_array(value))
        print_array(value);
    else if (json_is_string(value))
        print_string(json_string_value(value), json_string_length(value));
    else if (json_is_integer(value))
        printf("i%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        putchar(words[json_typeof(value)]);
}

static int digit(char character)
{
    return character <= '9' ? character - '0' : character - 'a' + 10;
}

// A line's bytes over its own digits; returns how many.
static size_t read_hex(char *line, ssize_t length)
{
    size_t size = 0;
    for (ssize_t i = 0; i + 1 < length; i += 2)
        line[size++] = (char)(digit(line[i]) << 4 | digit(line[i + 1]));
    return size;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t length; (length = getline(&line, &room, stdin)) > 0;) {
        size_t size = read_hex(line, length - 1);
        json_t *value = json_loadb(
            line, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        if (value == NULL)
            fputs("refused", stdout);
        else
            print_value(value);
        putchar('\n');
        json_decref(value);
    }
    free(line);
    return 0;
}
