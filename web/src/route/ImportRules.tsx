import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Mistake, SeenByRoute } from '../api/types.ts'
import { Panel } from '../components/Panel.tsx'
import { routeTexts } from '../texts-route.ts'
import { AddRow } from './AddRow.tsx'
import { DurationInput } from './DurationInput.tsx'
import { Filters } from './Filters.tsx'
import classes from './RouteForm.module.css'
import { mistakeAt, type Settings, hintBelow } from './settings.ts'

const words = routeTexts.import

interface Props {
  route: string
  settings: Settings
  seen: SeenByRoute | undefined
  mistakes: Mistake[]
  onChange: (change: Partial<Settings>) => void
}

/** Which orders are taken in: by status, with how many each would bring, and from which day on. */
export function ImportRules({ route, settings, seen, mistakes, onChange }: Props) {
  const [others, setOthers] = useState<string[]>([])
  const { statuses } = settings
  const known = seen?.statuses ?? []
  const codes = [...new Set([...known.map(({ code }) => code), ...statuses, ...others])]
  const rows = codes.map(
    (code) => known.find((status) => status.code === code) ?? { code, label: code, recent: 0, held: 0 },
  )
  const toggle = (code: string, wanted: boolean) =>
    onChange({ statuses: wanted ? [...statuses, code] : statuses.filter((status) => status !== code) })
  const add = (code: string) => {
    setOthers([...others, code])
    if (!statuses.includes(code)) toggle(code, true)
    return true
  }
  const wrong = mistakeAt(mistakes, 'import.statuses')
  return (
    <Panel title={words.title}>
      <fieldset className={classes.statuses} aria-describedby={wrong ? 'statuses-wrong' : undefined}>
        <legend>{words.statuses}</legend>
        <p className={classes.hint}>{words.statusHint}</p>
        <ul>
          {rows.map(({ code, label, recent, held }) => (
            <li key={code}>
              <Checkbox
                label={label}
                checked={statuses.includes(code)}
                onChange={(event) => toggle(code, event.currentTarget.checked)}
                aria-describedby={`status-${code}`}
              />
              <span id={`status-${code}`} className={classes.facts}>
                {label === code ? null : <span className={classes.code}>{code}</span>}
                {recent === 0 ? null : <span>{words.recent(recent, seen?.orders ?? 0)}</span>}
                {held === 0 || statuses.includes(code) ? null : <strong>{words.held(held)}</strong>}
              </span>
            </li>
          ))}
        </ul>
        {wrong === undefined ? null : (
          <p id="statuses-wrong" className={classes.wrong}>
            {wrong}
          </p>
        )}
      </fieldset>
      <AddRow
        label={words.other}
        description={words.otherHint}
        button={words.otherAdd}
        maxLength={100}
        onAdd={add}
      />
      <Filters
        route={route}
        filters={settings.filters}
        seen={seen}
        mistakes={mistakes}
        onChange={(filters) => onChange({ filters })}
      />
      <div className={classes.row}>
        <TextInput
          type="date"
          label={words.since}
          inputWrapperOrder={hintBelow}
          description={words.sinceHint}
          value={settings.since}
          error={mistakeAt(mistakes, 'import.since')}
          onChange={(event) => onChange({ since: event.currentTarget.value })}
        />
        <DurationInput
          label={words.every}
          units={['s', 'm', 'h']}
          value={settings.every}
          error={mistakeAt(mistakes, 'import.every')}
          onChange={(every) => onChange({ every })}
        />
      </div>
    </Panel>
  )
}
