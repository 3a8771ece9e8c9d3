import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { OrderColumn } from '../api/types.ts'
import { keepColumns, readColumns, usualColumns, writeColumns } from './chosen-columns.ts'

/**
 * The columns that the address says. What is chosen goes there, and is kept in this browser; within a saved view it is
 * a change of that view.
 */
export function useColumns(withShop: boolean) {
  const { columns, view } = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const usual = useMemo(() => usualColumns(withShop), [withShop])
  const shown = useMemo(() => readColumns(columns) ?? usual, [columns, usual])

  const onShown = (next: OrderColumn[] | undefined) => {
    const chosen = next !== undefined && writeColumns(next) !== writeColumns(usual) ? next : undefined
    if (view === undefined) keepColumns(chosen)
    // Without any, a view would show what this browser keeps.
    const written = view === undefined ? chosen : (chosen ?? usual)
    void navigate({
      search: (before) => ({ ...before, columns: written && writeColumns(written) }),
      replace: true,
      resetScroll: false,
    })
  }
  return { shown, usual, isUsual: writeColumns(shown) === writeColumns(usual), onShown }
}
