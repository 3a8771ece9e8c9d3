import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { reasonOf } from '../api/client.ts'
import { previewQuery } from '../api/queries.ts'
import type { Order, OrderPreview } from '../api/types.ts'
import { Amount } from '../components/Amount.tsx'
import { CodeBlock } from '../components/CodeBlock.tsx'
import { Icon } from '../components/Icon.tsx'
import { Panel } from '../components/Panel.tsx'
import { Time } from '../components/Time.tsx'
import { texts } from '../texts.ts'
import classes from './Preview.module.css'

const words = texts.order.preview

/** What would be sent to the backend now. The backend is asked only when somebody opens it. */
export function Preview({ order }: { order: Order }) {
  const [open, setOpen] = useState(false)
  return (
    <Panel title={words.title} hint={words.hint}>
      <details className={classes.folded} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{words.show}</summary>
        {open ? <Asked order={order} /> : null}
      </details>
    </Panel>
  )
}

function Asked({ order }: { order: Order }) {
  const { data, error, isFetching, refetch } = useQuery(previewQuery(order.id))
  return (
    <div className={classes.preview} aria-live="polite">
      {data === undefined ? (
        <p className="quiet">{error === null ? words.asking : reasonOf(error)}</p>
      ) : (
        <>
          <Verdict preview={data} />
          {data.outcome === 'cannot_ask' || data.remark === null ? null : (
            <p className={classes.remark}>{data.remark}.</p>
          )}
          <Totals preview={data} />
          {data.records.map(({ label, body }) => (
            <div key={label} className={classes.record}>
              <h3>{label}</h3>
              <CodeBlock label={label} text={JSON.stringify(body)} />
            </div>
          ))}
        </>
      )}
      <p className={classes.asOf}>
        <Button
          size="compact-xs"
          loading={isFetching}
          leftSection={<Icon name="refresh" size={12} />}
          onClick={() => void refetch()}
        >
          {words.again}
        </Button>
        {data === undefined ? null : (
          <span>
            {words.asOf} <Time at={data.at} />
            {order.updatedAt > data.at ? ` · ${words.old}` : ''}
          </span>
        )}
      </p>
    </div>
  )
}

function Verdict({ preview }: { preview: OrderPreview }) {
  const { outcome, problems, reason } = preview
  if (outcome === 'ready') return <p className={classes.ready}>{words.ready}</p>
  return (
    <div className={classes.stopped} data-outcome={outcome}>
      <p className={classes.lead}>{outcome === 'stopped' ? words.stopped : words.cannotAsk(reason ?? '')}</p>
      <ul>
        {problems.map((problem) => (
          <li key={problem.fingerprint}>
            {outcome === 'stopped' ? <strong>{problem.title}</strong> : null}
            {problem.detail === '' ? null : <p>{problem.detail}</p>}
            <p className={classes.fix}>{problem.fix}</p>
          </li>
        ))}
      </ul>
      {outcome === 'stopped' ? null : <Link to="/connections">{words.connections}</Link>}
    </div>
  )
}

const parts = ['lines', 'shipping', 'tax', 'total'] as const

function Totals({ preview: { totals, orderTotal, agrees } }: { preview: OrderPreview }) {
  if (totals === null || orderTotal === null) return null
  return (
    <dl className={classes.totals}>
      {parts.map((part) => (
        <div key={part} data-part={part}>
          <dt>{words.totals[part]}</dt>
          <dd>
            <Amount money={totals[part]} />
          </dd>
        </div>
      ))}
      <div data-agrees={agrees}>
        <dt>{agrees ? words.agrees : words.differs}</dt>
        <dd>
          <Amount money={orderTotal} />
        </dd>
      </div>
    </dl>
  )
}
