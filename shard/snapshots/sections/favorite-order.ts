// The order in which the partition's users have marked their favorites, for whoever hosts them.

import { favoriteEntry } from '../../state/favorite-order.ts'
import type { ShardState } from '../../state/shard-state.ts'
import { varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** Those of a user, as far as they are put in together: the numbers, the tweets, and what is made of both. */
const numbers = new Float64Array(4_096)
const ids = new Float64Array(numbers.length)
const indexes = new Int32Array(numbers.length)
const entries = new Float64Array(numbers.length)

/**
 * Record: number of the user, as the difference to the one before; the favorite's number among those of its
 * user; the id of the tweet.
 */
export const favoriteOrderSection: Section = {
  code: 224,

  write({ state, users }, writer) {
    writer.begin(favoriteOrderSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      const count = state.favoriteOrder.length(user)
      for (let place = 0; place < count; place++) {
        const favorite = state.favoriteOrder.at(user, place)
        if (writer.record(3 * varintBytesMax)) previous = 0
        writer.integer(number - previous)
        writer.integer(favorite.number)
        writer.integer(state.tweets.idOf(favorite.tweet))
        previous = number
      }
    }
  },

  isWanted: ({ isHosted }) => isHosted,

  read({ state, users }, reader) {
    let user = 0
    let count = 0
    while (!reader.isAtEnd) {
      const further = reader.integer()
      if (further > 0 || count === numbers.length) {
        restore(state, users[user]!, count)
        count = 0
      }
      user += further
      numbers[count] = reader.integer()
      ids[count++] = reader.integer()
    }
    restore(state, users[user]!, count)
  },
}

function restore({ tweets, favoriteOrder }: ShardState, user: number, count: number): void {
  tweets.internMany(ids, count, indexes)
  for (let place = 0; place < count; place++) {
    entries[place] = favoriteEntry(numbers[place]!, indexes[place]!)
  }
  favoriteOrder.restoreMany(user, entries, count)
}
