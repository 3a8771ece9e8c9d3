import type { PhpArray } from './php.ts'

export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [key: string]: Json }

/** A request as the shop sees it, whatever the address or proxy in front. */
export interface ShopRequest {
  method: string
  /** Path without the query and without the shop's own folder, beginning with "/". */
  path: string
  /** The path lies outside the folder the shop stands in. */
  outside: boolean
  /** Path and query exactly as they were asked. */
  url: string
  query: PhpArray
  headers: Record<string, string>
  body: Buffer
  /** WooCommerce cannot reach its orders: a fault of this request. */
  ordersTableMissing: boolean
}

export interface ShopAnswer {
  status: number
  headers: Record<string, string>
  body: string | Buffer
}

/** A WordPress REST error body, as every recording shows it. */
export interface WpError {
  status: number
  code: string | number
  message: string
  /** Replaces `{ status }` under `data`. */
  data?: Json
}

export const wpError = (status: number, code: string | number, message: string, data?: Json): WpError => ({
  status,
  code,
  message,
  ...(data !== undefined && { data }),
})

/** recordings/woocommerce-11.0.1 listing.json: per_page 101, bad date, orderby nonsense. */
export const invalidParam = (name: string, message: string, code: string, detail: Json = null): WpError =>
  wpError(400, 'rest_invalid_param', `Invalid parameter(s): ${name}`, {
    status: 400,
    params: { [name]: message },
    details: { [name]: { code, message, data: detail } },
  })

export const missingParam = (name: string): WpError =>
  wpError(400, 'rest_missing_callback_param', `Missing parameter(s): ${name}`, {
    status: 400,
    params: [name],
  })

export const noRoute = (): WpError =>
  wpError(404, 'rest_no_route', 'No route was found matching the URL and request method.')

export const isWpError = (value: unknown): value is WpError =>
  typeof value === 'object' && value !== null && 'code' in value && 'message' in value && 'status' in value
