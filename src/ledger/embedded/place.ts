import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, cp, lchown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { ok } from '../../result.ts'
import { failure } from '../failure.ts'
import type { LedgerResult } from '../failure.ts'
import type { Binaries } from './binaries.ts'
import { serverOf } from './postmaster.ts'

const run = promisify(execFile)
const NOBODY = 65534

/** Where the database lives and as whom it runs. PostgreSQL refuses to run as root. */
export interface Place {
  /** Holds data/ and run/. */
  dir: string
  binaries: Binaries
  /** What is put before a command so that it runs as the database's user; empty when we are that user. */
  prefix: string[]
  /** Who must own what the database reads; null when that is us. */
  owner: number | null
}

export interface PlaceOptions {
  /** <home>/postgres */
  own: string
  binaries: Binaries
  env: NodeJS.ProcessEnv
  /** Folders for the database of a home that another user may not enter, the first that works. */
  shared: string[]
}

const marker = z.object({ dir: z.string() })

/** Decides where and as whom PostgreSQL runs, and makes that place ready for it. */
export async function choosePlace(options: PlaceOptions): Promise<LedgerResult<Place>> {
  const { own, binaries, env } = options
  if (process.getuid?.() !== 0) return ok({ dir: own, binaries, prefix: [], owner: null })

  const markerFile = path.join(own, 'place.json')
  if (existsSync(markerFile)) {
    const { dir } = marker.parse(JSON.parse(await readFile(markerFile, 'utf8')))
    if (!existsSync(path.join(dir, 'data'))) {
      return failure(
        'database_missing',
        `This home's database was kept in ${dir}, and is not there.`,
        `Bring that folder back, or, to begin anew, delete ${markerFile} and restore a backup.`,
      )
    }
    return await underNobody(dir, options)
  }

  const unshare = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--']
  if (
    (await works([...unshare, path.join(binaries.dir, 'bin', 'postgres'), '--version'], env)) &&
    (await works([...unshare, 'test', '-w', own], env))
  ) {
    return ok({ dir: own, binaries, prefix: unshare, owner: null })
  }
  return await moveOut(markerFile, options)
}

/** Puts the database where nobody may enter: the home, or a folder above it, is closed to other users. */
async function moveOut(markerFile: string, options: PlaceOptions): Promise<LedgerResult<Place>> {
  const hash = createHash('sha256').update(options.own).digest('hex').slice(0, 12)
  let refused: LedgerResult<Place> | null = null
  for (const shared of options.shared) {
    const dir = path.join(shared, hash)
    const place = await underNobody(dir, options)
    if (!place.ok) {
      refused = place
      continue
    }
    const inHome = path.join(options.own, 'data')
    if (existsSync(inHome)) {
      if (await serverOf(inHome, [])) return stillRunning(inHome)
      await copyOwned(inHome, path.join(dir, 'data'), NOBODY)
      const [sync, ...args] = [
        ...place.value.prefix,
        initdbOf(place.value),
        '--sync-only',
        '-D',
        path.join(dir, 'data'),
      ]
      await run(sync!, args, { env: options.env })
    }
    await writeFile(markerFile, JSON.stringify({ dir }), { flush: true })
    await rm(inHome, { recursive: true, force: true })
    return place
  }
  return refused ?? noOtherUser('no folder is left to try')
}

async function underNobody(dir: string, options: PlaceOptions): Promise<LedgerResult<Place>> {
  const shared = path.dirname(dir)
  const prefix = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--inh-caps=-all']
  const copied = path.join(dir, `postgresql-${options.binaries.version}`)
  try {
    await mkdir(shared, { recursive: true, mode: 0o755 })
    const { uid, mode } = await stat(shared)
    if (uid !== 0 || (mode & 0o022) !== 0) return noOtherUser(`${shared} can be written by other users`)
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await chown(dir, NOBODY, NOBODY)
    if (!existsSync(copied)) await copyOwned(options.binaries.dir, copied, NOBODY)
  } catch (error) {
    return noOtherUser(error instanceof Error ? error.message : String(error))
  }
  const probe = await attempt([...prefix, path.join(copied, 'bin', 'postgres'), '--version'], options.env)
  if (probe !== null) return noOtherUser(probe)
  return ok({ dir, binaries: { ...options.binaries, dir: copied }, prefix, owner: NOBODY })
}

const initdbOf = (place: Place) => path.join(place.binaries.dir, 'bin', 'initdb')

function stillRunning(dataDir: string) {
  return failure(
    'database_busy',
    `A PostgreSQL is still running on ${dataDir}, which has to be moved.`,
    'Stop it (its process id is the first line of postmaster.pid there), then start again.',
  )
}

function noOtherUser(why: string) {
  return failure(
    'no_other_user',
    `PostgreSQL refuses to run as root, and running it as another user failed: ${why.trim().split('\n').at(-1)}.`,
    'Run Waybill as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

/** Copies beside the destination and renames, so that an interrupted copy is never taken for a whole one. */
async function copyOwned(from: string, to: string, uid: number): Promise<void> {
  const unfinished = `${to}.new`
  await rm(unfinished, { recursive: true, force: true })
  await cp(from, unfinished, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  for (const entry of await readdir(unfinished, { recursive: true, withFileTypes: true })) {
    await lchown(path.join(entry.parentPath, entry.name), uid, uid)
  }
  await chown(unfinished, uid, uid)
  await rename(unfinished, to)
}

const works = async (command: string[], env: NodeJS.ProcessEnv) => (await attempt(command, env)) === null

/** Null when the command succeeds, else why not. */
async function attempt([file, ...args]: string[], env: NodeJS.ProcessEnv): Promise<string | null> {
  try {
    await run(file!, args, { env })
    return null
  } catch (error) {
    if (error instanceof Error && 'stderr' in error && error.stderr) return String(error.stderr)
    return error instanceof Error ? error.message : String(error)
  }
}
