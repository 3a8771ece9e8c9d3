import { useQuery } from '@tanstack/react-query'
import { connectionsQuery } from './queries.ts'

/** The time zone of a shop, as far as it is known. */
export function useShopZone(connection: string): string | null {
  const { data } = useQuery(connectionsQuery)
  return data?.items.find(({ name }) => name === connection)?.timeZone ?? null
}
