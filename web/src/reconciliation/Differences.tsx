import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { reasonOf } from '../api/client.ts'
import { differencesQuery } from '../api/queries.ts'
import type { Difference } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { formatShopDay } from '../format.ts'
import { texts } from '../texts.ts'
import classes from './Differences.module.css'

const words = texts.reconciliation

/** What is not the same on all sides, each with its order, its explanation and what mends it. */
export function Differences({ id }: { id: string }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    differencesQuery(id),
  )
  if (error !== null) return <p role="alert">{reasonOf(error)}</p>
  if (data === undefined) return <div aria-busy="true" />
  const differences = data.pages.flatMap((page) => page.items)
  return (
    <Panel title={words.differences} {...(differences.length > 0 && { hint: words.differencesHint })}>
      {differences.length === 0 ? (
        <p>{words.none}</p>
      ) : (
        <ul className={classes.list}>
          {differences.map((difference) => (
            <Item
              key={`${difference.order?.id ?? difference.channelOrderId} ${difference.kind} ${difference.record?.id}`}
              difference={difference}
            />
          ))}
        </ul>
      )}
      {hasNextPage ? (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.more}
        </Button>
      ) : null}
    </Panel>
  )
}

function Item({ difference }: { difference: Difference }) {
  const { day, verdict, order, channelOrderId, detail, record, inBackend, fix } = difference
  const url = inBackend || verdict === 'unexplained' ? (record?.url ?? null) : null
  return (
    <li data-verdict={verdict}>
      <p className={classes.head}>
        {order === null ? (
          <span>{channelOrderId ?? words.noOrder}</span>
        ) : (
          <Link to="/orders/$id" params={{ id: order.id }} className="num">
            {order.number}
          </Link>
        )}
        <span className={classes.day}>{formatShopDay(day)}</span>
        <span className={classes.verdict}>{words.verdicts[verdict]}</span>
      </p>
      <p>{detail}</p>
      {fix === null && url === null ? null : (
        <p className={classes.fix}>
          {fix === null ? null : (
            <span>
              {fix.label} <code className="mono">{fix.command}</code>
            </span>
          )}
          {record === null || url === null ? null : (
            <a href={url} target="_blank" rel="noreferrer">
              {words.openRecord(record.number ?? record.id)}
            </a>
          )}
        </p>
      )}
    </li>
  )
}
