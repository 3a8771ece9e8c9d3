import { type RawBuilder, sql, type SqlBool } from 'kysely'

export type Condition = RawBuilder<SqlBool>

export const all = (conditions: Condition[]): Condition => sql`${sql.join(conditions, sql` AND `)}`

/**
 * Orders that are known by rows beside them. There are two ways to them: from the orders, trying each, which is quick
 * where many match, and from the rows, which is quick where few do.
 */
export interface Narrowing {
  /** Whether the order with this id is one. No join that could be planned the other way round. */
  holds(id: RawBuilder<unknown>): Condition
  /** A query for their ids, each once, as `order_id`. Those placed at another time may be among them. */
  ids(how: Finding): RawBuilder<unknown>
  /** About how many orders these are. */
  orders: number
  /** About how many rows have to be looked at to find them. */
  looked: number
}

export interface Finding {
  /** Reading through the rows is quicker than an index for what is frequent, and for what was placed in a short time. */
  isRead: boolean
  placed: Placed
}

/** The conditions on the time an order was placed at, said of a column. */
export type Placed = (column: RawBuilder<unknown>) => Condition[]
