// CRC-32 of short messages.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The checksum of IEEE 802.3, as zlib's crc32 has it: goes on from the checksum of the bytes before; 0 at the start.
uint32_t checksum_crc32(uint32_t checksum, const uint8_t *bytes, size_t count);
