import type { Candidate, ProblemDetails } from './types.ts'

/** What the server says when it cannot do what was asked (RFC 9457), or what stands for it when nothing answers. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; 0 when the server could not be reached. */
  readonly status: number
  readonly title: string
  readonly detail: string
  /** What to do about it; empty where nobody knows. */
  readonly fix: string
  /** The orders that an ambiguous name may mean. */
  readonly candidates: Candidate[]
  /** What is wrong with single fields. */
  readonly errors: FieldError[]

  constructor(
    status: number,
    title: string,
    detail: string,
    fix = '',
    candidates: Candidate[] = [],
    errors: FieldError[] = [],
  ) {
    super(detail === '' ? title : `${title}: ${detail}`)
    this.status = status
    this.title = title
    this.detail = detail
    this.fix = fix
    this.candidates = candidates
    this.errors = errors
  }
}

type FieldError = NonNullable<ProblemDetails['errors']>[number]

export type Reach = 'online' | 'offline' | 'signed_out'

let reach: Reach = 'online'
const listeners = new Set<() => void>()

/** Whether the server answers and knows this browser; every answer tells, the banner listens. */
export const reachability = {
  get: () => reach,
  set(next: Reach) {
    if (next === reach) return
    reach = next
    for (const listener of listeners) listener()
  },
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

const base = '/api/v1'

/** Puts values into a query string; empty and absent ones are left out. */
export function withQuery(
  path: string,
  query: Record<string, string | number | boolean | undefined | null>,
): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value))
  const text = parameters.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Where the browser itself gets a file. */
export const fileAt = (path: string): string => base + path

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return send<T>('GET', path, undefined, signal)
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return send<T>('POST', path, body)
}

interface PutOnly {
  /** What is there already is not touched. */
  ifNew?: boolean
  /** What was changed since this time is not touched either. */
  ifUpdatedAt?: string | undefined
}

export function put<T>(path: string, body: unknown, { ifNew, ifUpdatedAt }: PutOnly = {}): Promise<T> {
  return send<T>('PUT', path, body, undefined, {
    ...(ifNew === true && { 'if-none-match': '*' }),
    ...(ifUpdatedAt !== undefined && { 'if-match': `"${ifUpdatedAt}"` }),
  })
}

export function remove(path: string): Promise<void> {
  return send<void>('DELETE', path)
}

async function send<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
): Promise<T> {
  const response = await fetch(base + path, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    reachability.set('offline')
    throw new ApiError(
      0,
      'Waybill does not answer',
      'The server is not running, or this computer is offline.',
    )
  })
  reachability.set(response.status === 401 ? 'signed_out' : 'online')
  if (!response.ok) throw await refusal(response)
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function refusal(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Partial<ProblemDetails>
  return new ApiError(
    response.status,
    body.title ?? `The server answered ${response.status}`,
    body.detail ?? '',
    body.fix,
    body.candidates,
    body.errors,
  )
}

/** An error in one or two sentences, for a place with little room. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  return [error.detail || error.title, error.fix].filter((text) => text !== '').join(' ')
}
