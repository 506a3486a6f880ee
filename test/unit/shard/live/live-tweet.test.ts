// I5: what a push shows beside its tweet, to those who have muted some of it.

import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { mutesAddThreadHandler } from '../../../../shard/operations/mutes-add-thread.ts'
import { mutesAddWordHandler } from '../../../../shard/operations/mutes-add-word.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

type Shown = {
  readonly tweet: { readonly id: TweetId }
  readonly referenced?: readonly { readonly id: TweetId }[]
  readonly users: readonly { readonly id: UserId }[]
}

/** Ada and bob follow carol, who quotes dan; each has one socket. */
function world() {
  const shard = new OneShard()
  const [ada, bob, carol, dan] = shard.signUp('ada', 'bob', 'carol', 'dan')
  for (const reader of [ada, bob]) shard.ask(userFollowHandler, reader, { userId: carol })
  const quoted = shard.post(dan, 'a rook on the roof')
  for (const [place, reader] of [ada, bob].entries()) {
    for (const channel of ['home', 'tag:roof']) {
      shard.ask(liveSubscribeHandler, reader, { channel }, { slot: 1 + place })
    }
  }
  const quote = (author = carol, text = 'look') =>
    shard.ask(tweetPostHandler, author, { text, quoteOf: quoted }).tweet.id
  /** What each socket is shown beside the tweet, by slot. */
  const pushed = () => {
    const bySlot = new Map<number, { tweets: TweetId[]; users: UserId[] }>()
    for (const { slots, data } of shard.gateway.take()) {
      const { referenced = [], users } = data as unknown as Shown
      const shown = { tweets: referenced.map(({ id }) => id), users: users.map(({ id }) => id) }
      for (const slot of slots) {
        expect(bySlot.has(slot)).toBe(false)
        bySlot.set(slot, shown)
      }
    }
    return bySlot
  }
  return { shard, ada, bob, carol, dan, quoted, quote, pushed }
}

type World = ReturnType<typeof world>
const mutes: Readonly<Record<string, (world: World) => void>> = {
  'its author': ({ shard, ada, dan }) => shard.ask(userMuteHandler, ada, { userId: dan }),
  'a word of it': ({ shard, ada }) => shard.ask(mutesAddWordHandler, ada, { word: 'rook' }),
  'its thread': ({ shard, ada, quoted }) =>
    shard.ask(mutesAddThreadHandler, ada, { tweetId: quoted }),
}

describe('the push of a tweet that quotes', () => {
  for (const [what, mute] of Object.entries(mutes)) {
    test(`I5: comes without the quoted one to who has muted ${what}, as on a page`, () => {
      const all = world()
      const { shard, ada, carol, dan, quoted, quote, pushed } = all
      mute(all)
      quote()
      expect(pushed()).toEqual(
        new Map([
          [2, { tweets: [quoted], users: [carol, dan] }],
          [1, { tweets: [], users: [carol] }],
        ]),
      )
      const { referenced, users } = shard.ask(timelineHomeHandler, ada, {})
      expect([referenced, users.map(({ id }) => id)]).toEqual([undefined, [carol]])
    })
  }

  test('I5: comes without it also as a retweet, and by the channel of a tag', () => {
    const all = world()
    const { shard, carol, dan, quoted, quote, pushed } = all
    mutes['its author']!(all)
    const [eve] = shard.signUp('eve')
    const tweetId = quote(eve)
    expect(pushed()).toEqual(new Map())
    shard.ask(tweetRetweetHandler, carol, { tweetId })
    expect(pushed()).toEqual(
      new Map([
        [2, { tweets: [tweetId, quoted], users: [carol, eve, dan] }],
        [1, { tweets: [tweetId], users: [carol, eve] }],
      ]),
    )
    quote(eve, '#roof')
    expect(pushed()).toEqual(
      new Map([
        [2, { tweets: [quoted], users: [eve, dan] }],
        [1, { tweets: [], users: [eve] }],
      ]),
    )
  })

  test('I5: whoever was shown the quoted one is told when it is deleted, also beside a retweet', () => {
    const all = world()
    const { shard, carol, dan, quoted, quote } = all
    mutes['its author']!(all)
    const [eve] = shard.signUp('eve')
    shard.ask(tweetRetweetHandler, carol, { tweetId: quote(eve) })
    shard.gateway.take()
    shard.ask(tweetDeleteHandler, dan, { tweetId: quoted })
    const told = { name: 'tweet.deleted', slots: [2], data: { tweetId: quoted } }
    expect(shard.gateway.take()).toEqual([told])
  })

  test('is one push where nobody has muted anything of it', () => {
    const { shard, ada, bob, quote } = world()
    shard.ask(userMuteHandler, ada, { userId: bob })
    quote()
    expect(shard.gateway.take()).toMatchObject([{ slots: [1, 2] }])
  })

  test('I5: comes without it to all where a block concerns its author', () => {
    const { shard, bob, carol, dan, quote, pushed } = world()
    shard.ask(userBlockHandler, dan, { userId: bob })
    quote()
    const alone = { tweets: [], users: [carol] }
    expect(pushed()).toEqual(
      new Map([
        [1, alone],
        [2, alone],
      ]),
    )
  })
})
