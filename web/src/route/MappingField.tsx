import { Select, TextInput } from '@mantine/core'
import type { ChoiceListName } from '../api/types.ts'
import { ChoiceSelect } from './ChoiceSelect.tsx'
import type { MappingProps } from './MethodPanel.tsx'
import { hintBelow, mistakeAt, type Path, textAt, withValue } from './settings.ts'

type Bound = Pick<MappingProps, 'route' | 'mapping' | 'mistakes' | 'onChange'>
interface Props extends Bound {
  path: Path
  label: string
  hint?: string
}

/** A record of the backend at one place of the mapping; none where nobody has chosen one. */
export function MappedRecord({
  path,
  label,
  list,
  extra,
  usual,
  ...bound
}: Omit<Props, 'hint'> & {
  list: ChoiceListName
  extra?: { value: string; label: string }[]
  /** What stands for nothing chosen. */
  usual?: string
}) {
  const { route, mapping, mistakes, onChange } = bound
  return (
    <ChoiceSelect
      labelled
      clearable={usual === undefined}
      route={route}
      list={list}
      label={label}
      {...(extra && { extra })}
      value={textAt(mapping, path) || (usual ?? null)}
      error={mistakeAt(mistakes, fieldOf(path))}
      onChange={(value) => onChange(withValue(mapping, path, value ?? undefined))}
    />
  )
}

/** A text at one place of the mapping; left empty, it is as usual. */
export function MappedText({
  path,
  label,
  hint,
  mapping,
  mistakes,
  onChange,
  placeholder,
  inputMode,
}: Props & { placeholder?: string; inputMode?: 'numeric' | 'decimal' }) {
  return (
    <TextInput
      label={label}
      inputWrapperOrder={hintBelow}
      description={hint}
      placeholder={placeholder}
      inputMode={inputMode}
      value={textAt(mapping, path)}
      error={mistakeAt(mistakes, fieldOf(path))}
      onChange={(event) => onChange(withValue(mapping, path, event.currentTarget.value || undefined))}
    />
  )
}

/** One of a few ways at one place of the mapping. */
export function MappedWay({
  path,
  label,
  hint,
  mapping,
  mistakes,
  onChange,
  ways,
  usual,
}: Props & { ways: Record<string, string>; usual: string }) {
  return (
    <Select
      label={label}
      inputWrapperOrder={hintBelow}
      description={hint}
      data={Object.entries(ways).map(([value, text]) => ({ value, label: text }))}
      allowDeselect={false}
      value={textAt(mapping, path) || usual}
      error={mistakeAt(mistakes, fieldOf(path))}
      onChange={(way) => way !== null && onChange(withValue(mapping, path, way))}
    />
  )
}

const fieldOf = (path: Path): string => ['mapping', ...path].join('.')
