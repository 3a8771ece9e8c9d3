import { ActionIcon } from '@mantine/core'
import type { ChoiceListName, Mistake } from '../api/types.ts'
import { Icon } from '../components/Icon.tsx'
import { routeTexts } from '../texts-route.ts'
import { AddRow } from './AddRow.tsx'
import { ChoiceSelect } from './ChoiceSelect.tsx'
import classes from './RouteForm.module.css'
import { type MethodRow, mistakeAt } from './settings.ts'

const words = routeTexts.methods

interface Props {
  route: string
  label: string
  list: ChoiceListName
  rows: MethodRow[]
  /** Where its mistakes are named: "mapping.payment.methods". */
  field: string
  mistakes: Mistake[]
  addLabel: string
  onChange: (word: string, value: string | null) => void
  onAdd: (word: string) => void
}

/** Words of the shop and the record of the backend that stands for each; what is not mapped yet comes first. */
export function MethodTable({ route, label, list, rows, field, mistakes, addLabel, onChange, onAdd }: Props) {
  const isCounted = rows.some(({ orders }) => orders > 0)
  return (
    <>
      {rows.length === 0 ? (
        <p className="quiet">{words.none}</p>
      ) : (
        <table className={classes.methods} aria-label={label} data-columns={isCounted ? 'three' : 'two'}>
          <thead>
            <tr>
              <th scope="col">{words.word}</th>
              {isCounted ? <th scope="col">{words.orders}</th> : null}
              <th scope="col">{words.record}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.word} data-open={row.value === null}>
                <th scope="row">
                  {row.title}
                  {row.title === row.word ? null : <span className={classes.code}>{row.word}</span>}
                  {row.value === null ? <span className={classes.missing}>{words.missing}</span> : null}
                </th>
                {isCounted ? <td className={classes.seen}>{words.seen(row.orders)}</td> : null}
                <td>
                  <div className={classes.choice}>
                    <ChoiceSelect
                      route={route}
                      list={list}
                      label={words.choose(row.title)}
                      value={row.value}
                      error={mistakeAt(mistakes, `${field}.${row.word}`)}
                      onChange={(value) => onChange(row.word, value)}
                    />
                    {row.value === null ? null : (
                      <ActionIcon
                        aria-label={words.remove(row.title)}
                        onClick={() => onChange(row.word, null)}
                      >
                        <Icon name="cross" />
                      </ActionIcon>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <AddRow
        label={addLabel}
        button={words.add}
        maxLength={200}
        onAdd={(word) => {
          onAdd(word)
          return true
        }}
      />
    </>
  )
}
