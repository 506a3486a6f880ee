import { describe, expect, test } from 'vitest'
import { idMax, partitionOfId, type TweetId } from '../../../../protocol/ids.ts'
import { notificationsListHandler } from '../../../../shard/operations/notifications-list.ts'
import { notificationsMarkReadHandler } from '../../../../shard/operations/notifications-mark-read.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

function world() {
  const shard = new OneShard()
  const [ada, bob, eve] = shard.signUp('ada', 'bob', 'eve')
  const tweetId = shard.post(ada, 'rooks at dusk')
  shard.ask(tweetFavoriteHandler, bob, { tweetId })
  const mentions = ['first', 'second'].map((text) => shard.post(bob, `@ada, ${text}`))
  const markRead = (upTo: number) =>
    shard.ask(notificationsMarkReadHandler, ada, { upTo }).unreadCount
  const read = () =>
    shard.ask(notificationsListHandler, ada, {}).notifications.map(({ read }) => read)
  return { shard, eve, tweetId, mentions, markRead, read }
}

describe('notifications.markRead', () => {
  test('marks all up to one, and never less than before', () => {
    const { shard, mentions, markRead, read } = world()
    expect(read()).toEqual([false, false, false])
    expect(markRead(mentions[0]!)).toBe(1)
    expect(read()).toEqual([false, true, true])
    const logged = shard.log.length
    expect(markRead(1)).toBe(1)
    expect(shard.log).toHaveLength(logged)
    expect(markRead(mentions[1]!)).toBe(0)
    expect(read()).toEqual([true, true, true])
  })

  test('an entry is new again when more of it happens', () => {
    const { shard, eve, tweetId, mentions, markRead, read } = world()
    markRead(mentions[1]!)
    shard.ask(tweetFavoriteHandler, eve, { tweetId })
    expect(read()).toEqual([false, true, true])
  })

  test('what has not happened yet cannot be read', () => {
    const { shard, eve, markRead, read } = world()
    expect(markRead(idMax)).toBe(0)
    shard.post(eve, '@ada, and this?')
    expect(read()).toEqual([false, true, true, true])
  })

  test('what only a replica has heard of yet can be read', () => {
    const { shard, eve, read, markRead, mentions } = world()
    const heard = shard.newId(partitionOfId(eve)) as TweetId
    shard.nowMs += 5
    expect(markRead(heard)).toBe(0)
    const mention = {
      handle: 'ada',
      userId: shard.state.users.idOf(shard.state.users.findHandle('ada')),
    }
    const entities = { mentions: [{ ...mention, start: 0, end: 4 }], hashtags: [], urls: [] }
    const tweet = { tweetId: heard, authorId: eve, text: '@ada, late', entities }
    shard.hear(tweetPostHandler.operation, tweet)
    expect(heard).toBeGreaterThan(mentions[1]!)
    expect(read()).toEqual([true, true, true, true])
  })
})
