import { Select, TextInput } from '@mantine/core'
import { routeTexts } from '../texts-route.ts'
import classes from './RouteForm.module.css'

type Unit = keyof typeof routeTexts.units

interface Props {
  label: string
  /** Such as "5m". */
  value: string
  units: Unit[]
  error?: string | undefined
  onChange: (value: string) => void
}

/** A number and its unit. */
export function DurationInput({ label, value, units, error, onChange }: Props) {
  const [, amount = '', unit = units[0]!] = /^(.*?)([smhd])$/.exec(value) ?? []
  const known = units.includes(unit as Unit) ? units : [unit as Unit, ...units]
  return (
    <div className={classes.duration}>
      <TextInput
        label={label}
        inputMode="numeric"
        value={amount}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value.trim() + unit)}
      />
      <div className={classes.unit}>
        <Select
          aria-label={routeTexts.unitOf(label)}
          data={known.map((one) => ({ value: one, label: routeTexts.units[one] }))}
          value={unit}
          allowDeselect={false}
          onChange={(next) => next !== null && onChange(amount + next)}
        />
      </div>
    </div>
  )
}
