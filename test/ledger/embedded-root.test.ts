import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  cleanUp,
  holder,
  isRoot,
  later,
  query,
  refusal,
  start,
  temporaryFolder,
  usedHome,
} from '../support/embedded-home.ts'

afterEach(cleanUp)

const NOBODY = 65534
const kept = (url: string) => query(url, 'SELECT answer FROM kept')
const uidOf = async (...file: string[]) => (await stat(path.join(...file))).uid

async function effectiveUid(pid: number): Promise<number> {
  return Number(/^Uid:\s+\d+\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** A PATH on which commands are refused, as a container refuses user namespaces. */
async function refusing(...commands: string[]): Promise<NodeJS.ProcessEnv> {
  const folder = await temporaryFolder()
  for (const command of commands) {
    const refuse = `#!/bin/sh\necho "${command}: unshare failed: Operation not permitted" >&2\nexit 1\n`
    await writeFile(path.join(folder, command), refuse, { mode: 0o755 })
  }
  return { PATH: `${folder}:${process.env['PATH']}` }
}

/** Stands in for /var/lib/waybill. */
async function sharedFolder(): Promise<string> {
  const folder = await temporaryFolder()
  await chmod(folder, 0o755)
  return path.join(folder, 'waybill')
}

// As in most containers, where root may not look into other users' processes.
const limited = ['setpriv', '--inh-caps=-sys_ptrace', '--bounding-set=-sys_ptrace']

describe.skipIf(!isRoot)('run as root', () => {
  test('PostgreSQL runs in a user namespace of its own, and its files are root’s', async () => {
    const home = path.join(await temporaryFolder(), 'home')
    const { databaseUrl, pid } = await start({ home })
    expect(await query(databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    const map = await readFile(`/proc/${pid()}/uid_map`, 'utf8')
    expect(map.trim().split(/\s+/)).toEqual([String(NOBODY), '0', '1'])
    expect(await uidOf(home, 'postgres', 'data', 'PG_VERSION')).toBe(0)
  })

  test('in a folder that others may not enter as well', async () => {
    const closed = await temporaryFolder()
    await chmod(closed, 0o700)
    const { databaseUrl } = await start({ home: path.join(closed, 'home') })
    expect(await query(databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('after kill -9 it is attached to, by a root without CAP_SYS_PTRACE too', async () => {
    const home = path.join(await temporaryFolder(), 'home')
    const first = await holder({ home }, limited)
    await first.kill()
    const second = await holder({ home }, limited)
    expect(second.said).toMatchObject({ ok: true, started: false, pid: first.said.ok && first.said.pid })
    await second.kill()
    expect((await start({ home })).started).toBe(false)
  })

  describe('where user namespaces are refused', () => {
    async function closedHome() {
      const closed = await temporaryFolder()
      await chmod(closed, 0o700)
      return {
        home: path.join(closed, 'home'),
        shared: [await sharedFolder()],
        env: await refusing('unshare'),
      }
    }

    test('it runs as nobody, with programs and data outside the closed home, whose modes stay', async () => {
      const options = await closedHome()
      const { databaseUrl, pid, connection } = await start(options)
      expect(await query(databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
      expect(await effectiveUid(pid())).toBe(NOBODY)
      expect(connection.host.startsWith(options.shared[0]!)).toBe(true)
      const place = path.dirname(connection.host)
      expect((await stat(path.join(place, 'data'))).mode & 0o777).toBe(0o700)
      expect((await stat(place)).mode & 0o777).toBe(0o700)
      expect((await stat(path.dirname(options.home))).mode & 0o777).toBe(0o700)
      expect(await uidOf(options.home, 'postgres', 'password')).toBe(0)
    })

    test('a second start finds the data again, also when namespaces are allowed by then', async () => {
      const options = await closedHome()
      await usedHome(options)
      const again = await start(options)
      expect(await kept(again.databaseUrl)).toEqual([{ answer: 42 }])
      await again.stop()
      const { env: _, ...allowed } = options
      const later = await start(allowed)
      expect(await kept(later.databaseUrl)).toEqual([{ answer: 42 }])
      expect(await effectiveUid(later.pid())).toBe(NOBODY)
    })

    test('after kill -9 the server is attached to, by a root without CAP_SYS_PTRACE too', async () => {
      const options = await closedHome()
      const prefix = [...limited, 'env', `PATH=${options.env['PATH']}`]
      const first = await holder({ home: options.home, shared: options.shared }, prefix)
      await first.kill()
      const second = await holder({ home: options.home, shared: options.shared }, prefix)
      expect(second.said).toMatchObject({ ok: true, started: false, pid: first.said.ok && first.said.pid })
      await second.kill()
      const third = await start(options)
      expect(third.started).toBe(false)
    })

    test('a database already in the home is moved out with it', async () => {
      const options = await closedHome()
      await usedHome({ home: options.home })
      const { databaseUrl } = await start(options)
      expect(await kept(databaseUrl)).toEqual([{ answer: 42 }])
      expect(existsSync(path.join(options.home, 'postgres', 'data'))).toBe(false)
    })

    test('a database that runs is not moved under its feet', async () => {
      const options = await closedHome()
      const { said, kill } = await holder({ home: options.home })
      await kill()
      expect((await refusal(options)).code).toBe('database_busy')
      const next = await start({ home: options.home })
      expect(next.pid()).toBe(said.ok && said.pid)
    })

    test('a home that is gone leaves nothing that a new home of the same path would show', async () => {
      const options = await closedHome()
      await usedHome(options)
      await rm(options.home, { recursive: true })
      const { databaseUrl } = await start(options)
      await expect(kept(databaseUrl)).rejects.toThrow('relation "kept" does not exist')
    })

    test('a database that is not where it was is missed, never silently begun anew', async () => {
      const options = await closedHome()
      await usedHome(options)
      const hash = createHash('sha256').update(path.join(options.home, 'postgres')).digest('hex').slice(0, 12)
      const place = path.join(options.shared[0]!, hash)
      await rename(place, `${place}-elsewhere`)
      const error = await refusal(options)
      expect(error.code).toBe('database_missing')
      expect(error.message).toContain(place)
    })

    test('the next folder is tried when the first cannot serve', async () => {
      const options = await closedHome()
      const writable = await sharedFolder()
      await mkdir(writable)
      await chmod(writable, 0o777)
      const { connection } = await start({ ...options, shared: [writable, options.shared[0]!] })
      expect(connection.host.startsWith(options.shared[0]!)).toBe(true)
      expect(await readdir(writable)).toEqual([])
    })

    test('and other users as well, there is one line', async () => {
      const options = await closedHome()
      const error = await refusal({ ...options, env: await refusing('unshare', 'setpriv') })
      expect(error.code).toBe('no_other_user')
      expect(error.message).not.toContain('\n')
      expect(error.fix).toContain('DATABASE_URL')
    })
  })

  test('a home that an ordinary user made is not taken over', async () => {
    const home = await usedHome()
    await chown(path.join(home, 'postgres'), 1234, 1234)
    later(() => chown(path.join(home, 'postgres'), 0, 0))
    const error = await refusal({ home })
    expect(error.code).toBe('home_other_owner')
    expect(error.message).toContain('1234')
  })
})
