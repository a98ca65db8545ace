#include "CClaudeTokenizer.h"

#if !__has_embed("Data/claude-tokenizer.bin")
#error "The tokenizer data is missing. Run 'make deps', or: python3 Sources/CClaudeTokenizer/Data/prepare.py"
#else

#pragma clang diagnostic ignored "-Wc23-extensions"

static const _Alignas(8) uint8_t data[] = {
#embed "Data/claude-tokenizer.bin"
};

const uint8_t *claude_tokenizer_data(void) { return data; }

size_t claude_tokenizer_size(void) { return sizeof data; }

#endif
