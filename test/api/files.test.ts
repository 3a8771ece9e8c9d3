import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startApi } from './support.ts'

let api: Api
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'waybill-files-'))
  await mkdir(path.join(folder, 'web', 'assets'), { recursive: true })
  await mkdir(path.join(folder, 'web-more'))
  await writeFile(path.join(folder, 'web', 'index.html'), '<h1>the page</h1>')
  await writeFile(path.join(folder, 'web', 'assets', 'a.js'), 'a')
  await writeFile(path.join(folder, 'key'), 'not to be served')
  await writeFile(path.join(folder, 'web-more', 'key'), 'not to be served')
  api = await startApi({ server: { webDir: path.join(folder, 'web') } })
})
afterAll(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

/** fetch() tidies addresses up; this sends the line as it is. */
function get(target: string): Promise<string> {
  const { port } = new URL(api.url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(`GET ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`),
    )
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

describe('files', () => {
  it('of the page are served', async () => {
    expect(await get('/assets/a.js')).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\na$/)
    expect(await get('/orders/1')).toContain('the page')
  })

  it.each([
    '/../key',
    '/..%2fkey',
    '/%2e%2e/key',
    '/%2e%2e%2fkey',
    '/..%5ckey',
    '/assets/../../key',
    '/assets/..%2f..%2fkey',
    '/assets/....//key',
    '/../web-more/key',
    '/..%2fweb-more%2fkey',
    '//key',
    '/%00../key',
    '/key%00.js',
    '/%252e%252e%252fkey',
    'http://127.0.0.1/../key',
  ])('outside of it are not: %s', async (target) => {
    const answer = await get(target)
    expect(answer).toMatch(/^HTTP\/1\.1 [234]\d\d /)
    expect(answer).not.toContain('not to be served')
  })
})
