#ifndef C_DOCUMENTATION_H
#define C_DOCUMENTATION_H

#include <stddef.h>
#include <stdint.h>

/// The files of `Pages`, part of the program's read-only data.
const uint8_t *documentation_page(void);
/// In bytes.
size_t documentation_page_size(void);

const uint8_t *documentation_openapi(void);
/// In bytes.
size_t documentation_openapi_size(void);

#endif
