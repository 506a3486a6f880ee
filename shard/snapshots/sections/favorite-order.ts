// The order in which the partition's users have marked their favorites, for whoever hosts them.

import { favoriteEntry } from '../../state/favorite-order.ts'
import { varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** Those of a user, as far as they are put in together. */
const entries = new Float64Array(4_096)

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
      if (further > 0 || count === entries.length) {
        state.favoriteOrder.restoreMany(users[user]!, entries, count)
        count = 0
      }
      user += further
      const number = reader.integer()
      entries[count++] = favoriteEntry(number, state.tweets.intern(reader.integer()))
    }
    state.favoriteOrder.restoreMany(users[user]!, entries, count)
  },
}
