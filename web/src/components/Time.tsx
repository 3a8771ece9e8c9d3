import { formatFromNow, formatWhen, formatZones } from '../format.ts'
import { useNow } from '../now.ts'

interface Props {
  at: string
  /** The zone of the shop, shown beside the viewer's and UTC on hover. */
  shopZone?: string | null | undefined
  /** "in 3 minutes" instead of the day and time. */
  relative?: boolean
}

/** A moment in the viewer's zone; the shop's zone and UTC on hover. */
export function Time({ at, shopZone, relative = false }: Props) {
  const now = useNow(relative ? 'second' : 'minute')
  return (
    <time dateTime={at} title={formatZones(at, shopZone)} className="num">
      {relative ? formatFromNow(at, now) : formatWhen(at, now)}
    </time>
  )
}
