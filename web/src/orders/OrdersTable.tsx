import { useNavigate } from '@tanstack/react-router'
import { type RowSelectionState, useTable } from '@tanstack/react-table'
import {
  type Dispatch,
  type KeyboardEvent,
  type MouseEvent,
  type SetStateAction,
  type SyntheticEvent,
  useMemo,
  useRef,
  useState,
} from 'react'
import { type OrderColumn, orderColumns } from '../../../src/server/order-columns.ts'
import type { Order } from '../api/types.ts'
import { texts } from '../texts.ts'
import { ColumnChoice } from './ColumnChoice.tsx'
import { columns, features } from './columns.tsx'
import { nextStep } from './next-step.ts'
import { OrderRow } from './OrderRow.tsx'
import classes from './OrdersTable.module.css'
import { useAct } from './useAct.ts'
import { useWide } from './useWide.ts'

interface Props {
  orders: Order[]
  /** Orders that came while the page was open: they are lit for a moment. */
  fresh: ReadonlySet<string>
  selection: RowSelectionState
  onSelection: Dispatch<SetStateAction<RowSelectionState>>
  /** The columns, in their sequence. */
  shown: readonly OrderColumn[]
  isUsual: boolean
  onShown: (shown: OrderColumn[] | undefined) => void
}

/** The first of these that is shown takes the room that is left. */
const flexible: (OrderColumn | 'action')[] = ['next', 'problem', 'customer', 'email', 'action']
const idOf = (order: Order): string => order.id

/** The table of orders. One row is in the tab order; arrows move it, Enter opens, `p` does the next thing. */
export function OrdersTable({ orders, fresh, selection, onSelection, shown, isUsual, onShown }: Props) {
  const columnOrder = useMemo(() => ['select', ...shown, 'action'], [shown])
  const columnVisibility = useMemo(
    () => Object.fromEntries(orderColumns.map((column) => [column, shown.includes(column)])),
    [shown],
  )
  const table = useTable({
    features,
    columns,
    data: orders,
    getRowId: idOf,
    state: { rowSelection: selection, columnOrder, columnVisibility },
    onRowSelectionChange: onSelection,
  })
  const visible = table.getVisibleLeafColumns()
  const body = useRef<HTMLTableSectionElement>(null)
  const around = useRef<HTMLDivElement>(null)
  const isWide = useWide(around, columnOrder) && !isUsual
  const rest = flexible.find((column) => columnOrder.includes(column))
  const [active, setActive] = useState(0)
  const navigate = useNavigate()
  const { act, uncancelAndPost } = useAct()
  const current = Math.min(active, orders.length - 1)

  const open = (order: Order) => void navigate({ to: '/orders/$id', params: { id: order.id } })
  const move = (to: number) => {
    const row = body.current?.rows[Math.max(0, Math.min(to, orders.length - 1))]
    row?.focus()
    row?.scrollIntoView({ block: 'nearest' })
  }
  const doNext = (order: Order) => {
    const step = nextStep(order)
    if (step?.kind === 'fix') open(order)
    if (step?.kind === 'do')
      void (step.action === 'uncancel' ? uncancelAndPost(order) : act(order, step.action))
  }
  /** The order in whose row something happened; null for what only React puts there, such as an open menu. */
  const orderAt = ({ target }: SyntheticEvent) => {
    const row = (target as Element).closest<HTMLTableRowElement>('tr[data-order]')
    const order = row?.parentElement === body.current ? orders[row.sectionRowIndex] : undefined
    return row && order ? { row, order, index: row.sectionRowIndex } : null
  }
  const onKey = (event: KeyboardEvent) => {
    const at = orderAt(event)
    if (event.metaKey || event.ctrlKey || event.altKey || at === null) return
    const { order, index } = at
    const own = event.target === at.row
    if (event.key === 'ArrowDown') move(index + 1)
    else if (event.key === 'ArrowUp') move(index - 1)
    else if (event.key === 'Home' && own) move(0)
    else if (event.key === 'End' && own) move(orders.length - 1)
    else if (event.key === 'Enter' && own) open(order)
    else if (event.key === 'p') doNext(order)
    else if (event.key === 'x')
      onSelection(({ [order.id]: was, ...rest }) => (was ? rest : { ...rest, [order.id]: true }))
    else return
    event.preventDefault()
  }
  const onClick = (event: MouseEvent) => {
    const at = orderAt(event)
    if (at === null || (event.target as Element).closest('a, button, input, label') !== null) return
    if (document.getSelection()?.isCollapsed === false) return
    open(at.order)
  }

  return (
    <div ref={around} className={classes.around} data-wide={isWide} data-usual={isUsual}>
      <table className={classes.table} aria-label={texts.orders.title}>
        <colgroup>
          {visible.map(({ id }) => (
            <col key={id} className={classes[id]} data-rest={id === rest} />
          ))}
        </colgroup>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th
                  key={header.id}
                  scope="col"
                  className={classes[header.column.id]}
                  data-column={header.column.id}
                  data-rest={header.column.id === rest}
                >
                  {header.column.id === 'action' ? (
                    <>
                      <span className="visually-hidden">{texts.orders.columns.action}</span>
                      <ColumnChoice shown={shown} isUsual={isUsual} onChange={onShown} />
                    </>
                  ) : (
                    <table.FlexRender header={header} />
                  )}
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody
          ref={body}
          onFocus={(event) => setActive((was) => orderAt(event)?.index ?? was)}
          onKeyDown={onKey}
          onClick={onClick}
        >
          {table.getRowModel().rows.map((row, index) => (
            <OrderRow
              key={row.id}
              row={row}
              columns={visible}
              isCurrent={index === current}
              isFresh={fresh.has(row.id)}
              isSelected={row.getIsSelected()}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}
