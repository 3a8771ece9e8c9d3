import { ActionIcon, Autocomplete, Select, TextInput } from '@mantine/core'
import type { SeenSource } from '../api/types.ts'
import { Icon } from '../components/Icon.tsx'
import { Panel } from '../components/Panel.tsx'
import { routeTexts } from '../texts-route.ts'
import { AddRow } from './AddRow.tsx'
import {
  type EmptyWay,
  emptyTextOf,
  emptyWayOf,
  exampleOf,
  fromOrder,
  pathOf,
  sourceOf,
  type SourceWay,
  wayOf,
} from './field-source.ts'
import type { MappingProps } from './MethodPanel.tsx'
import classes from './RouteForm.module.css'
import { isGroup, mistakeAt, textAt, valueAt, withValue } from './settings.ts'

const words = routeTexts.fields
const optionsOf = (texts: Record<string, string>) =>
  Object.entries(texts).map(([value, label]) => ({ value, label }))

/** What stands in custom fields of the sales order. */
export function CustomFields({ mapping, seen, mistakes, onChange }: MappingProps) {
  const group = valueAt(mapping, ['fields'])
  const fields = Object.entries(isGroup(group) ? group : {})
  const set = (field: string, source: unknown) => onChange(withValue(mapping, ['fields', field], source))
  const add = (field: string) => {
    const isNew = fields.every(([known]) => known !== field)
    if (isNew) set(field, '')
    return isNew
  }
  return (
    <Panel title={words.title} hint={words.hint}>
      {fields.length === 0 ? (
        <p className="quiet">{words.none}</p>
      ) : (
        <table className={classes.methods} aria-label={words.title} data-columns="two">
          <thead>
            <tr>
              <th scope="col">{words.field}</th>
              <th scope="col">{words.source}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(([field, source]) => (
              <tr key={field}>
                <th scope="row" className="mono">
                  {field}
                </th>
                <td>
                  <div className={classes.choice}>
                    <Source
                      field={field}
                      source={source}
                      seen={seen?.sources ?? []}
                      error={mistakeAt(mistakes, `mapping.fields.${field}`)}
                      onChange={(next) => set(field, next)}
                    />
                    <ActionIcon
                      aria-label={words.remove(field)}
                      onClick={() => onChange(withValue(mapping, ['fields', field], undefined))}
                    >
                      <Icon name="cross" />
                    </ActionIcon>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <AddRow label={words.add} button={routeTexts.methods.add} maxLength={100} onAdd={add} />
    </Panel>
  )
}

interface SourceProps {
  field: string
  source: unknown
  seen: SeenSource[]
  error: string | undefined
  onChange: (source: unknown) => void
}

function Source({ field, source, seen, error, onChange }: SourceProps) {
  const way = wayOf(source)
  return (
    <div className={classes.source}>
      <Select
        aria-label={words.wayOf(field)}
        data={optionsOf(words.ways)}
        value={way}
        allowDeselect={false}
        onChange={(next) => next !== null && next !== way && onChange(sourceOf(next as SourceWay))}
      />
      {way === 'order' ? (
        <FromOrder field={field} source={source} seen={seen} error={error} onChange={onChange} />
      ) : way === 'text' || way === 'record' ? (
        <TextInput
          aria-label={words.valueOf(field)}
          placeholder={words.placeholders[way]}
          {...(way === 'record' && { inputMode: 'numeric' as const })}
          value={isGroup(source) ? textAt(source, [way === 'text' ? 'value' : 'id']) : ''}
          error={error}
          onChange={(event) => {
            const text = event.currentTarget.value
            onChange(way === 'text' ? { value: text } : { id: text.trim() })
          }}
        />
      ) : null}
    </div>
  )
}

/** A value of the order, with what the newest orders say there, and what happens where one says nothing. */
function FromOrder({ field, source, seen, error, onChange }: SourceProps) {
  const path = pathOf(source)
  const empty = emptyWayOf(source)
  const text = emptyTextOf(source)
  const example = exampleOf(seen, path)
  return (
    <>
      <Autocomplete
        aria-label={words.sourceOf(field)}
        placeholder="order.number"
        data={seen.map((one) => one.path)}
        limit={60}
        maxDropdownHeight={260}
        renderOption={({ option }) => (
          <span className={classes.example}>
            <span className="mono">{option.value}</span>
            <span>{exampleOf(seen, option.value)}</span>
          </span>
        )}
        value={path}
        error={error}
        onChange={(next) => onChange(fromOrder(next, empty, text))}
      />
      {example === null ? null : <p className={classes.hint}>{words.example(example)}</p>}
      <div className={classes.empty}>
        <Select
          label={words.empty}
          data={optionsOf(words.emptyWays)}
          value={empty}
          allowDeselect={false}
          onChange={(next) => next !== null && onChange(fromOrder(path, next as EmptyWay, text))}
        />
        {empty === 'value' ? (
          <TextInput
            label={words.instead}
            value={text}
            onChange={(event) => onChange(fromOrder(path, 'value', event.currentTarget.value))}
          />
        ) : null}
      </div>
    </>
  )
}
