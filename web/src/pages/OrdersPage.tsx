import { Button, Select } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { RowSelectionState } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { connectionsQuery, countsQuery, ordersFile, ordersQuery, problemsQuery } from '../api/queries.ts'
import type { Order, View } from '../api/types.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { BulkBar } from '../orders/BulkBar.tsx'
import { heldByAny } from '../orders/held-by.ts'
import { HeldRules } from '../orders/HeldRules.tsx'
import { useColumns } from '../orders/useColumns.ts'
import { LoadMore } from '../orders/LoadMore.tsx'
import { OrderCards } from '../orders/OrderCards.tsx'
import { OrdersTable } from '../orders/OrdersTable.tsx'
import { RangeFilters, type Ranges } from '../orders/RangeFilters.tsx'
import { SearchBox } from '../orders/SearchBox.tsx'
import { StatusFilter } from '../orders/StatusFilter.tsx'
import { useFresh } from '../orders/useFresh.ts'
import type { OrdersSearch } from '../router.tsx'
import { texts } from '../texts.ts'
import { useTitle } from '../title.ts'
import { Views } from '../views/Views.tsx'
import classes from './OrdersPage.module.css'

const none: Order[] = []

export function OrdersPage() {
  useTitle(texts.orders.title)
  const { why: _, columns: __, view: ___, ...filter } = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const [selection, setSelection] = useState<RowSelectionState>({})

  const [withRanges, setRanges] = useState(hasRange(filter))

  const connections = useQuery(connectionsQuery)
  const shops = connections.data?.items.filter(({ role }) => role === 'channel').map(({ name }) => name) ?? []
  const columns = useColumns(shops.length > 1)
  const counts = useQuery({ ...countsQuery(filter), placeholderData: keepPreviousData })
  const list = useInfiniteQuery({ ...ordersQuery(filter), placeholderData: keepPreviousData })
  const orders = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? none, [list.data])
  const fresh = useFresh(orders, JSON.stringify(filter), list.isSuccess && !list.isPlaceholderData)
  const selected = useMemo(() => Object.keys(selection).filter((id) => selection[id]), [selection])

  const change = (next: Partial<Record<keyof OrdersSearch, string | undefined>>) => {
    setSelection({})
    void navigate({ search: (before) => ({ ...before, ...next }) as OrdersSearch, replace: 'search' in next })
  }
  const open = (view: View | undefined) => {
    setSelection({})
    setRanges(hasRange(view?.query ?? {}))
  }
  const focusFirst = () => document.querySelector<HTMLElement>('tr[data-order], li[data-order] a')?.focus()

  return (
    <>
      <div className={classes.head}>
        <h1>{texts.orders.title}</h1>
        <div className={classes.tools}>
          <ConnectionSelect
            shops={shops}
            value={filter.connection}
            onChange={(connection) => change({ connection })}
          />
          <ProblemSelect value={filter.problem} onChange={(problem) => change({ problem })} />
          <Button
            aria-expanded={withRanges}
            aria-controls="order-ranges"
            onClick={() => setRanges(!withRanges)}
          >
            {texts.orders.ranges.show}
          </Button>
          <Button component="a" href={ordersFile(filter)} download>
            {texts.orders.file}
          </Button>
          <SearchBox
            value={filter.search}
            onChange={(search) => change({ search })}
            onLeave={focusFirst}
            className={classes.search}
          />
        </div>
      </div>
      <Views shown={columns.shown} usual={columns.usual} isUsual={columns.isUsual} onOpen={open} />
      <div id="order-ranges">{withRanges ? <RangeFilters value={filter} onChange={change} /> : null}</div>
      <StatusFilter
        counts={counts.data}
        value={filter.status}
        onChange={(status) => change({ status, ...heldByAny })}
        decision={filter.decision}
        onDecision={(decision) => change({ decision })}
      />
      {filter.status === 'held' ? <HeldRules chosen={filter} onChoose={change} /> : null}
      <div className={classes.list} aria-busy={list.isFetching} data-stale={list.isPlaceholderData}>
        {list.isError && list.data === undefined ? (
          <PageError error={list.error} reset={() => void list.refetch()} />
        ) : list.isPending ? (
          <div className={classes.skeleton} aria-hidden="true" />
        ) : orders.length === 0 ? (
          <Empty
            filter={filter}
            onClear={() =>
              change({
                search: undefined,
                status: undefined,
                connection: undefined,
                problem: undefined,
                decision: undefined,
                placedFrom: undefined,
                placedTo: undefined,
                amountFrom: undefined,
                amountTo: undefined,
                currency: undefined,
                ...heldByAny,
                view: undefined,
              })
            }
          />
        ) : narrow ? (
          <OrderCards orders={orders} fresh={fresh} />
        ) : (
          <OrdersTable
            orders={orders}
            fresh={fresh}
            selection={selection}
            onSelection={setSelection}
            shown={columns.shown}
            isUsual={columns.isUsual}
            onShown={columns.onShown}
          />
        )}
      </div>
      {orders.length === 0 ? null : (
        <LoadMore
          shown={orders.length}
          more={list.hasNextPage}
          loading={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      )}
      <BulkBar ids={selected} onDone={() => setSelection({})} />
    </>
  )
}

const hasRange = ({ placedFrom, placedTo, amountFrom, amountTo }: Ranges): boolean =>
  [placedFrom, placedTo, amountFrom, amountTo].some((one) => one !== undefined)

interface Choice {
  value: string | undefined
  onChange: (value: string | undefined) => void
}

function ConnectionSelect({ value, onChange, shops }: Choice & { shops: string[] }) {
  if (shops.length < 2 && value === undefined) return null
  return (
    <Select
      aria-label={texts.orders.connectionFilter}
      placeholder={texts.orders.anyConnection}
      data={shops}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      clearable
      className={classes.shop}
    />
  )
}

function ProblemSelect({ value, onChange }: Choice) {
  const { data } = useQuery(problemsQuery)
  const problems = data?.items.filter(({ scope }) => scope !== 'connection') ?? []
  if (problems.length === 0 && value === undefined) return null
  const options = problems.map(({ fingerprint, title }) => ({ value: fingerprint, label: title }))
  if (value !== undefined && !options.some((option) => option.value === value))
    options.push({ value, label: value })
  return (
    <Select
      aria-label={texts.orders.problemFilter}
      placeholder={texts.orders.anyProblem}
      data={options}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      clearable
      className={classes.problem}
      comboboxProps={{ width: 380, position: 'bottom-end', shadow: 'md' }}
    />
  )
}

function Empty({ filter, onClear }: { filter: OrdersSearch; onClear: () => void }) {
  const filtered = Object.values(filter).some((value) => value !== undefined)
  if (!filtered) {
    const { title, text, action } = texts.orders.empty.none
    return (
      <Notice title={title} text={text}>
        <LinkButton to="/connections">{action}</LinkButton>
      </Notice>
    )
  }
  const { title, text, ask } = texts.orders.empty.filtered
  return (
    <Notice title={title} text={text}>
      <div className={classes.choices}>
        {filter.search === undefined ? null : (
          <LinkButton variant="filled" to="/" search={(before) => ({ ...before, why: filter.search })}>
            {ask(filter.search)}
          </LinkButton>
        )}
        <Button onClick={onClear}>{texts.orders.clear}</Button>
      </div>
    </Notice>
  )
}
