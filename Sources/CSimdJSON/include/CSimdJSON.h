#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a node is. `json_integer` is a number spelled without fraction and exponent.
typedef enum json_kind : uint32_t {
    json_null = 0,
    json_false = 1,
    json_true = 2,
    json_integer = 3,
    json_number = 4,
    json_string = 5,
    json_array = 6,
    json_object = 7,
} json_kind;

/// One value, or one key of an object: a key node (a string) stands right before the node of its value.
typedef struct json_node {
    /// Where the number's token or the unescaped string starts in the text.
    uint32_t offset;
    /// Bytes of a number's token or of a string; elements of an array; members of an object.
    uint32_t length;
    /// Index of the first node after this value with all it contains.
    uint32_t next;
    json_kind kind;
} json_node;

typedef enum json_status : uint32_t {
    json_ok = 0,
    /// Some rule of the format is broken; which one is for the caller to find in its own bytes.
    json_invalid = 1,
    json_too_large = 2,
    json_out_of_memory = 3,
    json_too_many_tokens = 4,
} json_status;

/// The nodes of the last document in its order, the root first; valid until the next parse.
typedef struct json_result {
    const json_node *nodes;
    const uint8_t *text;
    uint32_t node_count;
    json_status status;
} json_result;

typedef struct json_parser json_parser;

/// Arrays and objects of a document that may be nested.
enum { json_depth_limit = 128 };

/// Brackets, commas, colons and values of a document that is read. A node takes 16 bytes for each, and the tree of the
/// document several times that.
enum { json_token_limit = 2000000 };

/// Returns NULL when out of memory. A parser keeps its buffers between documents; one thread at a time.
json_parser *json_parser_create(void);
void json_parser_destroy(json_parser *parser);

/// Whether it has had a document of more than a megabyte.
bool json_parser_is_large(const json_parser *parser);

/// Reads a whole document. `bytes` is copied and may go away.
json_result json_parser_parse(json_parser *parser, const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif
