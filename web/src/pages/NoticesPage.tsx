import { Link } from '@tanstack/react-router'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useSeen, useTestMail } from '../api/actions.ts'
import { useShopZone } from '../api/hooks.ts'
import { noticesQuery } from '../api/queries.ts'
import type { Notice as NoticeData, NoticePage } from '../api/types.ts'
import { Amount } from '../components/Amount.tsx'
import { Notice } from '../components/Notice.tsx'
import { PageError } from '../components/PageError.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { Time } from '../components/Time.tsx'
import { notifyFailed } from '../notify.tsx'
import { useBulk } from '../orders/useBulk.ts'
import { texts } from '../texts.ts'
import { useTitle } from '../title.ts'
import { Receivers } from './NoticeReceivers.tsx'
import classes from './NoticesPage.module.css'

const words = texts.notices
const shownOrders = 12

/** What Waybill tells by itself. What stands here before a person's eyes counts as told. */
export function NoticesPage() {
  useTitle(words.title)
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery(noticesQuery)
  const notices = data?.pages.flatMap(({ items }) => items) ?? []
  useSeenOnSight(notices)
  return (
    <>
      <PageHead title={words.title} hint={words.hint} />
      {data === undefined ? null : (
        <>
          <Mailing mail={data.pages[0]!.mail} />
          <Receivers receivers={data.pages[0]!.receivers} />
        </>
      )}
      {data === undefined ? (
        error === null ? null : (
          <PageError error={error} reset={() => void refetch()} />
        )
      ) : notices.length === 0 ? (
        <Notice title={words.empty.title} text={words.empty.text} />
      ) : (
        <ol className={classes.list}>
          {notices.map((notice) => (
            <NoticeItem key={notice.id} notice={notice} />
          ))}
        </ol>
      )}
      {hasNextPage ? (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.older}
        </Button>
      ) : null}
    </>
  )
}

/** Tells the server what is before a person's eyes. */
function useSeenOnSight(notices: NoticeData[]): void {
  const { mutate } = useSeen()
  const unseen = notices
    .filter(({ seenAt }) => seenAt === null)
    .map(({ id }) => id)
    .join()
  useEffect(() => {
    const tell = () => {
      if (unseen !== '' && document.visibilityState === 'visible') mutate(unseen.split(','))
    }
    tell()
    document.addEventListener('visibilitychange', tell)
    return () => document.removeEventListener('visibilitychange', tell)
  }, [unseen, mutate])
}

/** Who gets this by mail as well, and what keeps mails from getting through. */
function Mailing({ mail }: { mail: NoticePage['mail'] }) {
  if (mail === null) return <p className={classes.mailing}>{words.mail.nobody}</p>
  return (
    <div className={classes.mailing}>
      <p>{words.mail.to(mail.to.join(', '))}</p>
      {mail.trouble === null ? null : (
        <p className={classes.trouble} role="status">
          <strong>{words.mail.trouble}</strong> {mail.trouble}
        </p>
      )}
      <TestMail />
    </div>
  )
}

/** Sends a mail to everyone who gets mails, and shows what the mail server said. */
function TestMail() {
  const { mutate, data, isPending } = useTestMail()
  const send = () => mutate(undefined, { onError: (error) => notifyFailed(words.mail.failed, error) })
  return (
    <div className={classes.test}>
      <Button size="compact-sm" loading={isPending} onClick={send}>
        {words.mail.test}
      </Button>
      <div role="status">
        <ul>
          {data?.items.map(({ address, error }) => (
            <li key={address} className={error === null ? undefined : classes.trouble}>
              {error === null ? (
                words.mail.taken(address)
              ) : (
                <>
                  <strong>{words.mail.refused(address)}</strong> {error}
                </>
              )}
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

function NoticeItem({ notice }: { notice: NoticeData }) {
  const zone = useShopZone(notice.connection ?? '')
  return (
    <li className={classes.notice} data-kind={notice.kind}>
      <header className={classes.title}>
        <h2>{notice.title}</h2>
        {notice.seenAt === null ? <span className={classes.fresh}>{words.fresh}</span> : null}
        <span className={classes.at}>
          {notice.connection === null ? null : `${notice.connection}, `}
          <Time at={notice.at} shopZone={zone} />
        </span>
      </header>
      <p className={classes.detail}>{notice.detail}</p>
      {notice.lines.length === 0 ? null : (
        <ul className={classes.lines}>
          {notice.lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {notice.orders.length > 0 ? <NoticedOrders orders={notice.orders} /> : null}
      {notice.orders.length > 0 ? (
        <Remedy notice={notice} />
      ) : (
        <Link to={notice.path} className={classes.look}>
          {words.look[notice.path] ?? notice.path}
        </Link>
      )}
    </li>
  )
}

function NoticedOrders({ orders }: { orders: NoticeData['orders'] }) {
  const rest = orders.length - shownOrders
  return (
    <ul className={classes.orders} aria-label={words.orders(orders.length)}>
      {orders.slice(0, shownOrders).map(({ id, number, total }) => (
        <li key={id}>
          <Link to="/orders/$id" params={{ id }} className="num">
            {number}
          </Link>
          {total === null ? null : <Amount money={total} />}
        </li>
      ))}
      {rest > 0 ? <li className="quiet">{words.more(rest)}</li> : null}
    </ul>
  )
}

/** Posts what is going to be given up, or takes up again what was: all of the notice's orders at once. */
function Remedy({ notice: { kind, orders } }: { notice: NoticeData }) {
  const { actOnAll, busyWith } = useBulk()
  const action = kind === 'auto_cancelled' ? 'uncancel' : 'post'
  return (
    <Button
      className={classes.remedy}
      loading={busyWith !== null}
      onClick={() => actOnAll({ action, ids: orders.map(({ id }) => id) })}
    >
      {action === 'post' ? words.post(orders.length) : words.takeUp(orders.length)}
    </Button>
  )
}
