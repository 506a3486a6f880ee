// What is hidden stays hidden (I5): every operation whose answer can hold tweets is found by its definition,
// and asked by readers who stand in every relation to the author, about a tweet of every visibility.
//
// An operation is asked with parameters by their names (`tweetId`, `userId`, `tag`, ...), first as it can be
// asked about the tweet itself. One with a parameter that nobody has taught this test fails it, with what to
// do: so a new way to read tweets cannot be forgotten here.

import { describe, expect, test } from 'vitest'
import { tweetField, type Visibility, visibilities } from '../../../protocol/entities.ts'
import type { Field, Fields } from '../../../protocol/fields.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { idMax } from '../../../protocol/ids.ts'
import type { Operation } from '../../../protocol/operation.ts'
import { pushes } from '../../../protocol/pushes/index.ts'
import { operationsByCode } from '../../../protocol/registry.ts'
import { handlersByCode } from '../../../shard/handlers.ts'
import { listAddMemberHandler } from '../../../shard/operations/list-add-member.ts'
import { listCreateHandler } from '../../../shard/operations/list-create.ts'
import { liveSubscribeHandler } from '../../../shard/operations/live-subscribe.ts'
import { momentAddTweetHandler } from '../../../shard/operations/moment-add-tweet.ts'
import { momentCreateHandler } from '../../../shard/operations/moment-create.ts'
import { momentPublishHandler } from '../../../shard/operations/moment-publish.ts'
import { tweetBookmarkHandler } from '../../../shard/operations/tweet-bookmark.ts'
import { tweetFavoriteHandler } from '../../../shard/operations/tweet-favorite.ts'
import { tweetPinHandler } from '../../../shard/operations/tweet-pin.ts'
import { tweetPostHandler } from '../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../shard/operations/tweet-retweet.ts'
import { userApproveFollowHandler } from '../../../shard/operations/user-approve-follow.ts'
import { userBlockHandler } from '../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../shard/operations/user-mute.ts'
import { userSuspendHandler } from '../../../shard/operations/user-suspend.ts'
import { userUpdateHandler } from '../../../shard/operations/user-update.ts'
import { OneShard, stranger } from '../../helpers/one-shard.ts'

const relations = [
  'nobody',
  'stranger',
  'mentioned',
  'follower',
  'requested',
  'blocked by',
  'blocking',
  'muting',
  'follower of a suspended account',
  'author',
] as const
type Relation = (typeof relations)[number]

type Case = {
  readonly relation: Relation
  readonly visibility: Visibility
  readonly isProtected: boolean
}

const cases: readonly Case[] = relations.flatMap((relation) =>
  visibilities.flatMap((visibility) =>
    [false, true].map((isProtected) => ({ relation, visibility, isProtected })),
  ),
)

/** The rule once more, as a person would say it. */
function mayRead({ relation, visibility, isProtected }: Case): boolean {
  if (relation === 'author') return true
  if (relation === 'blocked by' || relation === 'blocking') return false
  if (relation === 'follower of a suspended account') return false
  // Whoever is not protected lets everybody in at once.
  const isLetIn = relation === 'requested' && !isProtected
  const follows = isLetIn || relation === 'follower' || relation === 'muting'
  if (isProtected && !follows) return false
  if (visibility === 'mentioned') return relation === 'mentioned'
  return visibility === 'everyone' || follows
}

/** The secret stands in no other text, so an answer that holds it shows the tweet. */
const secret = 'plumage'
const tag = 'nightroost'
const location = { latitude: 52.4, longitude: 0.26 }

/** Values for parameters, by their names. An operation with another one has to be taught here. */
const taught: Readonly<Record<string, (world: World) => unknown>> = {
  tweetId: ({ tweetId }) => tweetId,
  userId: ({ author }) => author,
  user: ({ author }) => ({ id: author }),
  inReplyTo: ({ tweetId }) => tweetId,
  quoteOf: ({ tweetId }) => tweetId,
  text: () => 'something else',
  order: () => 'top',
  tab: () => 'tweets',
  channel: () => 'home',
  tag: () => tag,
  query: () => secret,
  latitude: () => location.latitude,
  longitude: () => location.longitude,
  radiusMeters: () => 1_000,
  cursor: () => `tweets:${idMax}`,
  listId: ({ shard, author, other }) => {
    const { list } = shard.ask(listCreateHandler, other, { name: 'rooks' })
    shard.ask(listAddMemberHandler, other, { listId: list.id, userId: author })
    return list.id
  },
  momentId: ({ shard, other, tweetId }) => {
    const { moment } = shard.ask(momentCreateHandler, other, { title: 'dusk' })
    shard.call(momentAddTweetHandler, other, { momentId: moment.id, tweetId })
    shard.call(momentPublishHandler, other, { momentId: moment.id })
    return moment.id
  },
}
/** Parameters that need not be given: without them an operation answers at least as much. */
const leftOut = new Set([
  ...['before', 'limit', 'position', 'operationId', 'mediaIds', 'location', 'visibility'],
])
/** Operations of which nothing can be asked about somebody else's tweet, and why. */
const exempt: Readonly<Record<string, string>> = {
  'tweet.delete': 'shows only what the actor deletes of their own',
}

class World {
  readonly shard = new OneShard()
  readonly author: UserId
  readonly reader: UserId
  readonly other: UserId
  readonly tweetId: TweetId

  constructor({ relation, visibility, isProtected }: Case) {
    const { shard } = this
    const [author, reader, other] = shard.signUp('author', 'reader', 'other')
    this.author = author
    this.other = other
    this.reader = relation === 'nobody' ? stranger : relation === 'author' ? author : reader
    if (isProtected) shard.ask(userUpdateHandler, author, { protected: true })
    for (const follower of relation === 'requested' ? [other] : [other, reader]) {
      if (follower === reader && !followsFirst.has(relation)) continue
      shard.ask(userFollowHandler, follower, { userId: author })
      if (isProtected) shard.ask(userApproveFollowHandler, author, { userId: follower })
    }
    if (relation === 'requested') shard.ask(userFollowHandler, reader, { userId: author })
    if (relation !== 'nobody') {
      shard.ask(userFollowHandler, this.reader, { userId: other })
      for (const channel of ['home', 'notifications', `tag:${tag}`]) {
        shard.ask(liveSubscribeHandler, this.reader, { channel }, { slot: readerSlot })
      }
    }
    this.#relate(relation === 'muting' ? relation : undefined)
    const mention = relation === 'mentioned' ? '@reader ' : ''
    const text = `${mention}${secret} #${tag}`
    const posted = shard.ask(tweetPostHandler, author, { text, visibility, location })
    this.tweetId = posted.tweet.id
    // So that it concerns the reader, whoever they are.
    if (relation !== 'nobody') {
      const inReplyTo = shard.post(this.reader, 'hello')
      shard.call(tweetPostHandler, author, { text, visibility, inReplyTo })
    }
    // Bookmarked while it could be: the mark outlives the right to read.
    if (relation === 'blocked by' || relation === 'blocking') {
      shard.call(tweetBookmarkHandler, this.reader, { tweetId: this.tweetId })
    }
    // Both are on the author's profile.
    shard.call(tweetFavoriteHandler, author, { tweetId: this.tweetId })
    shard.call(tweetPinHandler, author, { tweetId: this.tweetId })
    this.#relate(relation)
    shard.gateway.take()
    shard.ask(tweetPostHandler, author, { text: `${text} again`, visibility, location })
    // Somebody whom the reader follows carries it on.
    shard.call(tweetRetweetHandler, other, { tweetId: this.tweetId })
    shard.call(tweetPostHandler, other, { text: 'see this', quoteOf: this.tweetId })
  }

  #relate(relation: Relation | undefined): void {
    const { shard, author, reader } = this
    if (relation === 'follower of a suspended account') {
      const action = { handle: 'author', by: 'moira', reason: 'a test' }
      shard.ask(userSuspendHandler, stranger, action)
    }
    if (relation === 'blocked by') shard.ask(userBlockHandler, author, { userId: reader })
    if (relation === 'blocking') shard.ask(userBlockHandler, reader, { userId: author })
    if (relation === 'muting') shard.ask(userMuteHandler, reader, { userId: author })
  }
}

const followsFirst = new Set<Relation>([
  'follower',
  'muting',
  'blocked by',
  'blocking',
  'follower of a suspended account',
])
const readerSlot = 7

const reading = [...operationsByCode.values()].filter(
  ({ name, access, answer }) =>
    access !== 'operator' && holdsTweets(answer) && exempt[name] === undefined,
)

describe('I5: whoever may not see a tweet is not shown it', () => {
  test.each(reading.map((operation) => [operation.name, operation] as const))(
    'by %s',
    (_name, operation) => {
      for (const params of paramsOf(operation)) {
        for (const one of cases) expectHidden(operation, params, one)
      }
    },
  )

  test('by what is pushed: the tweet itself, a retweet, or a quote of it', () => {
    expect(Object.values(pushes).some(({ data }) => holdsTweets(data))).toBe(true)
    for (const one of cases) {
      if (mayRead(one)) continue
      const { gateway } = new World(one).shard
      const told = JSON.stringify(gateway.pushes.filter(({ slots }) => slots.includes(readerSlot)))
      expect(told, JSON.stringify(one)).not.toContain(secret)
    }
  })

  test('by the channel of notifications', () => {
    const listen = [...operationsByCode.values()].find(({ name }) => name === 'live.subscribe')!
    for (const one of cases) {
      if (mayRead(one) || one.relation === 'nobody') continue
      const seen = ask(new World(one), listen, { channel: 'notifications' })
      expect(seen.includes(secret), JSON.stringify(one)).toBe(false)
    }
  })

  test('and what may be read can be read: by tweet.get', () => {
    const get = [...operationsByCode.values()].find(({ name }) => name === 'tweet.get')!
    for (const one of cases) {
      const world = new World(one)
      const seen = ask(world, get, { tweetId: world.tweetId })
      expect(seen.includes(secret), JSON.stringify(one)).toBe(mayRead(one))
    }
  })
})

/** Sets of names of parameters that an operation is asked with: all that are needed, and each other one. */
function paramsOf({ name, request }: Operation): readonly (readonly string[])[] {
  const names = Object.keys(request)
  for (const param of names) {
    if (taught[param] !== undefined || leftOut.has(param)) continue
    throw new Error(
      `${name} can answer tweets, and this test does not know what to ask it with: give its ` +
        `parameter ${param} a value in \`taught\` that leads to the tweet, or name it in ` +
        '`leftOut` where the answer without it shows as much.',
    )
  }
  const needed = names.filter((param) => request[param]!.kind !== 'optional')
  const others = names.filter((param) => !needed.includes(param) && taught[param] !== undefined)
  return [needed, ...others.map((param) => [...needed, param])]
}

function expectHidden(operation: Operation, names: readonly string[], one: Case): void {
  if (mayRead(one)) return
  const world = new World(one)
  const params = Object.fromEntries(names.map((name) => [name, taught[name]!(world)]))
  const seen = ask(world, operation, params)
  const how = `${operation.name}(${names.join(', ')}) shows it: ${JSON.stringify(one)}`
  expect(seen.includes(secret), how).toBe(false)
}

/** What the reader is answered, as text. */
function ask(world: World, operation: Operation, params: Record<string, unknown>): string {
  const handler = handlersByCode.get(operation.code) as typeof tweetPostHandler
  const called = world.shard.call(handler, world.reader, params as never, { slot: readerSlot })
  return JSON.stringify(called)
}

/** Whether a tweet may stand somewhere in an answer. */
function holdsTweets(fields: Fields): boolean {
  return Object.values(fields).some(isOrHoldsTweet)
}

function isOrHoldsTweet(field: Field): boolean {
  if (field === tweetField) return true
  if (field.kind === 'list' || field.kind === 'optional') return isOrHoldsTweet(field.of)
  return field.kind === 'record' && holdsTweets(field.fields)
}
