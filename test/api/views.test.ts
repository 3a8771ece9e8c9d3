import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ProblemDetails, ViewJson } from '../../src/server/schemas.ts'
import { type Api, json, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())
afterEach(() => api.world.db.deleteFrom('saved_views').execute())

const list = async () => (await api.get<{ items: ViewJson[]; nextCursor: null }>('/views')).items
const names = async () => (await list()).map(({ name }) => name)
const at = (name: string) => `/views/${encodeURIComponent(name)}`
const put = (name: string, body: object) => api.put<ViewJson>(at(name), body)
const refused = async (name: string, body: unknown, headers = {}): Promise<ProblemDetails> => {
  const request = json(body)
  const answer = await api.ask('PUT', at(name), { ...request, headers: { ...request.headers, ...headers } })
  expect(answer.headers.get('content-type')).toMatch('application/problem+json')
  return answer.body
}

describe('saved views', () => {
  it('keep filters and columns under a name, and are found by it whatever its case', async () => {
    const query = {
      status: ['post_error', 'import_error'],
      search: 'Müller',
      decision: 'changed',
      placedFrom: '2026-01-01',
      amountFrom: '10.00',
      currency: 'EUR',
      columns: ['number', 'email', 'total'],
    }
    const made = await put('Ärger / 50% & mehr', { query: { ...query, currency: 'eur' } })
    expect(made).toMatchObject({ name: 'Ärger / 50% & mehr', query })
    expect(await list()).toEqual([made])

    const changed = await put('ÄRGER / 50% & MEHR', {
      query: { status: 'held,posted', search: '', columns: '' },
    })
    expect(changed).toMatchObject({ name: 'Ärger / 50% & mehr', createdAt: made.createdAt })
    expect(changed.query).toEqual({ status: ['held', 'posted'] })
    expect(await list()).toEqual([changed])
  })

  it('that somebody else has changed are not overwritten by who has read them before', async () => {
    const read = await put('Mine', { query: { status: 'held' } })
    await api.world.advance(1000)
    const theirs = await put('Mine', { query: { status: 'posted' } })
    const update = (tag: string, name = 'Mine') =>
      api.ask('PUT', at(name), {
        ...json({ query: { status: 'cancelled' } }),
        headers: { 'content-type': 'application/json', 'if-match': `"${tag}"` },
      })
    expect(await update(read.updatedAt)).toMatchObject({
      status: 412,
      body: { code: 'changed_meanwhile', fix: expect.stringContaining('another name') as string },
    })
    expect(await update(read.updatedAt, 'Gone')).toMatchObject({ status: 404 })
    expect(await update('soon')).toMatchObject({ status: 400 })
    expect(await list()).toEqual([theirs])
    expect(await update(theirs.updatedAt)).toMatchObject({ status: 200 })
  })

  it('stand in the sequence of their names, as a person would look for them', async () => {
    for (const name of ['view 10', 'zebra', 'Éclair', 'View 9', 'apple']) await put(name, { query: {} })
    expect(await names()).toEqual(['apple', 'Éclair', 'View 9', 'view 10', 'zebra'])
  })

  it('are renamed with what they show, but not over another one', async () => {
    await put('Mine', { query: { search: 'a' } })
    await put('Other', { query: { search: 'b' } })
    expect(await put('mine', { name: 'MINE' })).toMatchObject({ name: 'MINE', query: { search: 'a' } })
    expect(await put('mine', { name: 'Ours' })).toMatchObject({ name: 'Ours', query: { search: 'a' } })
    expect(await refused('Ours', { name: 'other' })).toMatchObject({ status: 409, code: 'name_taken' })
    expect(await refused('Mine', { name: 'New', query: {} })).toMatchObject({ status: 404 })
    expect(await refused('Mine', { name: 'Mine' })).toMatchObject({ status: 404, code: 'not_found' })
    expect((await list()).map(({ name, query }) => [name, query.search])).toEqual([
      ['Other', 'b'],
      ['Ours', 'a'],
    ])
  })

  it('of a name that is taken are not touched by who wants a new one', async () => {
    await put('Held', { query: { search: 'first' } })
    const onlyNew = { 'if-none-match': '*' }
    expect(await refused('HELD', { query: {} }, onlyNew)).toMatchObject({
      status: 409,
      code: 'name_taken',
      detail: expect.stringContaining('"HELD"') as string,
    })
    expect(await refused('Held', { query: {} }, { 'if-none-match': '"etag"' })).toMatchObject({ status: 400 })
    expect((await list())[0]!.query).toEqual({ search: 'first' })
    // Of several at the same moment, one makes it.
    const answers = await Promise.all(
      ['New', 'NEW', 'new', 'nEw'].map((name) =>
        api.ask('PUT', at(name), {
          ...json({ query: {} }),
          headers: { 'content-type': 'application/json', ...onlyNew },
        }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    expect(await names()).toHaveLength(2)
  })

  it('are deleted, once', async () => {
    await put('..a/b?c#d', { query: {} })
    expect((await api.ask('DELETE', at('..A/B?C#D'))).status).toBe(204)
    expect(await list()).toEqual([])
    expect(await api.ask('DELETE', at('..a/b?c#d'))).toMatchObject({
      status: 404,
      body: { code: 'not_found', fix: expect.stringContaining('/views') as string },
    })
  })

  it.each([
    [{ query: { colour: 'red' } }, 'query', '"colour"'],
    [{ query: { sort: 'placed' } }, 'query', '"sort"'],
    [{ query: { status: 'held,gone' } }, 'query.status.1', 'held'],
    [{ query: { columns: ['number', 'colour'] } }, 'query.columns.1', 'email'],
    [{ query: { placedFrom: 'yesterday' } }, 'query.placedFrom', '2026-03-01'],
    [{ query: { placedFrom: '2026-03-02', placedTo: '2026-03-01' } }, 'query.placedTo', 'earlier'],
    [{ query: { amountFrom: '1,5' } }, 'query.amountFrom', '12.30'],
    [{ query: { currency: 'euros' } }, 'query.currency', 'EUR'],
    [{ query: {}, filters: {} }, '', 'filters'],
    [{ name: '\u0007', query: {} }, 'name', 'control characters'],
    [{}, 'query', 'give what the view shows'],
  ])('are refused with the field that is wrong: %j', async (body, field, says) => {
    const problem = await refused('Mine', body)
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request' })
    const error = problem.errors!.find((one) => one.field === field)
    expect(error?.message).toContain(says)
    expect(await list()).toEqual([])
  })

  it('have to have room in an address', async () => {
    const problem = await refused('Mine', { query: { problem: 'x'.repeat(4_000) } })
    expect(problem.errors).toEqual([
      { field: 'query', message: expect.stringContaining('shorter') as string },
    ])
  })

  it.each([' ', 'x'.repeat(61), 'a\nb', 'a\tb', '...', '\ud800'])('are not called %j', async (name) => {
    const problem = await refused('Mine', { name, query: {} })
    expect(problem.errors!.map(({ field }) => field)).toContain('name')
  })

  it('are called by 60 characters of any script at most, without blanks around them', async () => {
    const long = '🛒'.repeat(60)
    expect((await put(`  ${long} `, { query: {} })).name).toBe(long)
    expect(await refused(`${long}.`, { query: {} })).toMatchObject({ status: 400 })
  })

  it('are 100 at most; one that is there can still be changed', async () => {
    const { db } = api.world
    await db
      .insertInto('saved_views')
      .values(
        Array.from({ length: 99 }, (_, n) => ({
          account_id: 'main',
          key: `view ${n}`,
          name: `View ${n}`,
          query: '{}',
          created_at: api.world.now(),
          updated_at: api.world.now(),
        })),
      )
      .execute()
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => api.ask('PUT', at(name), json({ query: {} }))),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({
      code: 'too_many_views',
      fix: expect.stringContaining('Delete') as string,
    })
    await put('view 7', { query: { search: 'x' } })
    expect(await list()).toHaveLength(100)
  })

  it('are described, and shown to nobody without the token', async () => {
    const { paths } = await api.get<{ paths: Record<string, object> }>('/openapi.json')
    expect(Object.keys(paths['/api/v1/views']!)).toEqual(['get'])
    expect(Object.keys(paths['/api/v1/views/{name}']!).sort()).toEqual(['delete', 'put'])
    expect((await fetch(`${api.url}/api/v1/views`)).status).toBe(401)
  })
})
