#include "CSimdJSON.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include <simdjson.h>

// simdjson's first stage finds every token's start and checks UTF-8, quotes and control characters with the widest
// vectors the processor has. Its own second stages turn numbers into doubles or skip what is not asked for, so the walk
// over the tokens is done here: it checks all of the grammar and keeps each number's spelling.

namespace {

// Zero bytes behind the text: no token goes on into them, and a fixed-size compare at its end stays inside.
constexpr size_t padding = simdjson::SIMDJSON_PADDING;
constexpr size_t smallestCapacity = 1024;
// A parser whose buffers have grown beyond this is not kept for other documents.
constexpr size_t largestIdleCapacity = 1024 * 1024;

bool isWhitespace(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }
bool isDigit(uint8_t byte) { return uint8_t(byte - '0') < 10; }

// Four hexadecimal digits, or a value above 0xFFFF.
uint32_t hexadecimal(const uint8_t *digits) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t byte = digits[i], lower = byte | 0x20;
        if (isDigit(byte)) value = value << 4 | uint32_t(byte - '0');
        else if (lower >= 'a' && lower <= 'f') value = value << 4 | uint32_t(lower - 'a' + 10);
        else return UINT32_MAX;
    }
    return value;
}

uint8_t *appendUTF8(uint32_t scalar, uint8_t *out) {
    if (scalar < 0x80) {
        *out++ = uint8_t(scalar);
    } else if (scalar < 0x800) {
        *out++ = uint8_t(0xC0 | scalar >> 6);
        *out++ = uint8_t(0x80 | (scalar & 0x3F));
    } else if (scalar < 0x10000) {
        *out++ = uint8_t(0xE0 | scalar >> 12);
        *out++ = uint8_t(0x80 | (scalar >> 6 & 0x3F));
        *out++ = uint8_t(0x80 | (scalar & 0x3F));
    } else {
        *out++ = uint8_t(0xF0 | scalar >> 18);
        *out++ = uint8_t(0x80 | (scalar >> 12 & 0x3F));
        *out++ = uint8_t(0x80 | (scalar >> 6 & 0x3F));
        *out++ = uint8_t(0x80 | (scalar & 0x3F));
    }
    return out;
}

// Unescapes in place from the first backslash on (the result is never longer) and returns the new end, or null.
uint8_t *unescape(uint8_t *backslash, const uint8_t *end) {
    uint8_t *out = backslash;
    const uint8_t *in = backslash;
    while (in < end) {
        if (*in != '\\') {
            auto *next = static_cast<const uint8_t *>(std::memchr(in, '\\', size_t(end - in)));
            size_t run = size_t((next ? next : end) - in);
            std::memmove(out, in, run);
            out += run;
            in += run;
            continue;
        }
        if (end - in < 2) return nullptr;
        switch (in[1]) {
        case '"': *out++ = '"'; break;
        case '\\': *out++ = '\\'; break;
        case '/': *out++ = '/'; break;
        case 'b': *out++ = '\b'; break;
        case 'f': *out++ = '\f'; break;
        case 'n': *out++ = '\n'; break;
        case 'r': *out++ = '\r'; break;
        case 't': *out++ = '\t'; break;
        case 'u': {
            if (end - in < 6) return nullptr;
            uint32_t unit = hexadecimal(in + 2);
            if (unit > 0xFFFF || (unit >= 0xDC00 && unit <= 0xDFFF)) return nullptr;
            if (unit >= 0xD800 && unit <= 0xDBFF) {
                if (end - in < 12 || in[6] != '\\' || in[7] != 'u') return nullptr;
                uint32_t low = hexadecimal(in + 8);
                if (low < 0xDC00 || low > 0xDFFF) return nullptr;
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                in += 6;
            }
            out = appendUTF8(unit, out);
            in += 4;
            break;
        }
        default: return nullptr;
        }
        in += 2;
    }
    return out;
}

// RFC 8259 section 6. Returns the byte after the number, or null.
const uint8_t *scanNumber(const uint8_t *in, json_kind &kind) {
    kind = json_integer;
    if (*in == '-') in++;
    if (*in == '0') {
        in++;
    } else {
        if (!isDigit(*in)) return nullptr;
        while (isDigit(*in)) in++;
    }
    if (*in == '.') {
        kind = json_number;
        in++;
        if (!isDigit(*in)) return nullptr;
        while (isDigit(*in)) in++;
    }
    if ((*in | 0x20) == 'e') {
        kind = json_number;
        in++;
        if (*in == '+' || *in == '-') in++;
        if (!isDigit(*in)) return nullptr;
        while (isDigit(*in)) in++;
    }
    return in;
}

}  // namespace

struct json_parser {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> indexer;
    uint8_t *text = nullptr;
    size_t capacity = 0;
    json_node *nodes = nullptr;
    size_t nodeCapacity = 0;
    uint32_t openContainers[json_depth_limit];

    ~json_parser() {
        std::free(text);
        std::free(nodes);
    }

    bool reserve(size_t length) {
        if (indexer && length <= capacity) return true;
        size_t wanted = smallestCapacity;
        while (wanted < length) wanted *= 2;
        if (wanted > simdjson::SIMDJSON_MAXSIZE_BYTES) wanted = length;
        capacity = 0;
        std::free(text);
        text = static_cast<uint8_t *>(std::malloc(wanted + padding));
        if (!text) return false;
        if (indexer) {
            if (indexer->set_capacity(wanted)) return false;
        } else if (simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, indexer)) {
            return false;
        }
        capacity = wanted;
        return true;
    }

    bool reserveNodes(size_t count) {
        if (count <= nodeCapacity) return true;
        size_t wanted = count < 64 ? 64 : count + count / 2;
        std::free(nodes);
        nodes = static_cast<json_node *>(std::malloc(wanted * sizeof(json_node)));
        nodeCapacity = nodes ? wanted : 0;
        return nodes != nullptr;
    }

    // Returns the number of nodes, 0 for an invalid text.
    uint32_t walk();
};

uint32_t json_parser::walk() {
    const uint32_t *starts = indexer->structural_indexes.get();
    const uint32_t startCount = indexer->n_structural_indexes;
    // starts[startCount] is the text's length, whose byte is zero: looking at the next token needs no bound, for a zero
    // byte fits nowhere.
    uint32_t at = 0, count = 0, depth = 0;
    // Looked for once: most texts have none.
    const bool hasEscapes = std::memchr(text, '\\', starts[startCount]) != nullptr;

    auto finishString = [&](uint32_t start) {
        uint32_t end = starts[at];
        while (end > start && isWhitespace(text[end - 1])) end--;
        if (end < start + 2 || text[end - 1] != '"') return false;
        uint8_t *first = text + start + 1, *last = text + end - 1;
        uint8_t *stop = last;
        void *backslash = hasEscapes ? std::memchr(first, '\\', size_t(last - first)) : nullptr;
        if (backslash) {
            stop = unescape(static_cast<uint8_t *>(backslash), last);
            if (!stop) return false;
        }
        nodes[count] = {start + 1, uint32_t(stop - first), count + 1, json_string};
        count++;
        return true;
    };
    auto endsToken = [&](const uint8_t *end) { return end == text + starts[at] || isWhitespace(*end); };
    auto finishLiteral = [&](uint32_t start, const char *word, size_t length, json_kind kind) {
        if (std::memcmp(text + start, word, length) != 0 || !endsToken(text + start + length)) return false;
        nodes[count] = {start, uint32_t(length), count + 1, kind};
        count++;
        return true;
    };

    while (true) {
        uint32_t start = starts[at++];
        switch (text[start]) {
        case '{':
        case '[': {
            if (depth == json_depth_limit) return 0;
            bool isObject = text[start] == '{';
            openContainers[depth++] = count;
            nodes[count++] = {start, 0, 0, isObject ? json_object : json_array};
            if (text[starts[at]] == (isObject ? '}' : ']')) {
                at++;
                break;
            }
            nodes[count - 1].length = 1;
            if (isObject) goto key;
            continue;
        }
        case '"':
            if (!finishString(start)) return 0;
            goto next;
        case 't':
            if (!finishLiteral(start, "true", 4, json_true)) return 0;
            goto next;
        case 'f':
            if (!finishLiteral(start, "false", 5, json_false)) return 0;
            goto next;
        case 'n':
            if (!finishLiteral(start, "null", 4, json_null)) return 0;
            goto next;
        case '-':
        case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9': {
            json_kind kind;
            const uint8_t *end = scanNumber(text + start, kind);
            if (!end || !endsToken(end)) return 0;
            nodes[count] = {start, uint32_t(end - text - start), count + 1, kind};
            count++;
            goto next;
        }
        default:
            return 0;
        }

    close:
        nodes[openContainers[--depth]].next = count;

    next:
        if (depth == 0) return at == startCount ? count : 0;
        {
            json_node &container = nodes[openContainers[depth - 1]];
            uint8_t separator = text[starts[at]];
            bool isObject = container.kind == json_object;
            if (separator == ',') {
                at++;
                container.length++;
                if (!isObject) continue;
            } else if (separator == (isObject ? '}' : ']')) {
                at++;
                goto close;
            } else {
                return 0;
            }
        }

    key:
        uint32_t keyStart = starts[at];
        if (text[keyStart] != '"') return 0;
        at++;
        if (!finishString(keyStart) || text[starts[at]] != ':') return 0;
        at++;
    }
}

json_parser *json_parser_create(void) { return new (std::nothrow) json_parser(); }

void json_parser_destroy(json_parser *parser) { delete parser; }

bool json_parser_is_large(const json_parser *parser) { return parser->capacity > largestIdleCapacity; }

json_result json_parser_parse(json_parser *parser, const uint8_t *bytes, size_t length) {
    json_result result = {nullptr, nullptr, 0, json_ok};
    // Offsets are 32 bits wide, and the padding must fit as well.
    if (length > simdjson::SIMDJSON_MAXSIZE_BYTES - padding) {
        result.status = json_too_large;
        return result;
    }
    if (length == 0) {
        result.status = json_invalid;
        return result;
    }
    if (!parser->reserve(length)) {
        result.status = json_out_of_memory;
        return result;
    }
    std::memcpy(parser->text, bytes, length);
    std::memset(parser->text + length, 0, padding);
    if (parser->indexer->stage1(parser->text, length, simdjson::stage1_mode::regular)) {
        result.status = json_invalid;
        return result;
    }
    uint32_t tokens = parser->indexer->n_structural_indexes;
    if (tokens > json_token_limit) {
        result.status = json_too_many_tokens;
        return result;
    }
    parser->indexer->structural_indexes[tokens] = uint32_t(length);
    // Every node starts at a token of its own.
    if (!parser->reserveNodes(size_t(tokens) + 1)) {
        result.status = json_out_of_memory;
        return result;
    }
    result.node_count = parser->walk();
    result.status = result.node_count ? json_ok : json_invalid;
    result.nodes = parser->nodes;
    result.text = parser->text;
    return result;
}
