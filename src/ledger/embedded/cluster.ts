import { execFile } from 'node:child_process'
import type { ExecFileException } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ok } from '../../result.ts'
import { failure } from '../failure.ts'
import type { LedgerResult } from '../failure.ts'
import { explainOutput } from './explain.ts'
import { otherOwner } from './place.ts'
import type { Place } from './place.ts'
import { endOrphans } from './postmaster.ts'
import type { Patience } from './postmaster.ts'

export const USER = 'waybill'

export interface ClusterOptions {
  place: Place
  /** <home>/postgres/password: ours alone, whoever the database runs as. */
  passwordFile: string
  logFile: string
  randomPassword: () => string
  durable: boolean
  env: NodeJS.ProcessEnv
  patience: Patience
}

/** Makes the database cluster where there is none, checks its major version, and answers with its password. */
export async function ensureCluster(options: ClusterOptions): Promise<LedgerResult<string>> {
  const { place, passwordFile } = options
  const data = path.join(place.dir, 'data')
  if (!existsSync(data)) return await createCluster(data, options)

  const made = await checkCluster(data, place)
  if (!made.ok) return made
  const password = existsSync(passwordFile) ? (await readFile(passwordFile, 'utf8')).trim() : ''
  return password ? ok(password) : await resetPassword(data, options)
}

async function createCluster(data: string, options: ClusterOptions): Promise<LedgerResult<string>> {
  const { place, durable } = options
  const unfinished = `${data}.new`
  if (existsSync(unfinished)) await endOrphans(unfinished, place.prefix, options.patience)
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  const password = await writePassword(options)
  const forInitdb = path.join(place.dir, 'password.new')
  await writeFile(forInitdb, password, { mode: 0o600 })
  if (place.owner !== null) {
    await chown(unfinished, place.owner, place.owner)
    await chown(forInitdb, place.owner, place.owner)
  }
  const ended = await command(options, 'initdb', [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    `--pwfile=${forInitdb}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ])
  await rm(forInitdb, { force: true })
  if (ended !== null) {
    await rm(unfinished, { recursive: true, force: true })
    return explainOutput(ended, place.dir, options.logFile)
  }
  await rename(unfinished, data)
  const parent = await open(place.dir)
  await parent.sync()
  await parent.close()
  return ok(password)
}

async function checkCluster(data: string, place: Place): Promise<LedgerResult<null>> {
  const { uid } = await stat(data)
  const user = place.owner ?? process.getuid?.()
  if (user !== undefined && uid !== user) return otherOwner(data, uid)
  const version = (await readFile(path.join(data, 'PG_VERSION'), 'utf8')).trim()
  if (version === String(place.binaries.major)) return ok(null)
  return failure(
    'other_major_version',
    `This home's database was made by PostgreSQL ${version}, and this Waybill brings PostgreSQL ${place.binaries.major}.`,
    'Run "waybill backup FILE" with the Waybill that made it, move the home aside, and "waybill restore FILE" with this one.',
  )
}

/** A home copied without its password still opens: who may read the data directory may also set a new one. */
async function resetPassword(data: string, options: ClusterOptions): Promise<LedgerResult<string>> {
  const password = await writePassword(options)
  const sql = `ALTER ROLE ${USER} PASSWORD '${password}'\n`
  const ended = await command(options, 'postgres', ['--single', '-D', data, 'postgres'], sql)
  return ended === null ? ok(password) : explainOutput(ended, options.place.dir, options.logFile)
}

async function writePassword({ passwordFile, randomPassword }: ClusterOptions): Promise<string> {
  const password = randomPassword()
  await writeFile(passwordFile, password, { mode: 0o600, flush: true })
  return password
}

/** Runs a program of the embedded PostgreSQL as the database's user. Null when it succeeds, else what it printed. */
function command(options: ClusterOptions, name: string, args: string[], input = ''): Promise<string | null> {
  const { place, env } = options
  const [file, ...rest] = [...place.prefix, path.join(place.binaries.dir, 'bin', name), ...args]
  return new Promise((resolve) => {
    const ended = (error: ExecFileException | null, stdout: string, stderr: string) =>
      resolve(error ? stderr || stdout || error.message : null)
    execFile(file!, rest, { env, cwd: place.dir }, ended).stdin?.end(input)
  })
}
