import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Db, mainAccount, openDatabase } from '../../src/ledger/database.ts'
import { connectionById } from '../../src/ledger/health.ts'
import { claim, claimProbe, dueConnections } from '../../src/ledger/claim.ts'
import { enqueue, Fenced, finish } from '../../src/ledger/jobs.ts'
import { freeSlot, resizeSlots, takeSlot } from '../../src/ledger/slots.ts'
import { buryTheDead, deregister, type Liveness, register } from '../../src/ledger/workers.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const now = new Date('2026-03-01T10:00:00Z')
const later = (ms: number) => new Date(now.getTime() + ms)

let database: TestDatabase
let db: Db
let connectionId: string
const alive: Liveness[] = []

beforeAll(async () => {
  database = await testDatabase()
  db = openDatabase({ connectionString: database.url }, () => undefined).db
})

afterAll(async () => {
  await Promise.all(alive.map((liveness) => liveness.release().catch(() => undefined)))
  await db.destroy()
  await database.drop()
})

beforeEach(async () => {
  connectionId = await newConnection(3)
})

async function newConnection(slots: number): Promise<string> {
  const id = randomUUID()
  await db
    .insertInto('connections')
    .values({
      id,
      account_id: mainAccount,
      name: id,
      role: 'backend',
      kind: 'test',
      config: '{}',
      secrets: Buffer.alloc(0),
      health_since: now,
      created_at: now,
      updated_at: now,
    })
    .execute()
  await db.transaction().execute((tx) => resizeSlots(tx, id, slots))
  return id
}

let nextLock = 1000

async function newWorker(): Promise<{ id: string; liveness: Liveness }> {
  nextLock += 1
  const id = randomUUID()
  const worker = { id, lockKey: String(nextLock), role: 'worker', host: 'test', pid: 1, now }
  const liveness = await register({ connectionString: database.url }, worker)
  alive.push(liveness)
  return { id, liveness }
}

const put = (keys: string[], over: object = {}) =>
  db.transaction().execute((tx) =>
    enqueue(
      tx,
      keys.map((key) => ({ kind: 'poll' as const, key, connectionId, runAt: now, ...over })),
    ),
  )

const take = async (worker: string, at = now, atMost = 100) => {
  const connection = (await connectionById(db, connectionId))!
  const wanted = { connectionId, worker, now: at, atMost }
  return (await (connection.failures === 0 ? claim(db, wanted) : claimProbe(db, wanted))).jobs
}
const jobsLeft = async () =>
  db
    .selectFrom('jobs')
    .select(['key', 'run_at', 'worker', 'attempts'])
    .where('connection_id', '=', connectionId)
    .execute()

describe('the job table', () => {
  it('holds one job for a kind and key, at the earlier of both times', async () => {
    const key = randomUUID()
    await put([key], { runAt: later(5000) })
    await put([key], { runAt: later(1000) })
    await put([key], { runAt: later(9000) })
    expect(await jobsLeft()).toMatchObject([{ key, run_at: later(1000) }])
  })

  it('runs a job once more when it was asked for while it ran', async () => {
    const key = randomUUID()
    const { id } = await newWorker()
    await put([key])
    const [job] = await take(id)
    await put([key], { runAt: later(10) })
    await db.transaction().execute((tx) => finish(tx, job!, id))
    expect(await jobsLeft()).toMatchObject([{ key, worker: null, run_at: later(10), attempts: 0 }])
  })

  it('never lets more jobs of an account run than it has slots, whoever claims', async () => {
    const workers = await Promise.all([newWorker(), newWorker(), newWorker()])
    await put(Array.from({ length: 20 }, () => randomUUID()))
    const claimed = (await Promise.all(workers.map(({ id }) => take(id)))).flat()
    expect(claimed).toHaveLength(3)
    expect(new Set(claimed.map((job) => job.slot)).size).toBe(3)
    expect(new Set(claimed.map((job) => job.id)).size).toBe(3)
    expect(await takeSlot(db, connectionId, workers[0]!.id, now)).toBeNull()
  })

  it('has no more slots than the connection was given last, also when those too many were in use', async () => {
    const { id } = await newWorker()
    const keys = Array.from({ length: 8 }, () => randomUUID())
    await put(keys)
    const running = await take(id)
    expect(running).toHaveLength(3)
    await db.transaction().execute((tx) => resizeSlots(tx, connectionId, 1))
    for (const job of running) await db.transaction().execute((tx) => finish(tx, job, id))
    const next = await take(id)
    expect(next).toHaveLength(1)
    await db.transaction().execute((tx) => finish(tx, next[0]!, id))
    await db.updateTable('connections').set({ failures: 1 }).where('id', '=', connectionId).execute()
    const probe = await take(id)
    expect(probe).toHaveLength(1)
    await db.transaction().execute((tx) => finish(tx, probe[0]!, id))
    await db.updateTable('connections').set({ failures: 0 }).where('id', '=', connectionId).execute()
    await db.transaction().execute((tx) => resizeSlots(tx, connectionId, 3))
    expect(await take(id)).toHaveLength(3)
  })

  it('counts calls outside the queue against the same budget', async () => {
    const { id } = await newWorker()
    const slot = await takeSlot(db, connectionId, id, now)
    await put([randomUUID(), randomUUID(), randomUUID()])
    expect(await take(id)).toHaveLength(2)
    await freeSlot(db, connectionId, slot!, id)
    expect(await take(id)).toHaveLength(1)
  })

  it('frees the slot and forgets the job when it is done, and keeps attempts of a burnt run', async () => {
    const { id } = await newWorker()
    const key = randomUUID()
    await put([key])
    const [first] = await take(id)
    await db.transaction().execute((tx) => finish(tx, first!, id, { runAt: later(100), countAttempt: true }))
    const [second] = await take(id, later(100))
    expect(second).toMatchObject({ key, attempts: 2 })
    await db
      .transaction()
      .execute((tx) => finish(tx, second!, id, { runAt: later(200), countAttempt: false }))
    const [third] = await take(id, later(200))
    expect(third).toMatchObject({ attempts: 2 })
    await db.transaction().execute((tx) => finish(tx, third!, id))
    expect(await jobsLeft()).toEqual([])
    const slots = await db
      .selectFrom('slots')
      .select('worker')
      .where('connection_id', '=', connectionId)
      .execute()
    expect(slots.map((slot) => slot.worker)).toEqual([null, null, null])
  })

  it('takes what a person waits for before the daily work', async () => {
    const { id } = await newWorker()
    const [daily, urgent] = [randomUUID(), randomUUID()]
    await put([daily], { runAt: later(-1000) })
    await put([urgent], { priority: 0 })
    expect(await take(id, now, 1)).toMatchObject([{ key: urgent }])
  })

  it('looks for a lost answer in its time, however many orders wait', async () => {
    const { id } = await newWorker()
    const lost = randomUUID()
    await put([lost])
    const [job] = await take(id, now, 1)
    await put(Array.from({ length: 20 }, () => randomUUID()))
    await db
      .transaction()
      .execute((tx) => finish(tx, job!, id, { runAt: later(1000), countAttempt: true, priority: 5 }))
    expect(await take(id, later(1000), 1)).toMatchObject([{ key: lost }])
  })

  it('gives nothing for a connection that is blocked or paused, and one lone probe for one in trouble', async () => {
    const workers = await Promise.all([newWorker(), newWorker()])
    await put([randomUUID(), randomUUID(), randomUUID()])
    const set = (values: object) =>
      db.updateTable('connections').set(values).where('id', '=', connectionId).execute()
    await set({ blocked_until: later(1000), failures: 1 })
    expect(await take(workers[0]!.id)).toEqual([])
    expect((await dueConnections(db, now)).due.map((one) => one.id)).not.toContain(connectionId)
    const probes = await Promise.all(workers.map(({ id }) => take(id, later(1000))))
    expect(probes.flat()).toHaveLength(1)
    expect(await take(workers[0]!.id, later(1000))).toEqual([])
    await set({ blocked_until: null, failures: 0 })
    expect((await Promise.all(workers.map(({ id }) => take(id)))).flat()).toHaveLength(2)
    await set({ paused_at: now })
    expect(await take(workers[0]!.id)).toEqual([])
  })
})

describe('a worker that died', () => {
  it('gives its jobs back at once, and its slots when its calls can no longer be running', async () => {
    const [dead, heir] = await Promise.all([newWorker(), newWorker()])
    await put([randomUUID(), randomUUID(), randomUUID()])
    expect(await take(dead.id)).toHaveLength(3)
    const bury = (at: Date) => buryTheDead(db, { me: heir.id, now: at, callTimeoutMs: () => 60_000 })

    expect(await bury(now)).toBe(0)
    await dead.liveness.release()
    await expectEventually(async () => (await bury(now)) >= 1)

    expect(await jobsLeft()).toMatchObject([{ worker: null }, { worker: null }, { worker: null }])
    expect(await take(heir.id, later(59_999))).toEqual([])
    expect(await take(heir.id, later(60_000))).toHaveLength(3)
  })

  it('leaves what it had under way to be looked at first, unless its jobs keep killing workers', async () => {
    const heir = await newWorker()
    const [first, second, waiting] = [randomUUID(), randomUUID(), randomUUID()]
    await put([first, second], { runAt: later(-2000) })
    await put([waiting], { runAt: later(-1000) })
    const dieAtBoth = async (at: Date) => {
      const dying = await newWorker()
      const taken = await take(dying.id, at, 2)
      expect(taken.map(({ key }) => key).toSorted()).toEqual([first, second].toSorted())
      await dying.liveness.release()
      await expectEventually(async () => {
        await buryTheDead(db, { me: heir.id, now: at, callTimeoutMs: () => 0 })
        return (await jobsLeft()).every(({ worker }) => worker === null)
      })
      return taken.map(({ deaths }) => deaths)
    }
    expect(await dieAtBoth(now)).toEqual([0, 0])
    expect(await dieAtBoth(now)).toEqual([1, 1])
    expect(await dieAtBoth(now)).toEqual([2, 2])
    // Now they rest, the one after the other: which of them is at fault shows when each has run by itself.
    expect(await take(heir.id, now)).toMatchObject([{ key: waiting }])
    const [one, other] = [...(await take(heir.id, later(5_000))), ...(await take(heir.id, later(6_000)))]
    expect([one, other]).toMatchObject([{ deaths: 3 }, { deaths: 3 }])
    expect([one!.key, other!.key].toSorted()).toEqual([first, second].toSorted())

    await db
      .transaction()
      .execute((tx) => finish(tx, one!, heir.id, { runAt: later(7_000), countAttempt: true }))
    expect(await take(heir.id, later(7_000))).toMatchObject([{ key: one!.key, deaths: 0 }])
  })

  it('cannot finish what another has taken over: its result is dropped', async () => {
    const [slow, heir] = await Promise.all([newWorker(), newWorker()])
    await put([randomUUID()])
    const [job] = await take(slow.id)
    await slow.liveness.release()
    await expectEventually(async () => {
      await buryTheDead(db, { me: heir.id, now, callTimeoutMs: () => 0 })
      return (
        (await db.selectFrom('workers').select('id').where('id', '=', slow.id).executeTakeFirst()) ===
        undefined
      )
    })
    const [again] = await take(heir.id)
    expect(again?.id).toBe(job?.id)
    const write = db.transaction().execute(async (tx) => {
      await sql`INSERT INTO settings (account_id, key, value) VALUES (${mainAccount}, ${slow.id}, 'true')`.execute(
        tx,
      )
      await finish(tx, job!, slow.id)
    })
    await expect(write).rejects.toBeInstanceOf(Fenced)
    expect(await db.selectFrom('settings').select('key').where('key', '=', slow.id).execute()).toEqual([])
  })

  it('cannot claim again under its old name', async () => {
    const { id, liveness } = await newWorker()
    await liveness.release()
    await deregister(db, id)
    await put([randomUUID()])
    await expect(take(id)).rejects.toThrow(/foreign key/)
  })

  it('is told when its lock is lost', async () => {
    const { id, liveness } = await newWorker()
    await sql`SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN workers w ON l.objid::bigint = w.lock_key
      WHERE l.locktype = 'advisory' AND w.id = ${id}`.execute(db)
    await expect(liveness.lost).resolves.toBeInstanceOf(Error)
  })
})

/** The server notices a closed connection a moment later; asks until it has. */
async function expectEventually(check: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 5000
  while (Date.now() < until) if (await check()) return
  throw new Error('did not happen within 5 seconds')
}
