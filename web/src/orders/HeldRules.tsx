import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useImportStatus } from '../api/actions.ts'
import { heldQuery } from '../api/queries.ts'
import type { HeldGroup } from '../api/types.ts'
import { LinkButton } from '../components/LinkButton.tsx'
import { Time } from '../components/Time.tsx'
import { formatMoney } from '../format.ts'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { texts } from '../texts.ts'
import classes from './HeldRules.module.css'
import { type HeldBy, heldByAny, heldByGroup } from './held-by.ts'
import { useBulk } from './useBulk.ts'

const words = texts.orders.held

interface Props {
  chosen: Partial<HeldBy>
  onChoose: (chosen: HeldBy) => void
}

/** What holds orders, rules and people, each with how many and what lets them go on. */
export function HeldRules({ chosen, onChoose }: Props) {
  const { data } = useQuery(heldQuery)
  if (data === undefined || data.items.length === 0) return null
  return (
    <section className={classes.rules} aria-label={words.label}>
      {data.items.map((group) => {
        const own = heldByGroup(group)
        const isChosen =
          chosen.heldBy === own.heldBy &&
          chosen.channelStatus === own.channelStatus &&
          chosen.heldByFilter === own.heldByFilter
        return (
          <article
            key={`${group.route} ${group.rule} ${group.channelStatus} ${group.filter?.key}`}
            className={classes.rule}
          >
            <div className={classes.words}>
              <h2>{words.why(group)}</h2>
              <p className={classes.facts}>
                <button
                  type="button"
                  className={classes.show}
                  aria-pressed={isChosen}
                  onClick={() => onChoose(isChosen ? heldByAny : own)}
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
  const { route, channelStatus, connection, orders } = group
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
      {group.filter === null ? null : (
        <LinkButton to="/routes/$name" params={{ name: route }}>
          {words.change}
        </LinkButton>
      )}
      <Button
        loading={busyWith !== null}
        onClick={() =>
          actOnAll({
            action: byPeople ? 'release' : 'import_anyway',
            filter: { status: ['held'], connection, ...heldByGroup(group) },
          })
        }
      >
        {byPeople ? words.letGo(orders) : words.anyway(orders)}
      </Button>
    </div>
  )
}
