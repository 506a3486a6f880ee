import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { MessagePackWriter } from '../../../protocol/message-pack.ts'
import { timelineHomeHandler } from '../../../shard/operations/timeline-home.ts'
import { tweetBookmarkHandler } from '../../../shard/operations/tweet-bookmark.ts'
import { tweetDeleteHandler } from '../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../shard/operations/tweet-retweet.ts'
import { tweetUnbookmarkHandler } from '../../../shard/operations/tweet-unbookmark.ts'
import { tweetUnfavoriteHandler } from '../../../shard/operations/tweet-unfavorite.ts'
import { tweetUnretweetHandler } from '../../../shard/operations/tweet-unretweet.ts'
import { userBlockHandler } from '../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../shard/operations/user-mute.ts'
import { userSuspendHandler } from '../../../shard/operations/user-suspend.ts'
import { userUnfollowHandler } from '../../../shard/operations/user-unfollow.ts'
import { userUpdateHandler } from '../../../shard/operations/user-update.ts'
import { PageValidators } from '../../../shard/page-validators.ts'
import { OneShard, stranger } from '../../helpers/one-shard.ts'

/** What may happen to a page: as far as can be, nothing that a count on it would tell. */
const changes: Readonly<Record<string, (world: World) => void>> = {
  'the reader bookmarks a tweet': ({ shard, alice, tweet }) => {
    shard.ask(tweetBookmarkHandler, alice, { tweetId: tweet })
  },
  'the reader favors a tweet, and somebody else no longer': ({ shard, alice, eve, tweet }) => {
    shard.ask(tweetFavoriteHandler, alice, { tweetId: tweet })
    shard.ask(tweetUnfavoriteHandler, eve, { tweetId: tweet })
  },
  'the reader retweets a tweet, and somebody else no longer': ({ shard, alice, eve, tweet }) => {
    shard.ask(tweetRetweetHandler, alice, { tweetId: tweet })
    shard.ask(tweetUnretweetHandler, eve, { tweetId: tweet })
  },
  'an author follows the reader, and leaves somebody, as somebody leaves the reader': (world) => {
    const { shard, alice, bob, dan, eve } = world
    shard.ask(userFollowHandler, bob, { userId: alice })
    shard.ask(userUnfollowHandler, bob, { userId: eve })
    shard.ask(userUnfollowHandler, dan, { userId: alice })
  },
  'an author edits their profile': ({ shard, bob }) => {
    shard.ask(userUpdateHandler, bob, { name: 'Robert' })
  },
  'an author is suspended': ({ shard }) => {
    shard.ask(userSuspendHandler, stranger, { handle: 'bob', by: 'moira', reason: 'sells rooks' })
  },
  'an author blocks the reader': ({ shard, alice, bob }) => {
    shard.ask(userBlockHandler, bob, { userId: alice })
  },
  'the reader mutes an author': ({ shard, alice, bob }) => {
    shard.ask(userMuteHandler, alice, { userId: bob })
  },
  'the author of what is quoted becomes protected': ({ shard, cid }) => {
    shard.ask(userUpdateHandler, cid, { protected: true })
  },
  'what is quoted is deleted': ({ shard, cid, quoted }) => {
    shard.ask(tweetDeleteHandler, cid, { tweetId: quoted })
  },
  'the author of what is quoted is asked to be followed': ({ shard, alice, cid }) => {
    const { users, requests } = shard.state
    requests.begin({ follower: users.indexOf(alice), followee: users.indexOf(cid) }, 7)
  },
  'a request to follow the author of what is quoted ends': ({ shard, alice, cid }) => {
    const { users, requests } = shard.state
    requests.end({ follower: users.indexOf(alice), followee: users.indexOf(cid) })
  },
  'an author who blocks somebody already blocks a reader who is blocked already': (world) => {
    const { shard, alice, bob } = world
    shard.ask(userBlockHandler, bob, { userId: alice })
  },
  'a tweet is deleted': ({ shard, bob, tweet }) => {
    shard.ask(tweetDeleteHandler, bob, { tweetId: tweet })
  },
  'a tweet is answered': ({ shard, eve, tweet }) =>
    void shard.post(eve, 'oh', { inReplyTo: tweet }),
  'a tweet comes': ({ shard, bob }) => void shard.post(bob, 'and more'),
  'the reader follows somebody, and leaves somebody': ({ shard, alice, bob, dan }) => {
    shard.ask(userFollowHandler, alice, { userId: dan })
    shard.ask(userUnfollowHandler, alice, { userId: bob })
  },
  'the partition of the reader is not here any more': ({ shard }) => {
    for (const _step of shard.state.unhost(1));
  },
}

describe('page validators', () => {
  test.each(Object.keys(changes))('a page is not as it was when %s', (name) => {
    const world = new World()
    const { shard, alice, bob, cid, eve } = world
    const { users, requests } = shard.state
    // So that no flag is raised by what follows.
    shard.ask(userBlockHandler, eve, { userId: alice })
    shard.ask(userBlockHandler, bob, { userId: shard.signUp('fay')[0] })
    if (name.startsWith('a request to follow')) {
      requests.begin({ follower: users.indexOf(alice), followee: users.indexOf(cid) }, 7)
    }
    const validator = world.make()
    expect(world.isCurrent(validator)).toBe(true)
    changes[name]!(world)
    expect(world.isCurrent(validator)).toBe(false)
  })

  test('a page stays as it is whatever else happens', () => {
    const world = new World()
    const { shard, bob, eve } = world
    const validator = world.make()
    const [fay] = shard.signUp('fay')
    shard.ask(userFollowHandler, fay, { userId: eve })
    shard.ask(tweetFavoriteHandler, fay, { tweetId: shard.post(eve, 'elsewhere') })
    shard.ask(tweetBookmarkHandler, eve, { tweetId: world.tweet })
    shard.ask(tweetBookmarkHandler, bob, { tweetId: world.quoted })
    expect(world.isCurrent(validator)).toBe(true)
    // Done and undone is a change: nobody looks what is behind it.
    shard.ask(tweetBookmarkHandler, world.alice, { tweetId: world.tweet })
    shard.ask(tweetUnbookmarkHandler, world.alice, { tweetId: world.tweet })
    expect(world.isCurrent(validator)).toBe(false)
  })

  test('the tweet behind the page counts, as the page says that there is one', () => {
    const world = new World()
    const validator = world.make({ limit: 1 })
    expect(world.isCurrent(validator)).toBe(true)
    world.shard.ask(tweetDeleteHandler, world.bob, { tweetId: world.tweet })
    expect(world.isCurrent(validator)).toBe(false)
  })

  test('a validator is of one reader, and ends with their next page', () => {
    const world = new World()
    const validator = world.make()
    const { users } = world.shard.state
    expect(world.validators.isCurrent(validator, users.indexOf(world.bob))).toBe(false)
    expect(world.validators.isCurrent(validator, -1)).toBe(false)
    expect(world.isCurrent(validator + 4)).toBe(false)
    expect(world.isCurrent(world.make({ limit: 1 }))).toBe(true)
    expect(world.isCurrent(validator)).toBe(false)
  })

  test('readers who share a slot take it from each other', () => {
    const { validators, shard, alice } = new World(1)
    const pages = [alice, shard.signUp('fay')[0]].map((reader) => madeFor(shard, reader))
    const [ours, theirs] = pages.map((page) => validators.make(page!, 0)) as [number, number]
    expect(validators.isCurrent(ours, pages[0]!.reader)).toBe(false)
    expect(validators.isCurrent(theirs, pages[1]!.reader)).toBe(true)
  })

  test('nothing is remembered for nobody', () => {
    const world = new World(0)
    expect(world.make()).toBe(0)
    expect(world.isCurrent(1)).toBe(false)
  })

  test('is one for all gateways, as long as the page is as it was', () => {
    const world = new World()
    const first = world.make()
    expect(world.make()).toBe(first)
    // Another page takes the place, and is not taken for this one.
    const short = world.make({ limit: 1 })
    expect(short).not.toBe(first)
    expect(world.make({ limit: 1 })).toBe(short)
    const again = world.make()
    world.shard.ask(tweetBookmarkHandler, world.alice, { tweetId: world.tweet })
    // A gateway that never had the page, and one that has not heard of the change yet.
    const changed = world.make()
    expect(changed).not.toBe(again)
    expect(world.make({}, again)).toBe(changed)
    world.shard.ask(tweetUnbookmarkHandler, world.alice, { tweetId: world.tweet })
    expect(world.make({}, changed)).not.toBe(changed)
  })

  test('tells which tweets are on a page, and what they refer to', () => {
    const world = new World()
    const { tweets } = world.shard.state
    const ids = [...world.validators.tweetsOf(world.make())].map((tweet) => tweets.idOf(tweet))
    expect(ids).toEqual([world.quote, world.tweet, world.quoted])
    // The one behind the page is not on it.
    const first = [...world.validators.tweetsOf(world.make({ limit: 1 }))]
    expect(first.map((tweet) => tweets.idOf(tweet))).toEqual([world.quote, world.quoted])
  })

  test('a page that is too long for a slot has none', () => {
    const world = new World()
    for (let count = 0; count < 40; count++) world.shard.post(world.bob, `tweet ${count}`)
    expect(world.make({ limit: 32 })).toBeGreaterThan(0)
    expect(world.make({ limit: 33 })).toBe(0)
    expect(world.make({ limit: 100 })).toBe(0)
  })
})

describe('a page has no validator', () => {
  const without: Readonly<Record<string, (world: World) => { order?: string } | undefined>> = {
    'in the order of rank': () => ({ order: 'top' }),
    'where a tweet on it was deleted': ({ shard, bob, tweet }) => {
      shard.ask(tweetDeleteHandler, bob, { tweetId: tweet })
      return undefined
    },
    'of a reader who has muted somebody': ({ shard, alice, eve }) => {
      shard.ask(userMuteHandler, alice, { userId: eve })
      return undefined
    },
    'where a retweet has to be looked for': ({ shard, bob, cid, quoted }) => {
      shard.ask(tweetRetweetHandler, bob, { tweetId: quoted })
      shard.ask(tweetRetweetHandler, cid, { tweetId: quoted })
      return undefined
    },
  }
  test.each(Object.keys(without))('%s', (name) => {
    const world = new World()
    expect(madeFor(world.shard, world.alice)).toBeDefined()
    const params = without[name]!(world) ?? {}
    expect(madeFor(world.shard, world.alice, params)).toBeUndefined()
  })
})

/** What the handler tells of the page that it makes. */
function madeFor(shard: OneShard, reader: UserId, params: { limit?: number; order?: string } = {}) {
  const context = shard.contextFor(reader)
  timelineHomeHandler.read(shard.state, context, params as never, new MessagePackWriter())
  return context.madePage
}

/** Alice follows bob, who quotes cid; dan and eve are others. */
class World {
  readonly shard = new OneShard()
  readonly validators: PageValidators
  readonly alice: UserId
  readonly bob: UserId
  readonly cid: UserId
  readonly dan: UserId
  readonly eve: UserId
  readonly quoted: TweetId
  readonly tweet: TweetId
  readonly quote: TweetId

  constructor(readers = 4) {
    const { shard } = this
    this.validators = new PageValidators(shard.state, readers)
    const [alice, bob, cid, dan, eve] = shard.signUp('alice', 'bob', 'cid', 'dan', 'eve')
    this.alice = alice
    this.bob = bob
    this.cid = cid
    this.dan = dan
    this.eve = eve
    shard.ask(userFollowHandler, alice, { userId: bob })
    shard.ask(userFollowHandler, bob, { userId: eve })
    shard.ask(userFollowHandler, dan, { userId: alice })
    this.quoted = shard.post(cid, 'of rooks')
    this.tweet = shard.post(bob, 'of crows')
    const posted = shard.ask(tweetPostHandler, bob, { text: 'yes', quoteOf: this.quoted })
    this.quote = posted.tweet.id
    shard.ask(tweetFavoriteHandler, eve, { tweetId: this.tweet })
    shard.ask(tweetRetweetHandler, eve, { tweetId: this.tweet })
  }

  /** The validator of alice's page. */
  make(params: { limit?: number } = {}, refused = 0): number {
    return this.validators.make(madeFor(this.shard, this.alice, params)!, refused)
  }

  isCurrent(validator: number): boolean {
    return this.validators.isCurrent(validator, this.shard.state.users.indexOf(this.alice))
  }
}
