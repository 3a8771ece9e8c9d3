import { closeSync, openSync } from 'node:fs'
import { copyFile, open, stat, truncate } from 'node:fs/promises'
import type { StdioOptions } from 'node:child_process'

const LARGEST = 5 * 1024 * 1024
const KEPT_TAIL = 16 * 1024

/** Runs something with the server's log open for appending. The server keeps it open when we die. */
export function withLogFile<T>(file: string, use: (stdio: StdioOptions) => T): T {
  const log = openSync(file, 'a', 0o600)
  try {
    return use(['ignore', log, log])
  } finally {
    closeSync(log)
  }
}

/** Keeps the log bounded: one older copy, and a new beginning in the same file, which the server appends to. */
export async function rotateLog(file: string, largest: number = LARGEST): Promise<void> {
  const { size } = await stat(file)
  if (size <= largest) return
  await copyFile(file, `${file}.1`)
  await truncate(file, 0)
}

export const logSize = async (file: string): Promise<number> =>
  await stat(file).then(
    ({ size }) => size,
    () => 0,
  )

/** What was written since a size, at most the last few kilobytes. */
export async function logSince(file: string, size: number): Promise<string> {
  const handle = await open(file)
  try {
    const end = (await handle.stat()).size
    const start = Math.max(Math.min(size, end), end - KEPT_TAIL)
    const buffer = Buffer.alloc(end - start)
    await handle.read(buffer, 0, buffer.length, start)
    return buffer.toString('utf8')
  } finally {
    await handle.close()
  }
}
