import { Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import {
  columnOrderingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  rowSelectionFeature,
  tableFeatures,
} from '@tanstack/react-table'
import { useShopZone } from '../api/hooks.ts'
import type { Order } from '../api/types.ts'
import { Amount } from '../components/Amount.tsx'
import { StatusBadge } from '../components/StatusBadge.tsx'
import { Time } from '../components/Time.tsx'
import { texts } from '../texts.ts'
import { OrderActions } from './OrderActions.tsx'
import { Outlook, ProblemOf } from './Outlook.tsx'
import classes from './OrdersTable.module.css'

export const features = tableFeatures({ rowSelectionFeature, columnVisibilityFeature, columnOrderingFeature })
const column = createColumnHelper<typeof features, Order>()
const heads = texts.orders.columns

export const columns = column.columns([
  column.display({
    id: 'select',
    header: ({ table }) => (
      <Checkbox
        aria-label={texts.orders.selectAll}
        checked={table.getIsAllRowsSelected()}
        indeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
        onChange={table.getToggleAllRowsSelectedHandler()}
      />
    ),
    cell: ({ row }) => (
      <Checkbox
        aria-label={texts.orders.select(row.original.number)}
        checked={row.getIsSelected()}
        onChange={row.getToggleSelectedHandler()}
      />
    ),
  }),
  column.accessor('number', {
    header: heads.number,
    cell: ({ row }) => (
      <Link to="/orders/$id" params={{ id: row.original.id }} className={classes.number} tabIndex={-1}>
        {row.original.number}
      </Link>
    ),
  }),
  column.accessor('connection', { header: heads.connection }),
  column.accessor('placedAt', { header: heads.placedAt, cell: ({ row }) => <Placed order={row.original} /> }),
  column.accessor((order) => order.customer?.name ?? order.customer?.email ?? '', {
    id: 'customer',
    header: heads.customer,
    cell: ({ row, getValue }) => (
      <span className={classes.clip} title={row.original.customer?.email ?? undefined}>
        {row.original.customer === null ? (
          <span className="quiet">{texts.orders.unreadable}</span>
        ) : (
          getValue()
        )}
      </span>
    ),
  }),
  column.accessor((order) => order.customer?.email ?? '', {
    id: 'email',
    header: heads.email,
    cell: ({ getValue }) => <Clipped text={getValue()} />,
  }),
  column.accessor('channelOrderId', {
    header: heads.channelOrderId,
    cell: ({ getValue }) => <Clipped text={getValue()} />,
  }),
  column.accessor('total', {
    header: heads.total,
    cell: ({ row }) => (row.original.total === null ? null : <Amount money={row.original.total} />),
  }),
  column.accessor('status', {
    header: heads.status,
    cell: ({ row }) => (
      <StatusBadge
        status={row.original.status}
        label={row.original.label}
        short={texts.statusShort[row.original.status]}
      />
    ),
  }),
  column.display({ id: 'next', header: heads.next, cell: ({ row }) => <Outlook order={row.original} /> }),
  column.display({
    id: 'problem',
    header: heads.problem,
    cell: ({ row }) => <ProblemOf order={row.original} />,
  }),
  column.accessor('cancelsAt', {
    header: heads.cancelsAt,
    cell: ({ row, getValue }) => <At time={getValue()} order={row.original} />,
  }),
  column.display({
    id: 'record',
    header: heads.record,
    cell: ({ row }) => <RecordLink order={row.original} />,
  }),
  column.accessor('firstSeenAt', {
    header: heads.firstSeenAt,
    cell: ({ row, getValue }) => <At time={getValue()} order={row.original} />,
  }),
  column.display({
    id: 'action',
    header: heads.action,
    cell: ({ row }) => <OrderActions order={row.original} />,
  }),
])

export function Placed({ order }: { order: Order }) {
  return <At time={order.placedAt ?? order.firstSeenAt} order={order} />
}

function At({ time, order }: { time: string | null; order: Order }) {
  const zone = useShopZone(order.connection)
  return time === null ? null : <Time at={time} shopZone={zone} />
}

const Clipped = ({ text }: { text: string }) => (
  <span className={classes.clip} title={text}>
    {text}
  </span>
)

export function RecordLink({ order }: { order: Pick<Order, 'record'> }) {
  const { record } = order
  if (record === null) return null
  const name = record.number ?? record.id
  return record.url === null ? (
    <span className="num">{name}</span>
  ) : (
    <a href={record.url} target="_blank" rel="noreferrer" className="num" title={texts.actions.openInBackend}>
      {name}
    </a>
  )
}
