import { ActionIcon, Checkbox, Select, TextInput } from '@mantine/core'
import { stringify } from 'yaml'
import { CodeBlock } from '../components/CodeBlock.tsx'
import { Icon } from '../components/Icon.tsx'
import { Panel } from '../components/Panel.tsx'
import { routeTexts } from '../texts-route.ts'
import { AddRow } from './AddRow.tsx'
import type { MappingProps } from './Methods.tsx'
import classes from './RouteForm.module.css'
import { isGroup, mistakeAt, type Path, restOf, textAt, valueAt, withValue, hintBelow } from './settings.ts'

/** Where products and customers are found in the backend. */
export function ItemsAndCustomers({ mapping, mistakes, onChange }: MappingProps) {
  const words = routeTexts.items
  const set = (path: Path, value: unknown) => onChange(withValue(mapping, path, value))
  const match = valueAt(mapping, ['customers', 'match'])
  const ways = Array.isArray(match) ? match.join(',') : 'externalId,email'
  return (
    <Panel title={words.title}>
      <div className={classes.row}>
        <TextInput
          label={words.skuField}
          inputWrapperOrder={hintBelow}
          description={words.skuHint}
          placeholder="itemId"
          value={textAt(mapping, ['items', 'skuField'])}
          error={mistakeAt(mistakes, 'mapping.items.skuField')}
          onChange={(event) => set(['items', 'skuField'], event.currentTarget.value.trim() || undefined)}
        />
        <TextInput
          label={words.fallback}
          inputWrapperOrder={hintBelow}
          description={words.fallbackHint}
          inputMode="numeric"
          value={textAt(mapping, ['customers', 'fallback'])}
          error={mistakeAt(mistakes, 'mapping.customers.fallback')}
          onChange={(event) => set(['customers', 'fallback'], event.currentTarget.value.trim() || undefined)}
        />
      </div>
      <Select
        className={classes.wide}
        label={words.match}
        data={Object.entries(words.matches).map(([value, label]) => ({ value, label }))}
        value={ways}
        allowDeselect={false}
        error={mistakeAt(mistakes, 'mapping.customers.match')}
        onChange={(next) => next !== null && set(['customers', 'match'], next.split(','))}
      />
      <Checkbox
        label={words.create}
        checked={valueAt(mapping, ['customers', 'create']) !== false}
        onChange={(event) => set(['customers', 'create'], event.currentTarget.checked)}
      />
    </Panel>
  )
}

/** What stands in custom fields of the sales order. A fixed value is shown, and changed in the file. */
export function CustomFields({ mapping, mistakes, onChange }: MappingProps) {
  const words = routeTexts.fields
  const group = valueAt(mapping, ['fields'])
  const fields = Object.entries(isGroup(group) ? group : {})
  const add = (field: string) => {
    const isNew = fields.every(([known]) => known !== field)
    if (isNew) onChange(withValue(mapping, ['fields', field], ''))
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
                    {typeof source === 'string' ? (
                      <TextInput
                        aria-label={words.sourceOf(field)}
                        placeholder="order.number"
                        value={source}
                        error={mistakeAt(mistakes, `mapping.fields.${field}`)}
                        onChange={(event) =>
                          onChange(withValue(mapping, ['fields', field], event.currentTarget.value))
                        }
                      />
                    ) : (
                      <span className={classes.fixed}>
                        {words.fixed}: <span className="mono">{fixedOf(source)}</span>
                      </span>
                    )}
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

const fixedOf = (source: unknown): string =>
  isGroup(source) ? textAt(source, ['value']) || textAt(source, ['id']) : ''

/** What the form does not show: it is kept, and changed with the file. */
export function RestOfMapping({ mapping }: Pick<MappingProps, 'mapping'>) {
  const words = routeTexts.rest
  const rest = restOf(mapping)
  if (Object.keys(rest).length === 0) return null
  return (
    <Panel title={words.title}>
      <p className={classes.hint}>{words.text}</p>
      <CodeBlock label={words.label} text={stringify({ mapping: rest }, { lineWidth: 0 }).trimEnd()} />
    </Panel>
  )
}
