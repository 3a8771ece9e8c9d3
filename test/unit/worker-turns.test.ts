import { expect, it } from 'vitest'
import { inTurn } from '../../src/jobs/worker.ts'

it('lets each connection be the first as often as any other', () => {
  const connections = ['a', 'b', 'c']
  const turns = [1, 2, 3, 4, 5, 6].map((turn) => inTurn(connections, turn))
  expect(turns.map(([first]) => first).toSorted()).toEqual(['a', 'a', 'b', 'b', 'c', 'c'])
  for (const turn of turns) expect(turn.toSorted()).toEqual(connections)
  expect(inTurn([], 7)).toEqual([])
})
