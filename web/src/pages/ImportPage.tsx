import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ApiError } from '../api/client.ts'
import { importQuery } from '../api/queries.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { Time } from '../components/Time.tsx'
import { texts } from '../texts.ts'
import { useTitle } from '../title.ts'
import classes from './ImportPage.module.css'

const words = texts.imports

/** What became of each order asked for, live until all are done. */
export function ImportPage() {
  useTitle(words.resultTitle)
  const { id } = useParams({ from: '/imports/$id' })
  const { data, error, refetch } = useQuery(importQuery(id))
  if (data === undefined) {
    if (error === null) return null
    if (!(error instanceof ApiError) || error.status !== 404)
      return <PageError page error={error} reset={() => void refetch()} />
    return (
      <Notice page title={words.notFound.title} text={words.notFound.text}>
        <LinkButton to="/connections">{texts.connections.title}</LinkButton>
      </Notice>
    )
  }
  const done = data.items.filter(({ state }) => state !== 'waiting').length
  return (
    <>
      <header className={classes.head}>
        <h1>{words.resultTitle}</h1>
        <p>
          {data.connection}, <Time at={data.createdAt} />
        </p>
      </header>
      <p className={classes.progress} role="status">
        {data.from === null ? words.progress(done, data.items.length) : words.soFar(done)}.{' '}
        {data.finishedAt === null ? words.keep : ''}
      </p>
      <table className={classes.items}>
        <thead>
          <tr>
            <th scope="col">{words.query}</th>
            <th scope="col">{words.result}</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map(({ query, state, orderId, detail }) => (
            <tr key={query} data-state={state}>
              <td className="num">
                {orderId === null ? (
                  query
                ) : (
                  <Link to="/orders/$id" params={{ id: orderId }}>
                    {query}
                  </Link>
                )}
              </td>
              <td>
                <span className={classes.state}>{words.states[state]}</span>
                {detail === null ? null : <span className={classes.detail}>{detail}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <LinkButton to="/connections">{words.another}</LinkButton>
    </>
  )
}
