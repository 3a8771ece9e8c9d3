import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { texts } from '../texts.ts'
import classes from './RangeFilters.module.css'

export interface Ranges {
  placedFrom?: string | undefined
  placedTo?: string | undefined
  amountFrom?: string | undefined
  amountTo?: string | undefined
}

interface Props {
  value: Ranges
  onChange: (changed: Ranges) => void
}

const amount = /^-?\d{1,15}(\.\d{1,6})?$/

/** From when to when an order was placed, and of which total it is. */
export function RangeFilters({ value, onChange }: Props) {
  return (
    <div className={classes.ranges} role="group" aria-label={texts.orders.ranges.label}>
      {(['placedFrom', 'placedTo'] as const).map((name) => (
        <TextInput
          key={name}
          type="date"
          label={texts.orders.ranges[name]}
          // A day alone: a link may say the time as well.
          value={value[name]?.slice(0, 10) ?? ''}
          min={name === 'placedTo' ? value.placedFrom?.slice(0, 10) : undefined}
          max={name === 'placedFrom' ? value.placedTo?.slice(0, 10) : undefined}
          onChange={(event) => {
            const day = event.currentTarget.value
            if (event.currentTarget.validity.valid) onChange({ [name]: day === '' ? undefined : day })
          }}
        />
      ))}
      {(['amountFrom', 'amountTo'] as const).map((name) => (
        <Amount
          key={name}
          label={texts.orders.ranges[name]}
          value={value[name] ?? ''}
          onChange={(next) => onChange({ [name]: next })}
        />
      ))}
    </div>
  )
}

interface AmountProps {
  label: string
  value: string
  onChange: (amount: string | undefined) => void
}

/** Asked for when it is whole: on leaving the box, or by Enter. */
function Amount({ label, value, onChange }: AmountProps) {
  const [text, setText] = useState(value)
  const [shown, setShown] = useState(value)
  // The address changed by itself (back, a link): the box follows.
  if (shown !== value) {
    setShown(value)
    setText(value)
  }
  const wanted = text.trim().replace(',', '.')
  const isWrong = wanted !== '' && !amount.test(wanted)
  const send = () => {
    if (!isWrong && wanted !== value) onChange(wanted === '' ? undefined : wanted)
  }
  return (
    <TextInput
      label={label}
      inputMode="decimal"
      placeholder="12.30"
      value={text}
      error={isWrong ? texts.orders.ranges.noAmount : undefined}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={send}
      onKeyDown={(event) => event.key === 'Enter' && send()}
    />
  )
}
