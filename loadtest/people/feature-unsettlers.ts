// The kinds of actions that others rely on: who is there, who is protected, who blocks whom, whose request is
// answered, who sees a collection, which retweets there are. In this order, as whoever leaves does nothing else meanwhile.

import type { Adder, Crowd, FeatureParts, Kind } from './feature-crowd.ts'
import { keys } from './steady.ts'

/** The share of blocks and approvals that are raced. */
const racedShare = 0.3

export function unsettlersOf(crowd: Crowd, parts: FeatureParts): readonly Kind[] {
  return [
    { share: 0.5, add: leaves(crowd, parts) },
    { share: 0.3, add: suspends(crowd, parts) },
    { share: 3, add: opens(crowd, parts, 'protect') },
    { share: 1, add: opens(crowd, parts, 'open') },
    { share: 4, add: blocks(crowd, parts) },
    { share: 2, add: unblocks(crowd, parts) },
    { share: 1.5, add: answers(crowd, parts, 'reject') },
    { share: 4, add: answers(crowd, parts, 'approve') },
    { share: 2, add: shows(crowd) },
    { share: 0.3, add: drops(crowd) },
    { share: 3, add: unretweets(crowd, parts) },
  ]
}

function leaves(crowd: Crowd, { passwordOf }: FeatureParts): Adder {
  return () => {
    const userId = crowd.user()
    if (userId === undefined) return undefined
    crowd.steady.change(keys.leaves(userId))
    return [{ kind: 'leave', userId, password: passwordOf(userId) }]
  }
}

/** By operators, where there are any: those who credit advertisers. */
function suspends(crowd: Crowd, { world }: FeatureParts): Adder {
  return () => {
    const userId = crowd.user()
    if (userId === undefined || world.funded.size === 0) return undefined
    crowd.steady.change(keys.leaves(userId))
    return [{ kind: 'suspend', userId }]
  }
}

function opens(crowd: Crowd, { world }: FeatureParts, kind: 'protect' | 'open'): Adder {
  return () => {
    const userId = crowd.user()
    if (userId === undefined) return undefined
    if (world.protectedUsers.has(userId) === (kind === 'protect')) return undefined
    return crowd.steady.change(keys.opens(userId)) ? [{ kind, userId }] : undefined
  }
}

/** Neither a follow that is older nor one that comes at the same time outlives a block. */
function blocks(crowd: Crowd, { random }: FeatureParts): Adder {
  return () => {
    const two = crowd.two()
    if (two === undefined) return undefined
    const [userId, otherId] = two
    if (!crowd.steady.change(keys.apart(userId, otherId))) return undefined
    const block = { kind: 'block', userId, otherId } as const
    const follow = { kind: 'follow', userId: otherId, followeeId: userId, isRaced: true } as const
    return random.chance(racedShare) ? [block, follow] : [block]
  }
}

function unblocks(crowd: Crowd, { random, world }: FeatureParts): Adder {
  return () => {
    const all = world.blocks.all()
    if (all.length === 0) return undefined
    const [userId, otherId] = random.pick(all)
    if (!crowd.steady.acts(userId) || !crowd.steady.acts(otherId)) return undefined
    if (!crowd.steady.change(keys.apart(userId, otherId))) return undefined
    return [{ kind: 'unblock', userId, otherId }]
  }
}

/** Whoever takes the request back follows nobody, whether it is approved before or after. */
function answers(crowd: Crowd, parts: FeatureParts, kind: 'approve' | 'reject'): Adder {
  const { random, world } = parts
  return () => {
    const all = world.asked.all()
    if (all.length === 0) return undefined
    const [otherId, userId] = random.pick(all)
    if (!crowd.steady.relates(userId, otherId)) return undefined
    if (!crowd.steady.change(keys.follow(otherId, userId))) return undefined
    if (!random.chance(racedShare)) return [{ kind, userId, otherId }]
    return [
      { kind, userId, otherId, isRaced: true },
      { kind: 'unfollow', userId: otherId, followeeId: userId, isRaced: true },
    ]
  }
}

/** A private list becomes public and the other way round; a moment is published for good. */
function shows(crowd: Crowd): Adder {
  return () => {
    const collection = crowd.collection()
    if (collection === undefined || (collection.kind === 'moment' && !collection.isPrivate)) {
      return undefined
    }
    const { id: collectionId, ownerId: userId, isPrivate } = collection
    if (!crowd.steady.change(keys.collection(collectionId))) return undefined
    return [{ kind: isPrivate ? 'show' : 'hide', userId, collectionId }]
  }
}

function drops(crowd: Crowd): Adder {
  return () => {
    const collection = crowd.collection()
    if (collection === undefined) return undefined
    const { id: collectionId, ownerId: userId } = collection
    if (!crowd.steady.change(keys.collection(collectionId))) return undefined
    return [{ kind: 'drop', userId, collectionId }]
  }
}

/** Others may be about to do something with the retweet. */
function unretweets(crowd: Crowd, { world }: FeatureParts): Adder {
  return () => {
    const read = crowd.read()
    if (read === undefined) return undefined
    const { retweets } = world.original(read.tweet)
    const retweet = retweets.find((one) => crowd.steady.reads(one.authorId, one))
    if (retweet === undefined) return undefined
    const { authorId: userId, id, retweetOf } = retweet
    if (!crowd.steady.change(keys.mark('retweet', userId, retweetOf!))) return undefined
    if (!crowd.steady.change(keys.tweet(id))) return undefined
    crowd.steady.change(keys.kept(retweetOf!))
    return [{ kind: 'unretweet', userId, tweetId: retweetOf! }]
  }
}
