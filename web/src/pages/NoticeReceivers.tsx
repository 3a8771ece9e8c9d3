import { Button } from '@mantine/core'
import { useTestReceivers } from '../api/actions.ts'
import type { NoticePage } from '../api/types.ts'
import { Time } from '../components/Time.tsx'
import { notifyFailed } from '../notify.tsx'
import { texts } from '../texts.ts'
import classes from './NoticesPage.module.css'

const words = texts.notices.receivers
type Receiver = NoticePage['receivers'][number]

/** Who is told besides by mail, and what keeps them from being told. */
export function Receivers({ receivers }: { receivers: Receiver[] }) {
  if (receivers.length === 0) return null
  return (
    <section className={classes.mailing} aria-label={words.label}>
      {receivers.map((receiver, i) => (
        // Two may have one host; their order is that of the configuration.
        <ReceiverState key={`${i} ${receiver.name}`} receiver={receiver} />
      ))}
      <TestReceivers />
    </section>
  )
}

function ReceiverState({ receiver: { name, kind, waiting, givenUp, trouble } }: { receiver: Receiver }) {
  return (
    <div>
      <p>{words[kind](name)}</p>
      {trouble === null ? null : (
        <p className={classes.trouble} role="status">
          <strong>{words.fails}</strong> {trouble.cause} {trouble.fix}
          {waiting > 0 ? ` ${words.waiting(waiting)}` : null}
          {trouble.nextAt === null ? null : (
            <>
              {' '}
              {words.next} <Time at={trouble.nextAt} shopZone={null} />.
            </>
          )}
        </p>
      )}
      {givenUp > 0 ? <p className={classes.trouble}>{words.givenUp(givenUp)}</p> : null}
    </div>
  )
}

/** Sends a test to each of them, and shows what became of it. */
function TestReceivers() {
  const { mutate, data, isPending } = useTestReceivers()
  const send = () => mutate(undefined, { onError: (error) => notifyFailed(words.failed, error) })
  return (
    <div className={classes.test}>
      <Button size="compact-sm" loading={isPending} onClick={send}>
        {words.test}
      </Button>
      <div role="status">
        <ul>
          {data?.items.map(({ name, trouble }, i) => (
            <li key={`${i} ${name}`} className={trouble === null ? undefined : classes.trouble}>
              {trouble === null ? (
                words.taken(name)
              ) : (
                <>
                  <strong>{words.refused(name)}</strong> {trouble.cause} {trouble.fix}
                </>
              )}
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
