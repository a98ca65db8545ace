#include "CChecksum.h"

#include <zlib.h>

static uint32_t tabulated(uint32_t checksum, const uint8_t *bytes, size_t count) {
    // zlib takes no bytes at all for the start of a new checksum.
    return count > 0 ? (uint32_t)crc32_z(checksum, bytes, count) : checksum;
}

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

// Carry-less multiplication instead of zlib's tables: a message of 200 bytes costs a quarter of the instructions, and no 16 KB of
// tables go through the cache for each event. Source: Intel, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
// Instruction"; the constants are its powers of x modulo the polynomial, bits reversed.

#define CLMUL __attribute__((target("pclmul,sse4.1")))

static const uint64_t fold_by_16_bytes[2] = {0x1751997d0, 0x0ccaa009e};
static const uint64_t fold_by_8_bytes = 0x163cd6124;
static const uint64_t polynomial = 0x1db710641;
static const uint64_t quotient = 0x1f7011641;

/// The remainder of 64 bits, by Barrett's reduction: the upper half of the result counts.
CLMUL static inline uint32_t reduce(__m128i bits) {
    const __m128i factors = _mm_set_epi64x((long long)quotient, (long long)polynomial);
    const __m128i low = _mm_set_epi32(0, 0, 0, -1);
    __m128i multiple = _mm_clmulepi64_si128(_mm_and_si128(bits, low), factors, 0x10);
    multiple = _mm_clmulepi64_si128(_mm_and_si128(multiple, low), factors, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(bits, multiple), 1);
}

CLMUL static uint32_t multiplied(uint32_t checksum, const uint8_t *bytes, size_t count) {
    uint32_t state = ~checksum;
    if (count >= 16) {
        const __m128i factors = _mm_loadu_si128((const __m128i *)fold_by_16_bytes);
        __m128i folded = _mm_loadu_si128((const __m128i *)bytes);
        folded = _mm_xor_si128(folded, _mm_cvtsi32_si128((int)state));
        for (bytes += 16, count -= 16; count >= 16; bytes += 16, count -= 16) {
            __m128i next = _mm_loadu_si128((const __m128i *)bytes);
            next = _mm_xor_si128(next, _mm_clmulepi64_si128(folded, factors, 0x00));
            folded = _mm_xor_si128(next, _mm_clmulepi64_si128(folded, factors, 0x11));
        }
        // 128 bits become 96, then 64, with 32 zeros behind the message.
        folded = _mm_xor_si128(_mm_srli_si128(folded, 8), _mm_clmulepi64_si128(folded, factors, 0x10));
        const __m128i low = _mm_set_epi32(0, 0, 0, -1);
        const __m128i factor = _mm_set_epi64x(0, (long long)fold_by_8_bytes);
        __m128i rest = _mm_clmulepi64_si128(_mm_and_si128(folded, low), factor, 0x00);
        state = reduce(_mm_xor_si128(_mm_srli_si128(folded, 4), rest));
    }
    for (; count >= 4; bytes += 4, count -= 4) {
        uint32_t word;
        memcpy(&word, bytes, 4);
        state = reduce(_mm_cvtsi64_si128((long long)(uint64_t)(state ^ word)));
    }
    if (count > 0) {
        // One to three bytes at the end of a word; zeros before them change nothing.
        uint32_t word = 0;
        memcpy(&word, bytes, count);
        word = (state ^ word) << (32 - 8 * count);
        state = state >> 8 * count ^ reduce(_mm_cvtsi64_si128((long long)(uint64_t)word));
    }
    return ~state;
}

uint32_t checksum_crc32(uint32_t checksum, const uint8_t *bytes, size_t count) {
    if (__builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1")) return multiplied(checksum, bytes, count);
    return tabulated(checksum, bytes, count);
}

#elif defined(__aarch64__)

#include <arm_acle.h>
#include <asm/hwcap.h>
#include <string.h>
#include <sys/auxv.h>

// The processor's own instructions for this polynomial. They are an option of the architecture that AWS's processors have.
__attribute__((target("+crc"))) static uint32_t instructed(uint32_t checksum, const uint8_t *bytes, size_t count) {
    uint32_t state = ~checksum;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state = __crc32d(state, word);
    }
    for (; count > 0; bytes += 1, count -= 1) state = __crc32b(state, *bytes);
    return ~state;
}

uint32_t checksum_crc32(uint32_t checksum, const uint8_t *bytes, size_t count) {
    if (getauxval(AT_HWCAP) & HWCAP_CRC32) return instructed(checksum, bytes, count);
    return tabulated(checksum, bytes, count);
}

#else

uint32_t checksum_crc32(uint32_t checksum, const uint8_t *bytes, size_t count) {
    return tabulated(checksum, bytes, count);
}

#endif
