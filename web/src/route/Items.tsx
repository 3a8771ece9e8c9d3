import { Checkbox, Select } from '@mantine/core'
import { Panel } from '../components/Panel.tsx'
import { routeTexts } from '../texts-route.ts'
import { MappedRecord, MappedText } from './MappingField.tsx'
import { type MappingProps, MethodPanel } from './MethodPanel.tsx'
import classes from './RouteForm.module.css'
import { mistakeAt, type Path, valueAt, withValue } from './settings.ts'

/** Where products are found in the backend, and which items stand for what is no product. */
export function Items(props: MappingProps) {
  const { items, skus, otherLines } = routeTexts
  return (
    <>
      <MethodPanel
        {...props}
        texts={skus}
        table={['items', 'bySku']}
        list="map_sku"
        code="unknown_sku"
        lead={
          <MappedText
            {...props}
            path={['items', 'skuField']}
            label={items.skuField}
            hint={items.skuHint}
            placeholder="itemId"
          />
        }
      />
      <Panel title={otherLines.title} hint={otherLines.hint}>
        <div className={classes.row}>
          {Object.entries(otherLines.kinds).map(([kind, label]) => (
            <MappedRecord
              {...props}
              key={kind}
              list="map_item_kind"
              path={['items', 'byKind', kind]}
              label={label}
            />
          ))}
          <MappedText
            {...props}
            path={['items', 'roundingUpTo']}
            label={otherLines.roundingUpTo}
            hint={otherLines.roundingHint}
            placeholder="0.05"
            inputMode="decimal"
          />
        </div>
      </Panel>
    </>
  )
}

/** How customers are found and made. */
export function Customers(props: MappingProps) {
  const { mapping, mistakes, onChange } = props
  const words = routeTexts.customers
  const set = (path: Path, value: unknown) => onChange(withValue(mapping, path, value))
  const match = valueAt(mapping, ['customers', 'match'])
  const ways = Array.isArray(match) ? match.join(',') : 'externalId,email'
  return (
    <Panel title={words.title}>
      <div className={classes.row}>
        <Select
          label={words.match}
          data={Object.entries(words.matches).map(([value, label]) => ({ value, label }))}
          value={ways}
          allowDeselect={false}
          error={mistakeAt(mistakes, 'mapping.customers.match')}
          onChange={(next) => next !== null && set(['customers', 'match'], next.split(','))}
        />
        <MappedRecord {...props} list="customer" path={['customers', 'fallback']} label={words.fallback} />
        <MappedRecord
          {...props}
          list="subsidiary"
          path={['customers', 'subsidiary']}
          label={words.subsidiary}
        />
      </div>
      <Checkbox
        label={words.create}
        checked={valueAt(mapping, ['customers', 'create']) !== false}
        onChange={(event) => set(['customers', 'create'], event.currentTarget.checked)}
      />
    </Panel>
  )
}
