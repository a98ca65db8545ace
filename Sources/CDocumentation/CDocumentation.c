#include "CDocumentation.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t page[] = {
#embed "Pages/docs.html"
};

static const uint8_t openapi[] = {
#embed "Pages/openapi.json"
};

const uint8_t *documentation_page(void) { return page; }

size_t documentation_page_size(void) { return sizeof page; }

const uint8_t *documentation_openapi(void) { return openapi; }

size_t documentation_openapi_size(void) { return sizeof openapi; }
