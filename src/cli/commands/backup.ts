import { createReadStream } from 'node:fs'
import { access, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { markRestored } from '../../flows/after-restore.ts'
import { backup as copyTo } from '../../ledger/backup.ts'
import { openDatabase } from '../../ledger/database.ts'
import { migrate } from '../../ledger/migrate.ts'
import { restore as fillFrom } from '../../ledger/restore.ts'
import { connect } from '../client.ts'
import { type Environment, readEnvironment } from '../environment.ts'
import { CliFailure } from '../failure.ts'
import type { Output } from '../output.ts'
import { failedLedger, findServer } from '../running/database.ts'
import { counted } from '../words.ts'

const now = () => new Date()
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** `waybill backup FILE`: from the running server, else from the database itself. */
export async function backup(file: string, output: Output): Promise<number> {
  const environment = readEnvironment(process.env)
  const draft = `${file}.part`
  output.progress('Copying …')
  try {
    // Never into a file that another made: it might stay theirs, or lead elsewhere.
    await rm(draft, { force: true })
    const target = (await open(draft, 'wx', 0o600)).createWriteStream({ flush: true })
    const client = await connect(environment).catch((error: unknown) => {
      if (error instanceof CliFailure && error.code === 'not_running') return null
      throw error
    })
    const answer = client && (await answerOf(client))
    if (answer?.body) await pipeline(Readable.fromWeb(answer.body as ReadableStream), target)
    else await copyDirectly(environment, target)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw unlessKnown(error, `The backup ${file} could not be written`)
  }
  const { size } = await stat(file)
  output.document({ file: path.resolve(file), bytes: size })
  output.line(`Everything is in ${file} (${Math.ceil(size / 1024)} kB).`)
  output.line(
    environment.key === undefined
      ? `Credentials stay sealed in it: keep the key file ${path.join(environment.home, 'key')} as well, in another place.`
      : 'Credentials stay sealed in it: keep WAYBILL_KEY as well, in another place.',
  )
  return 0
}

async function answerOf(client: Awaited<ReturnType<typeof connect>>): Promise<Response | null> {
  try {
    return await client.raw('GET', '/backup')
  } catch (error) {
    if (error instanceof CliFailure && error.code === 'not_running') return null
    throw error
  }
}

async function copyDirectly(environment: Environment, target: NodeJS.WritableStream): Promise<void> {
  if (environment.url !== null)
    throw new CliFailure(`No Waybill answers at ${environment.url}`, 'Check WAYBILL_URL.')
  await ensureThere(environment)
  const server = await findServer(environment, { now, log: quiet })
  const { pool } = openDatabase({ connectionString: server.url }, () => undefined)
  try {
    const made = await copyTo(pool, target, now)
    if (!made.ok) throw failedLedger(made.error)
  } finally {
    await pool.end()
    await server.stop()
  }
}

/** A backup makes no database. */
async function ensureThere({ home, databaseUrl }: Environment): Promise<void> {
  if (databaseUrl !== null) return
  await access(path.join(home, 'postgres')).catch(() => {
    throw new CliFailure(`There is no Waybill in ${home}`, 'Set WAYBILL_HOME to its home.')
  })
}

/** `waybill restore FILE`: into an empty home or database; the next start looks up what may have happened since. */
export async function restore(file: string, output: Output): Promise<number> {
  const environment = readEnvironment(process.env)
  await access(file).catch(() => {
    throw new CliFailure(`There is no file ${file}`, 'Name a file that waybill backup has written.', {
      exitCode: 2,
    })
  })
  const server = await findServer(environment, { now, log: quiet })
  const { db, pool } = openDatabase({ connectionString: server.url }, () => undefined)
  try {
    output.progress('Restoring …')
    const restored = await fillFrom(pool, createReadStream(file))
    if (!restored.ok) throw failedLedger(restored.error)
    const migrated = await migrate(pool)
    if (!migrated.ok) throw failedLedger(migrated.error)
    await markRestored(db, now())
    const keyFile = path.join(environment.home, 'key')
    const hasKey =
      environment.key !== undefined ||
      (await access(keyFile).then(
        () => true,
        () => false,
      ))
    output.document({ ...restored.value, home: environment.home, keyNeeded: !hasKey })
    output.line(`${counted(restored.value.rows, 'row')} restored.`)
    if (!hasKey)
      output.line(
        `Before you start it, put the key of the backed-up Waybill at ${keyFile} (mode 600), or set WAYBILL_KEY.`,
      )
    output.line('The next start looks up every order that was on its way before it sends anything.')
    output.line('What people decided since the backup (orders cancelled, problems solved) is not in it.')
    return 0
  } catch (error) {
    throw unlessKnown(error, `${file} could not be restored`)
  } finally {
    await pool.end()
    await server.stop()
  }
}

function unlessKnown(error: unknown, what: string): unknown {
  if (error instanceof CliFailure) return error
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC') return new CliFailure(`${what}: the disk is full`, 'Make room, then try again.')
  if (
    code === 'ENOENT' ||
    code === 'EACCES' ||
    code === 'EISDIR' ||
    code === 'ERR_FS_EISDIR' ||
    code === 'EEXIST' ||
    code === 'EPERM' ||
    code === 'EROFS'
  )
    return new CliFailure(`${what} (${code})`, 'Name a file in a folder that you may write to.')
  if (error instanceof Error && /terminated|aborted|premature/i.test(error.message))
    return new CliFailure(`${what}: the copy broke off`, 'Read the log of the server, then try again.')
  return error
}
