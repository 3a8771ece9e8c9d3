import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** A context for what is small: one for anything takes longer to set up than an order takes to compress. */
const params = { [constants.ZSTD_c_compressionLevel]: 1 }

/** Payloads and exchanges are kept compressed: an order's JSON shrinks to about a fifth. */
export function compress(text: string): Buffer {
  const bytes = Buffer.from(text)
  return zstdCompressSync(bytes, { params, pledgedSrcSize: bytes.length })
}

export const decompress = (bytes: Buffer): string => zstdDecompressSync(bytes).toString()
