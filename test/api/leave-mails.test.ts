import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leavingToken } from '../../src/flows/leave-mails.ts'
import { unwantedMails } from '../../src/ledger/notices.ts'
import { type Api, startApi } from './support.ts'

let api: Api
let link: string
beforeAll(async () => {
  api = await startApi()
  link = `${api.url}/leave/${leavingToken(api.world.vault, 'ops@shop.example', ['new_problem', 'gap_read'])}`
})
afterAll(() => api.stop())

const unwanted = async () => [...(await unwantedMails(api.world.db))].toSorted()
const press = (url: string, body = '') =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })

describe('the link of a mail that ends mails of its kinds', () => {
  it('changes nothing by being opened, and says what its button does', async () => {
    const answer = await fetch(link)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('No more mails about new problems, orders found after an outage?')
    expect(await unwanted()).toEqual([])
  })

  it('ends them by its button, and by that of the mail program (RFC 8058); undone by another', async () => {
    expect(await (await press(link)).text()).toContain('come any more')
    const ended = ['ops@shop.example gap_read', 'ops@shop.example new_problem']
    expect(await unwanted()).toEqual(ended)
    expect((await press(link, 'List-Unsubscribe=One-Click')).status).toBe(200)
    expect(await unwanted()).toEqual(ended)
    expect(await (await press(`${link}?again`)).text()).toContain('come again')
    expect(await unwanted()).toEqual([])
  })

  it.each(['AAAA', 'x'.repeat(200)])('is refused when it is not one of ours: %s', async (token) => {
    for (const answer of [await fetch(`${api.url}/leave/${token}`), await press(`${api.url}/leave/${token}`)])
      expect([answer.status, (await answer.text()).includes('not one of ours')]).toEqual([404, true])
    expect(await unwanted()).toEqual([])
  })
})
