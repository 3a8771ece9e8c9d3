import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { CliFailure } from '../failure.ts'

const addressSchema = z.object({ url: z.url(), pid: z.number(), startedAt: z.string() })
export type RunningServer = z.infer<typeof addressSchema>

const tokenFile = (home: string) => path.join(home, 'token')
const addressFile = (home: string) => path.join(home, 'server.json')

/** The token with which the command on this machine speaks to its server; made once for a home, readable by its owner. */
export async function ensureToken(home: string): Promise<string> {
  const known = await readToken(home)
  if (known !== null) return onlyOurs(home, known)
  const draft = `${tokenFile(home)}-${process.pid}`
  try {
    await mkdir(home, { recursive: true })
    await writeFile(draft, `wb_${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true })
    await chmod(draft, 0o600)
    // Two processes may start at once: the first one's token counts.
    await link(draft, tokenFile(home)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } catch (error) {
    throw new CliFailure(
      `The home ${home} is not writable (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      'Make it writable for this user, or set WAYBILL_HOME to a directory that is.',
    )
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
  return (await readToken(home))!
}

async function onlyOurs(home: string, token: string): Promise<string> {
  const mode = (await stat(tokenFile(home))).mode & 0o777
  if ((mode & 0o077) === 0) return token
  throw new CliFailure(
    `The token file ${tokenFile(home)} can be read by others (mode ${mode.toString(8)})`,
    `Others may know it: delete it, and a new one is made. If nobody else could see it, run: chmod 600 ${tokenFile(home)}`,
  )
}

export async function readToken(home: string): Promise<string | null> {
  const text = await readIfThere(tokenFile(home))
  return text?.trim() || null
}

/** Says where the server of this home is, until `forgetServer`. */
export async function announceServer(home: string, server: RunningServer): Promise<void> {
  const draft = `${addressFile(home)}-${process.pid}`
  await writeFile(draft, `${JSON.stringify(server)}\n`, { mode: 0o600 })
  await rename(draft, addressFile(home))
}

export async function forgetServer(home: string, pid: number): Promise<void> {
  if ((await announcedServer(home))?.pid === pid) await rm(addressFile(home), { force: true })
}

/** Where the server of this home said it is; it may have been killed since. */
export async function announcedServer(home: string): Promise<RunningServer | null> {
  const text = await readIfThere(addressFile(home))
  if (text === null) return null
  try {
    return addressSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new CliFailure(
      `${file} cannot be read (${code ?? String(error)})`,
      'Run the command as the user who started Waybill.',
    )
  }
}
