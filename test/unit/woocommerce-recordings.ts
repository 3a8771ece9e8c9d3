import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The bookshelf beside the project: recordings of a real shop and real order bodies. Absent in a lone checkout. */
const shelf = fileURLToPath(new URL('../../../shared/', import.meta.url))

export const recordingsAbsent = !existsSync(`${shelf}recordings/woocommerce-11.0.1/auth.json`)
export const payloadsAbsent = !existsSync(`${shelf}payloads/woocommerce/ios-order.json`)

export interface Recorded {
  name: string
  request: { method: string; path: string; headers: Record<string, string>; body: unknown } | null
  response: { status: number; headers: Record<string, string>; body: unknown } | null
}

export function recordings(file: string): Recorded[] {
  return JSON.parse(readFileSync(`${shelf}recordings/woocommerce-11.0.1/${file}.json`, 'utf8')) as Recorded[]
}

export const payload = (file: string): string => readFileSync(`${shelf}payloads/woocommerce/${file}`, 'utf8')

export const bodyText = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body))
