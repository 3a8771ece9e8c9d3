import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  chmod,
  chown,
  cp,
  lchown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
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
const markerFile = (own: string) => path.join(own, 'place.json')

/** Decides where and as whom PostgreSQL runs, and makes that place ready for it. */
export async function choosePlace(options: PlaceOptions): Promise<LedgerResult<Place>> {
  const { own, binaries, env } = options
  if (process.getuid?.() !== 0) return ok({ dir: own, binaries, prefix: [], owner: null })
  const { uid } = await stat(own)
  if (uid !== 0) return otherOwner(own, uid)
  if (existsSync(markerFile(own))) return await recordedPlace(options)

  const unshare = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--']
  if (
    (await works([...unshare, path.join(binaries.dir, 'bin', 'postgres'), '--version'], env)) &&
    (await works([...unshare, 'test', '-w', own], env))
  ) {
    return ok({ dir: own, binaries, prefix: unshare, owner: null })
  }
  return await outsidePlace(options)
}

export const otherOwner = (folder: string, uid: number) =>
  failure(
    'home_other_owner',
    `${folder} belongs to user id ${uid}, and Waybill runs as ${process.getuid?.()}.`,
    'Run Waybill as that user, or make the whole home its own (chown -R).',
  )

/** Remembers a place outside the home, once the database is there; from then on the home's own copy does not count. */
export async function recordPlace(own: string, place: Place): Promise<void> {
  if (place.owner === null) return
  await writeFile(markerFile(own), JSON.stringify({ dir: place.dir }), { flush: true })
  await rm(path.join(own, 'data'), { recursive: true, force: true })
}

async function recordedPlace(options: PlaceOptions): Promise<LedgerResult<Place>> {
  const file = markerFile(options.own)
  const { dir } = marker.parse(JSON.parse(await readFile(file, 'utf8')))
  if (existsSync(path.join(dir, 'data'))) return await underNobody(dir, options)
  return failure(
    'database_missing',
    `This home's database was kept in ${dir}, and is not there.`,
    `Bring that folder back, or, to begin anew, delete ${file} and restore a backup.`,
  )
}

/** A place that nobody may enter, for the home, or a folder above it, is closed to other users. */
async function outsidePlace(options: PlaceOptions): Promise<LedgerResult<Place>> {
  const hash = createHash('sha256').update(options.own).digest('hex').slice(0, 12)
  let place: LedgerResult<Place> = noOtherUser('no folder is left to try')
  for (const shared of options.shared) {
    place = await underNobody(path.join(shared, hash), options)
    if (place.ok) return await bringData(place.value, options)
  }
  return place
}

async function bringData(place: Place, { own, env }: PlaceOptions): Promise<LedgerResult<Place>> {
  const from = path.join(own, 'data')
  const to = path.join(place.dir, 'data')
  if (existsSync(to)) {
    // Of a home that is gone, or of a move that was cut short: what this home records is the truth.
    if (await serverOf(to, place.prefix)) return stillRunning(to)
    await rm(`${to}.old`, { recursive: true, force: true })
    await rename(to, `${to}.old`)
  }
  if (existsSync(from)) {
    if (await serverOf(from, [])) return stillRunning(from)
    await copyFor(NOBODY, from, to)
    const [file, ...args] = [
      ...place.prefix,
      path.join(place.binaries.dir, 'bin', 'initdb'),
      '--sync-only',
      '-D',
      to,
    ]
    await run(file!, args, { env, cwd: place.dir })
  }
  return ok(place)
}

async function underNobody(dir: string, options: PlaceOptions): Promise<LedgerResult<Place>> {
  const shared = path.dirname(dir)
  const prefix = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--inh-caps=-all']
  const copied = path.join(dir, `postgresql-${options.binaries.version}`)
  try {
    if (await mkdir(shared, { recursive: true })) await chmod(shared, 0o755)
    const { uid, mode } = await stat(shared)
    if (uid !== 0 || (mode & 0o022) !== 0) return noOtherUser(`${shared} can be written by other users`)
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await chown(dir, NOBODY, NOBODY)
    if (!existsSync(copied)) await copyFor(NOBODY, options.binaries.dir, copied)
  } catch (error) {
    return noOtherUser(error instanceof Error ? error.message : String(error))
  }
  const probe = await attempt([...prefix, path.join(copied, 'bin', 'postgres'), '--version'], options.env)
  if (probe !== null) return noOtherUser(probe)
  return ok({ dir, binaries: { ...options.binaries, dir: copied }, prefix, owner: NOBODY })
}

function stillRunning(dataDir: string) {
  return failure(
    'database_busy',
    `A PostgreSQL is still running on ${dataDir}, which this home needs.`,
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
async function copyFor(uid: number, from: string, to: string): Promise<void> {
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
