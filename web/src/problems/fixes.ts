import type { OrderAction, Problem } from '../api/types.ts'

/** The fixes by which a person chooses a record of the backend. */
export const choiceActions = ['map_sku', 'map_payment', 'map_shipping', 'map_tax', 'map_item_kind'] as const
export type ChoiceAction = (typeof choiceActions)[number]

/** A problem with what a fix has to know: how many orders it stops and a route whose mapping it is about. */
export interface StopsOrders extends Problem {
  orders: number
  route: string
}

type FixActionOf = Problem['fixes'][number]['action']

export const isChoice = (action: FixActionOf): action is ChoiceAction =>
  (choiceActions as readonly string[]).includes(action)

const orderActions = [
  'post',
  'post_anew',
  'let_be',
  'cancel',
  'uncancel',
  'release',
  'import_again',
  'import_anyway',
  'check_again',
  'accept_total',
  'resend_shipment',
] as const satisfies OrderAction[]

/** The fixes that are an action on the order itself. */
export const isOrderAction = (action: FixActionOf): action is (typeof orderActions)[number] & FixActionOf =>
  (orderActions as readonly string[]).includes(action)
