import { useState } from 'react'
import type { Exchange } from '../api/types.ts'
import { CodeBlock } from '../components/CodeBlock.tsx'
import { formatDuration } from '../format.ts'
import { texts } from '../texts.ts'
import classes from './Exchanges.module.css'

const words = texts.order.attempts

/** The calls of an attempt, folded away until somebody wants to see them. */
export function Exchanges({ exchanges }: { exchanges: Exchange[] }) {
  const [open, setOpen] = useState(false)
  return (
    <details className={classes.all} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.show(exchanges.length)}</summary>
      {open
        ? exchanges.map((exchange, index) => (
            // An attempt's calls never change their order.
            // oxlint-disable-next-line react/no-array-index-key
            <Call key={index} exchange={exchange} />
          ))
        : null}
    </details>
  )
}

function Call({ exchange }: { exchange: Exchange }) {
  const { method, url, requestBody, requestHeaders, responseBody, responseHeaders, status, ms, error } =
    exchange
  return (
    <div className={classes.call}>
      <p className={classes.head}>
        <strong>{method}</strong> <span className={classes.url}>{url}</span>
        <span className={classes.status} data-ok={status !== null && status < 400}>
          {status ?? words.noAnswer}
        </span>
        <span className="quiet num">{formatDuration(ms)}</span>
      </p>
      <Side title={words.request} headers={requestHeaders} body={requestBody} />
      {status === null ? (
        <p className={classes.error}>{error ?? words.noAnswer}</p>
      ) : (
        <Side title={words.answer} headers={responseHeaders} body={responseBody} />
      )}
    </div>
  )
}

interface SideProps {
  title: string
  headers: Record<string, string>
  body: string | null
}

function Side({ title, headers, body }: SideProps) {
  const names = Object.keys(headers)
  return (
    <div className={classes.side}>
      <h4>{title}</h4>
      {names.length === 0 ? null : (
        <details>
          <summary>{words.headers}</summary>
          <CodeBlock
            label={`${title}: ${words.headers}`}
            text={names.map((name) => `${name}: ${headers[name]}`).join('\n')}
          />
        </details>
      )}
      {body === null || body === '' ? (
        <p className="quiet">{words.empty}</p>
      ) : (
        <CodeBlock label={title} text={body} />
      )}
    </div>
  )
}
