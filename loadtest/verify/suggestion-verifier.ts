// Reads whom the server suggests to follow, and looks at each by the oracle.
//
// Which of those who may be suggested are the best is for the server to say, and it looks at a sample. Each of them has
// to be followed by somebody who is like the reader: who follows somebody whom the reader follows as well. Whoever
// follows nobody is like everybody.

import { isBlockBetween, mayReadUser } from '../oracle/oracle-privacy.ts'
import { limit, type Reading } from './reading.ts'

export async function readSuggestions(reading: Reading): Promise<void> {
  const { users } = await reading.client.call('user.suggestions', { limit })
  const suggested = users.map(({ id }) => id as number)
  const wrong = suggested.flatMap((user) => {
    const why = whyNot(reading, user)
    return why === undefined ? [] : [`user ${user} is suggested, ${why}`]
  })
  if (new Set(suggested).size < suggested.length) wrong.push('somebody is suggested twice')
  reading.add('suggestion', wrong)
}

function whyNot({ world, reader }: Reading, user: number): string | undefined {
  const { id, follows } = reader
  if (user === id) return 'the reader'
  if (follows.has(user)) return 'whom the reader follows'
  if (world.asked.has(id, user)) return 'whom the reader has asked'
  if (isBlockBetween(world, id, user)) return 'across a block'
  if (world.mutes.has(id, user)) return 'whom the reader has muted'
  if (world.isAway(user)) return 'who is suspended or gone'
  const isAlike = (other: number): boolean => {
    if (other === id || !mayReadUser(world, id, other)) return false
    return follows.size === 0 || [...world.user(other).follows].some((one) => follows.has(one))
  }
  const { followers } = world.user(user)
  return [...followers].some(isAlike) ? undefined : 'and nobody who is like the reader follows them'
}
