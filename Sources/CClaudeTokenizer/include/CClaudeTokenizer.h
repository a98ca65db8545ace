#ifndef C_CLAUDE_TOKENIZER_H
#define C_CLAUDE_TOKENIZER_H

#include <stddef.h>
#include <stdint.h>

/// The compiled tokenizer of Claude 2, part of the program's read-only pages: loaded when first touched, shared by processes.
/// Aligned to 8 bytes.
const uint8_t *claude_tokenizer_data(void);

/// In bytes.
size_t claude_tokenizer_size(void);

#endif
