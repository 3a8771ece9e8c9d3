import { createHash } from 'node:crypto'
import { chown, lstat, mkdir, readlink, symlink } from 'node:fs/promises'
import path from 'node:path'
import { ok } from '../../result.ts'
import { failure } from '../failure.ts'
import type { LedgerResult } from '../failure.ts'

/** sun_path without its closing zero: unix(7) has 108 bytes, macOS 104. */
const LONGEST = process.platform === 'darwin' ? 103 : 107
export const PORT = 5432

export interface SocketFolder {
  /** Private, beside the data. */
  real: string
  /** The same folder under a path short enough for a socket in it. */
  reach: string
}

/** Makes the folder of the server's socket, and, where its path is too long, a short link to it. */
export async function socketFolder(
  dir: string,
  owner: number | null,
  temporary: string,
): Promise<LedgerResult<SocketFolder>> {
  const real = path.join(dir, 'run')
  await mkdir(real, { recursive: true, mode: 0o700 })
  if (owner !== null) await chown(real, owner, owner)
  if (fits(real)) return ok({ real, reach: real })
  const name = `waybill-${createHash('sha256').update(real).digest('hex').slice(0, 16)}`
  const reach = [temporary, '/tmp'].map((folder) => path.join(folder, name)).find(fits) ?? null
  if (reach === null || !(await linkTo({ real, reach }))) {
    return failure(
      'no_socket_path',
      `The home's path is too long for a socket, and ${reach ?? temporary} cannot serve as a short link to it.`,
      `Set TMPDIR to a short path of your own, or WAYBILL_HOME to a shorter one.`,
    )
  }
  return ok({ real, reach })
}

/**
 * Makes the short link, again when a sweep of the temporary folder took it. False when the name is taken by something
 * that is not our own link.
 */
export async function linkTo({ real, reach }: SocketFolder): Promise<boolean> {
  if (real === reach) return true
  await symlink(real, reach).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const link = await lstat(reach)
  return link.isSymbolicLink() && link.uid === process.getuid?.() && (await readlink(reach)) === real
}

const fits = (folder: string) => Buffer.byteLength(path.join(folder, `.s.PGSQL.${PORT}`)) <= LONGEST
