// People who have lists and moments: ada owns what a test is about, bob and cid are in it, dan looks at it.

import type { TweetId, UserId } from '../../protocol/ids.ts'
import { listAddMemberHandler } from '../../shard/operations/list-add-member.ts'
import { listCreateHandler } from '../../shard/operations/list-create.ts'
import { momentAddTweetHandler } from '../../shard/operations/moment-add-tweet.ts'
import { momentCreateHandler } from '../../shard/operations/moment-create.ts'
import { momentPublishHandler } from '../../shard/operations/moment-publish.ts'
import { userBlockHandler } from '../../shard/operations/user-block.ts'
import { userUpdateHandler } from '../../shard/operations/user-update.ts'
import { OneShard } from './one-shard.ts'

export type CollectionWorld = ReturnType<typeof world>

export function world() {
  const shard = new OneShard()
  const [ada, bob, cid, dan] = shard.signUp('ada', 'bob', 'cid', 'dan')
  return {
    shard,
    ada,
    bob,
    cid,
    dan,
    /** A list of ada's with these members. */
    list(members: readonly UserId[] = [], more: { readonly private?: boolean } = {}): number {
      const listId = shard.ask(listCreateHandler, ada, { name: 'Chess', ...more }).list.id
      for (const userId of members) shard.ask(listAddMemberHandler, ada, { listId, userId })
      return listId
    },
    /** A moment of ada's with these tweets, published unless said otherwise. */
    moment(tweets: readonly TweetId[] = [], { published = true } = {}): number {
      const momentId = shard.ask(momentCreateHandler, ada, { title: 'The storm' }).moment.id
      for (const tweetId of tweets) shard.ask(momentAddTweetHandler, ada, { momentId, tweetId })
      if (published) shard.ask(momentPublishHandler, ada, { momentId })
      return momentId
    },
    block(blocker: UserId, blocked: UserId): void {
      shard.ask(userBlockHandler, blocker, { userId: blocked })
    },
    protect(user: UserId): void {
      shard.ask(userUpdateHandler, user, { protected: true })
    },
  }
}

/** Gives somebody so many marks of what was not heard of here. */
export function fill(
  shard: OneShard,
  { kind, user, count }: { kind: string; user: UserId; count: number },
): void {
  for (let place = 0; place < count; place++) {
    const id = shard.newId(3)
    for (const { marked, users } of [shard.state, shard.replica]) {
      marked.add(kind, users.find(user), id)
    }
  }
}

/** What one who may not see a list or moment is answered. */
export function notFound(field: string) {
  return { kind: 'failed', error: { code: 'not_found', field } }
}

export function forbidden(field: string) {
  return { kind: 'failed', error: { code: 'forbidden', field } }
}
