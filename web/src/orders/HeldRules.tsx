import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useImportStatus } from '../api/actions.ts'
import { heldQuery } from '../api/queries.ts'
import type { HeldGroup } from '../api/types.ts'
import { Time } from '../components/Time.tsx'
import { formatMoney } from '../format.ts'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { texts } from '../texts.ts'
import classes from './HeldRules.module.css'
import { useBulk } from './useBulk.ts'

const words = texts.orders.held

interface Chosen {
  heldBy?: string | undefined
  channelStatus?: string | undefined
}

interface Props {
  chosen: Chosen
  onChoose: (chosen: Required<Chosen>) => void
}

/** What holds orders, rules and people, each with how many and what lets them go on. */
export function HeldRules({ chosen, onChoose }: Props) {
  const { data } = useQuery(heldQuery)
  if (data === undefined || data.items.length === 0) return null
  return (
    <section className={classes.rules} aria-label={words.label}>
      {data.items.map((group) => {
        const own = { heldBy: group.rule, channelStatus: group.channelStatus ?? undefined }
        const isChosen = chosen.heldBy === own.heldBy && chosen.channelStatus === own.channelStatus
        return (
          <article key={`${group.route} ${group.rule} ${group.channelStatus}`} className={classes.rule}>
            <div className={classes.words}>
              <h2>{words.why(group)}</h2>
              <p className={classes.facts}>
                <button
                  type="button"
                  className={classes.show}
                  aria-pressed={isChosen}
                  onClick={() => onChoose(isChosen ? { heldBy: undefined, channelStatus: undefined } : own)}
                >
                  {words.orders(group.orders)}
                </button>
                {group.totals.map((total) => (
                  <span key={total.currency} className="num">
                    {formatMoney(total)}
                  </span>
                ))}
                {group.oldest === null ? null : (
                  <span className="quiet">
                    {words.oldest} <Time at={group.oldest} />
                  </span>
                )}
              </p>
              <p className="quiet">{words.lets(group)}</p>
            </div>
            <LetThrough group={group} />
          </article>
        )
      })}
    </section>
  )
}

function LetThrough({ group }: { group: HeldGroup }) {
  const byPeople = group.rule === 'person'
  const { actOnAll, busyWith } = useBulk()
  const allow = useImportStatus()
  const { route, rule, channelStatus, connection, orders } = group
  return (
    <div className={classes.buttons}>
      {channelStatus === null ? null : (
        <Button
          loading={allow.isPending}
          onClick={() =>
            void sayHow(
              allow.mutateAsync({ route, status: channelStatus }),
              (done) => notifyDone(words.allowed(channelStatus, done.orders)),
              (error) => notifyFailed(texts.orders.bulk.failed, error),
            )
          }
        >
          {words.allow(channelStatus, orders)}
        </Button>
      )}
      <Button
        loading={busyWith !== null}
        onClick={() =>
          actOnAll({
            action: byPeople ? 'release' : 'import_anyway',
            filter: {
              status: ['held'],
              connection,
              heldBy: rule,
              ...(channelStatus !== null && { channelStatus }),
            },
          })
        }
      >
        {byPeople ? words.letGo(orders) : words.anyway(orders)}
      </Button>
    </div>
  )
}
