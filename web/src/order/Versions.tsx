import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { reasonOf } from '../api/client.ts'
import { versionFile, versionsQuery } from '../api/queries.ts'
import type { OrderDetail, OrderVersions } from '../api/types.ts'
import { CodeBlock } from '../components/CodeBlock.tsx'
import { Panel } from '../components/Panel.tsx'
import { Time } from '../components/Time.tsx'
import { texts } from '../texts.ts'
import classes from './Versions.module.css'

const words = texts.order.versions

/** What the shop sent, and beside it the version that was posted. */
export function Versions({ order }: { order: OrderDetail }) {
  const [open, setOpen] = useState(false)
  return (
    <Panel title={words.title} hint={words.hint}>
      <details className={classes.folded} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{words.show}</summary>
        {open ? <Opened order={order} /> : null}
      </details>
    </Panel>
  )
}

function Opened({ order }: { order: OrderDetail }) {
  const { data, error } = useQuery(versionsQuery(order.id))
  if (data === undefined) return error === null ? null : <p role="alert">{reasonOf(error)}</p>
  const { newest, posted, isNewest, fields } = data
  const both = posted !== null && !isNewest
  return (
    <>
      {fields.length === 0 ? null : <Fields fields={fields} />}
      <div className={classes.versions} data-both={both}>
        <Version
          order={order}
          version={newest}
          which="newest"
          title={isNewest ? words.newestPosted : words.newest}
        />
        {both ? <Version order={order} version={posted} which="posted" title={words.posted} /> : null}
      </div>
    </>
  )
}

/** Every field of both versions; what differs stands out. */
function Fields({ fields }: { fields: OrderVersions['fields'] }) {
  return (
    // Scrolls on a narrow screen, so it can be reached by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={words.fields}>
      <table className={classes.fields}>
        <thead>
          <tr>
            <th scope="col">{words.field}</th>
            <th scope="col">{words.posted}</th>
            <th scope="col">{words.newest}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ field, label, posted, newest, differs }) => (
            <tr key={field} data-differs={differs}>
              <th scope="row">{label}</th>
              <td>{posted ?? <span className="quiet">{texts.order.edits.none}</span>}</td>
              <td>{newest ?? <span className="quiet">{texts.order.edits.none}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface VersionProps {
  order: OrderDetail
  version: OrderVersions['newest']
  which: 'newest' | 'posted'
  title: string
}

function Version({ order, version, which, title }: VersionProps) {
  return (
    <div className={classes.version}>
      <div className={classes.head}>
        <h3>{title}</h3>
        <span>
          {words.received} <Time at={version.receivedAt} />
        </span>
        <a href={versionFile(order.id, which)} download>
          {words.download}
        </a>
      </div>
      <CodeBlock label={title} text={version.text} />
    </div>
  )
}
