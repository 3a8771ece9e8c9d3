import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { OrderColumn } from '../api/types.ts'
import { keepColumns, readColumns, usualColumns, writeColumns } from './chosen-columns.ts'

/** The columns that the address says. What is chosen goes there, and is kept in this browser. */
export function useColumns(withShop: boolean) {
  const { columns } = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const usual = useMemo(() => usualColumns(withShop), [withShop])
  const shown = useMemo(() => readColumns(columns) ?? usual, [columns, usual])

  const onShown = (next: OrderColumn[] | undefined) => {
    const chosen = next !== undefined && writeColumns(next) !== writeColumns(usual) ? next : undefined
    keepColumns(chosen)
    void navigate({
      search: (before) => ({ ...before, columns: chosen && writeColumns(chosen) }),
      replace: true,
      resetScroll: false,
    })
  }
  return { shown, isUsual: writeColumns(shown) === writeColumns(usual), onShown }
}
