/** What the list of orders can show, in the sequence in which it is offered. The number is always shown, and first. */
export const orderColumns = [
  'number',
  'connection',
  'placedAt',
  'customer',
  'email',
  'channelOrderId',
  'total',
  'status',
  'next',
  'problem',
  'cancelsAt',
  'record',
  'firstSeenAt',
] as const
export type OrderColumn = (typeof orderColumns)[number]
