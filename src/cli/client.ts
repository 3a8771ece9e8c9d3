import { z } from 'zod'
import type { Environment } from './environment.ts'
import { CliFailure } from './failure.ts'
import { announcedServer, readToken } from './running/home-files.ts'
import { allVisible } from './visible.ts'

/** Speaks to a Waybill's API. Every refusal is a `CliFailure` with the server's own words and remedy. */
export interface Client {
  url: string
  get<T>(path: string, query?: Record<string, string | undefined>): Promise<T>
  post<T>(path: string, body?: object): Promise<T>
  /** The answer as it comes, for what is no JSON. */
  raw(method: 'GET' | 'POST', path: string): Promise<Response>
}

const refusalSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
  fix: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  mistakes: z
    .array(
      z.object({
        line: z.number(),
        column: z.number(),
        path: z.string(),
        message: z.string(),
        fix: z.string(),
      }),
    )
    .optional(),
  candidates: z
    .array(
      z.object({
        id: z.string(),
        connection: z.string(),
        number: z.string(),
        label: z.string(),
        placedAt: z.string().nullable(),
      }),
    )
    .optional(),
})
export type Refusal = z.infer<typeof refusalSchema>

/** A refusal of the server, with what it said. */
export class ApiRefusal extends CliFailure {
  readonly status: number
  readonly refusal: Refusal

  constructor(status: number, refusal: Refusal) {
    const errors = refusal.errors?.map((error) => `${error.field}: ${error.message}`).join('; ')
    const candidates = refusal.candidates
      ?.map((one) => `${one.id} (${one.connection} ${one.number}, ${one.label})`)
      .join('; ')
    super(
      [refusal.detail ?? refusal.title ?? `The server answered ${status}`, errors, candidates]
        .filter((part) => part)
        .join(' – '),
      refusal.fix ?? '',
      { code: refusal.code ?? 'refused' },
    )
    this.status = status
    this.refusal = refusal
  }
}

/**
 * The server of this home, or the one that WAYBILL_URL names. Its texts come as a terminal may show them; `exact`, for
 * --json, as they are.
 */
export async function connect(environment: Environment, { exact = false } = {}): Promise<Client> {
  const { url, token } = await findServer(environment)

  const read = async (response: Response): Promise<unknown> => {
    const body: unknown = await response.json()
    return exact ? body : allVisible(body)
  }

  async function send(method: 'GET' | 'POST', path: string, body?: object): Promise<Response> {
    let response: Response
    try {
      response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (error) {
      throw unreachable(environment, url, error)
    }
    if (response.ok) return response
    const parsed = refusalSchema.safeParse(await read(response).catch(() => null))
    if (response.status === 401)
      throw new CliFailure(
        `The Waybill at ${url} does not accept the token`,
        environment.url === null
          ? `Start it again, or remove ${environment.home}/token first.`
          : 'Set WAYBILL_TOKEN to the content of the file "token" in its home.',
      )
    throw new ApiRefusal(response.status, parsed.data ?? { detail: `The server answered ${response.status}` })
  }

  return {
    url,
    get: async <T>(path: string, query: Record<string, string | undefined> = {}) => {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
      const asked = given.length > 0 ? `?${new URLSearchParams(given)}` : ''
      return (await read(await send('GET', path + asked))) as T
    },
    post: async <T>(path: string, body?: object) => (await read(await send('POST', path, body))) as T,
    raw: (method, path) => send(method, path),
  }
}

async function findServer(environment: Environment): Promise<{ url: string; token: string }> {
  if (environment.url !== null) {
    if (environment.token === null)
      throw new CliFailure(
        'WAYBILL_URL is set, and WAYBILL_TOKEN is not',
        'Set it to the content of the file "token" in the home of that Waybill.',
        { exitCode: 2 },
      )
    return { url: environment.url, token: environment.token }
  }
  const server = await announcedServer(environment.home)
  const token = environment.token ?? (await readToken(environment.home))
  if (server === null || token === null) throw notRunning(environment)
  return { url: server.url, token }
}

function unreachable(environment: Environment, url: string, error: unknown): CliFailure {
  const cause = error instanceof Error ? error.cause : null
  const code = (cause as { code?: string } | null)?.code ?? String(error)
  if (environment.url === null && code === 'ECONNREFUSED') return notRunning(environment)
  return new CliFailure(
    `No Waybill answers at ${url} (${code})`,
    environment.url === null ? 'Start it with: waybill start' : 'Check WAYBILL_URL.',
    { code: 'not_running' },
  )
}

const notRunning = (environment: Environment): CliFailure =>
  new CliFailure(
    `No Waybill is running on the home ${environment.home}`,
    'Start it with: waybill start (or set WAYBILL_HOME, or WAYBILL_URL and WAYBILL_TOKEN).',
    { code: 'not_running' },
  )
