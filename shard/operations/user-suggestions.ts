import { pageLimitDefault } from '../../protocol/limits.ts'
import { userSuggestions } from '../../protocol/operations/user-suggestions.ts'
import { suggest } from '../state/index/suggestions.ts'
import { waitingRequest } from './following.ts'
import type { View } from './implement.ts'
import { implementRead } from './implement.ts'
import { writeUsers } from './present.ts'
import { doesMute, isBlockBetween, isSuspended, mayReadUser } from './visibility.ts'

/** For so long somebody is suggested the same people, as far as nothing has changed. */
const sameForMs = 60 * 60 * 1000

export const userSuggestionsHandler = implementRead(userSuggestions, {
  read(view, { actor, actorIndex, nowMs }, { limit = pageLimitDefault }, writer) {
    const users = suggest({
      followings: view.followings,
      followers: view.followers,
      indexEnd: view.users.indexEnd,
      reader: actorIndex,
      seed: (actor % 2 ** 32) ^ Math.floor(nowMs / sameForMs),
      limit,
      followerCount: (user) => view.users.followers.get(user),
      // What a walk leads to says whom they follow. (I5)
      mayWalk: (user) => mayReadUser(view, { reader: actorIndex, user }),
      isCandidate: (user) => isNew(view, user, actorIndex),
    })
    writer.map(1)
    writeUsers(writer, view, { users, reader: actorIndex })
    return undefined
  },
})

/** Whether the reader has nothing to do with them yet. (I5) */
function isNew(view: View, user: number, reader: number): boolean {
  if (user === reader || !view.users.isKnown(user)) return false
  if (view.followings.has(reader, user) || isBlockBetween(view, reader, user)) return false
  if (doesMute(view, reader, user) || isSuspended(view, user)) return false
  return waitingRequest(view, { follower: reader, followee: user }) === 0
}
