import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Payloads and exchanges are kept compressed: an order's JSON shrinks to about a fifth. */
export const compress = (text: string): Buffer => zstdCompressSync(Buffer.from(text))

export const decompress = (bytes: Buffer): string => zstdDecompressSync(bytes).toString()
