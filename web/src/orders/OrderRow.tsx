import { type Column, FlexRender, type Row } from '@tanstack/react-table'
import { memo } from 'react'
import type { Order } from '../api/types.ts'
import { texts } from '../texts.ts'
import type { features } from './columns.tsx'
import classes from './OrdersTable.module.css'

interface Props {
  row: Row<typeof features, Order>
  /** The columns that are shown: a row is drawn anew when they change. */
  columns: readonly Column<typeof features, Order>[]
  isCurrent: boolean
  isFresh: boolean
  isSelected: boolean
}

/** An order in the table. Drawn anew only when something of it has changed, so that fifty of them follow the keys at once. */
export const OrderRow = memo(
  function OrderRow({ row, isCurrent, isFresh, isSelected }: Props) {
    const { number, status, label } = row.original
    return (
      <tr
        tabIndex={isCurrent ? 0 : -1}
        data-order={number}
        data-fresh={isFresh}
        data-selected={isSelected}
        data-cancelled={status === 'cancelled'}
        aria-label={`${texts.order.title(number)}: ${label}`}
      >
        {row.getVisibleCells().map((cell) => (
          <td key={cell.id} className={classes[cell.column.id]}>
            <FlexRender cell={cell} />
          </td>
        ))}
      </tr>
    )
  },
  (before, after) =>
    before.row.original === after.row.original &&
    before.columns === after.columns &&
    before.isCurrent === after.isCurrent &&
    before.isFresh === after.isFresh &&
    before.isSelected === after.isSelected,
)
