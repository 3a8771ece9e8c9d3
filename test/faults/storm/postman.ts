import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A delivery, as the shop handed it over. */
export interface Letter {
  url: string
  headers: Record<string, string>
  body: Buffer
}

/** What becomes of the next deliveries. */
type Mood = 'deliver' | 'twice' | 'keep' | 'lose' | 'refuse'

/** What stands between the shop and Waybill: a network that does with webhooks what networks do. */
export interface Postman {
  url: string
  /** How the next so many deliveries fare; what is set first comes first. */
  next(mood: Exclude<Mood, 'keep'>, times: number, met: () => void): void
  /** Keeps the next so many deliveries on this pile, for whoever asked to deliver. */
  keep(times: number): Letter[]
  /** How all others fare. */
  always(mood: 'deliver' | 'lose' | 'refuse'): void
  /** From now on all are delivered, and first what was kept. */
  calm(): Promise<void>
  deliver(letter: Letter): Promise<number>
  /** Hashes of the bodies that Waybill has taken with a 2xx. */
  taken: Set<string>
  lost: number
  refused: number
  close(): Promise<void>
}

/** @param to where Waybill is now; null while it is not */
export async function startPostman(to: () => string | null): Promise<Postman> {
  const moods: { mood: Mood; left: number; met: (letter: Letter) => void }[] = []
  const piles: Letter[][] = []
  let usual: Mood = 'deliver'

  function moodFor(letter: Letter): Mood {
    const [first] = moods
    if (!first) return usual
    first.left -= 1
    if (first.left === 0) moods.shift()
    first.met(letter)
    return first.mood
  }

  async function deliver({ url, headers, body }: Letter): Promise<number> {
    const target = to()
    if (target === null) return 502
    const status = await fetch(target + url, { method: 'POST', headers, body: new Uint8Array(body) }).then(
      (answer) => answer.status,
      () => 502,
    )
    // The ping on subscribing is not signed, and says nothing.
    if (status < 300 && 'x-wc-webhook-signature' in headers)
      postman.taken.add(createHash('sha256').update(body).digest('hex'))
    return status
  }

  async function handle(letter: Letter): Promise<number> {
    const now = moodFor(letter)
    if (now === 'refuse') {
      postman.refused += 1
      return 500
    }
    if (now === 'lose') postman.lost += 1
    if (now === 'lose' || now === 'keep') return 200
    if (now === 'twice') await deliver(letter)
    return deliver(letter)
  }

  const server = createServer((request, response) => {
    void readLetter(request)
      .then(handle, () => 400)
      .then((status) => response.writeHead(status).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const postman: Postman = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: (mood, times, met) => void moods.push({ mood, left: times, met }),
    keep: (times) => {
      const pile: Letter[] = []
      piles.push(pile)
      moods.push({ mood: 'keep', left: times, met: (letter) => void pile.push(letter) })
      return pile
    },
    always: (mood) => {
      usual = mood
    },
    calm: async () => {
      usual = 'deliver'
      moods.length = 0
      for (const pile of piles) for (const letter of pile.splice(0)) await deliver(letter)
    },
    taken: new Set(),
    lost: 0,
    refused: 0,
    deliver,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return postman
}

const passedOn = /^(content-type|x-wc-webhook-.*)$/

async function readLetter(request: IncomingMessage): Promise<Letter> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && passedOn.test(name) ? [[name, value]] : [],
    ),
  )
  return { url: request.url ?? '/', headers, body: Buffer.concat(chunks) }
}
