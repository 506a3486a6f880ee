// Commands of the model test that have to do with lists and moments, and with accounts that are deleted.
//
// What others have done is heard of a moment later, so whoever follows a list or moment lets everything arrive
// before; so does whoever leaves, and everything of theirs is looked for at once, from all sides.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import type { World } from './comparison.ts'
import type { ModelCollection } from './model-collections.ts'

const kinds = ['list', 'moment'] as const
const changes = ['put in', 'take out', 'show or hide', 'move', 'edit'] as const

export type CollectionCommand =
  | { do: 'make a collection'; user: number; kind: 'list' | 'moment'; isRetried: boolean }
  | { do: (typeof changes)[number]; user: number; which: number; item: number }
  | { do: 'drop a collection'; user: number; which: number }
  | { do: 'follow a collection' | 'unfollow a collection'; user: number; which: number }
  | { do: 'leave'; user: number }

const n = fc.nat({ max: 1000 })

export const collectionArbitrary: fc.Arbitrary<CollectionCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('make a collection' as const),
      user: n,
      kind: fc.constantFrom(...kinds),
      isRetried: fc.boolean(),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('put in' as const, 'put in' as const, ...changes),
      user: n,
      which: n,
      item: n,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('drop a collection' as const), user: n, which: n }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('follow a collection' as const, 'unfollow a collection' as const),
      user: n,
      which: n,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), user: n }) },
)

const names: readonly string[] = [
  ...changes,
  ...['make a collection', 'drop a collection', 'leave'],
  ...['follow a collection', 'unfollow a collection'],
]

export function isCollectionCommand<C extends { do: string }>(
  command: C | CollectionCommand,
): command is CollectionCommand {
  return names.includes(command.do)
}

/** Does it to the cluster and to the model. */
export async function runCollections(command: CollectionCommand, world: World): Promise<void> {
  const { model } = world
  const user = model.users[command.user % model.users.length]!
  if (command.do === 'leave') return leave(user, world)
  if (command.do === 'make a collection') return make(command, user.id, world)
  const made = model.collections.all[command.which % Math.max(1, model.collections.all.length)]
  if (made === undefined) return
  if ('item' in command) return change(command, made, world)
  if (command.do !== 'drop a collection') {
    return follow(command.do === 'follow a collection', { user: user.id, made }, world)
  }
  return drop(made, world)
}

/** A moment begins with the newest tweet, which stands for it. */
async function make(
  { kind, isRetried }: { kind: 'list' | 'moment'; isRetried: boolean },
  owner: number,
  { cluster, model }: World,
): Promise<void> {
  const text = `collection ${model.collections.madeCount++}`
  const params = isRetried ? { operationId: text } : {}
  const newest = kind === 'moment' ? model.tweets.at(-1) : undefined
  const cover = newest === undefined ? {} : { coverTweetId: newest.id as TweetId }
  const call = () =>
    kind === 'list'
      ? cluster.call('list.create', { name: text, ...params }, { actor: owner })
      : cluster.call('moment.create', { title: text, ...cover, ...params }, { actor: owner })
  const answer = await call()
  if (newest !== undefined && model.isHidden(owner, newest) && 'error' in answer) {
    expect(answer).toMatchObject({ error: { code: 'not_found', field: 'coverTweetId' } })
    return
  }
  if ('error' in answer) throw new Error(`${kind}: ${answer.error.message}`)
  const { id } = 'list' in answer.result ? answer.result.list : answer.result.moment
  if (isRetried) {
    const again = await call()
    if ('error' in again) throw new Error(`${kind} again: ${again.error.message}`)
    const { id: same } = 'list' in again.result ? again.result.list : again.result.moment
    expect(same, 'I2: a retry takes effect once').toBe(id)
  }
  if (newest !== undefined) expect(model.mayRead(owner, newest), 'I5').toBe(true)
  const first = newest && model.original(newest).id
  model.collections.all.push({
    ...{ kind, id, owner, title: text, isPrivate: kind === 'moment' },
    items: first === undefined ? [] : [first],
    cover: first,
  })
}

async function follow(
  isBegin: boolean,
  { user, made }: { user: number; made: ModelCollection },
  { cluster, model }: World,
): Promise<void> {
  await cluster.settle()
  const { kind, id } = made
  const name = `${kind}.${isBegin ? 'follow' : 'unfollow'}` as 'list.follow'
  const params = { [`${kind}Id`]: id } as { listId: number }
  const answer = await cluster.call(name, params, { actor: user })
  if (!isBegin) {
    expect(answer).toEqual({ result: {} })
    model.collections.unfollow(user, id)
  } else if (made.owner === user) {
    expect(answer).toMatchObject({ error: { code: 'cannot_follow_own' } })
  } else if (!model.mayReadCollection(user, made)) {
    expect(answer, 'I5').toMatchObject({ error: { code: 'not_found' } })
  } else {
    expect(answer).toEqual({ result: {} })
    if (!model.collections.isFollowing(user, id)) model.collections.follows.push([user, id])
  }
}

async function drop(made: ModelCollection, { cluster, model }: World): Promise<void> {
  const { kind, id, owner } = made
  const name = `${kind}.delete` as 'list.delete'
  const params = { [`${kind}Id`]: id } as { listId: number }
  expect(await cluster.call(name, params, { actor: owner })).toEqual({ result: {} })
  const { collections } = model
  collections.all = collections.all.filter((other) => other !== made)
  collections.follows = collections.follows.filter(([, collection]) => collection !== id)
}

async function change(
  command: { do: (typeof changes)[number]; item: number },
  made: ModelCollection,
  world: World,
): Promise<void> {
  if (command.do === 'show or hide') return showOrHide(made, world)
  if (command.do === 'edit') return edit(command.item, made, world)
  await world.cluster.settle()
  return made.kind === 'list'
    ? changeList(command, made, world)
    : changeMoment(command, made, world)
}

async function showOrHide(made: ModelCollection, { cluster }: World): Promise<void> {
  const { id, owner: actor, kind } = made
  if (kind === 'moment') {
    const answer = await cluster.call('moment.publish', { momentId: id }, { actor })
    expect(answer).toMatchObject({ result: { moment: { published: true } } })
    made.isPrivate = false
    return
  }
  const params = { listId: id, private: !made.isPrivate }
  const answer = await cluster.call('list.update', params, { actor })
  expect(answer).toMatchObject({ result: { list: { private: !made.isPrivate } } })
  made.isPrivate = !made.isPrivate
}

/** A moment gets a cover as well: one of its tweets, or one that may not be in it. */
async function edit(
  number: number,
  made: ModelCollection,
  { cluster, model }: World,
): Promise<void> {
  const { id, kind, owner: actor, items } = made
  const title = `title ${number}`
  if (kind === 'list') {
    const answer = await cluster.call('list.update', { listId: id, name: title }, { actor })
    expect(answer).toMatchObject({ result: { list: { id, name: title } } })
  } else {
    const tweets = number % 4 === 0 ? model.tweets.map((tweet) => tweet.id) : items
    const cover = tweets[number % Math.max(1, tweets.length)]
    const given = cover === undefined ? {} : { coverTweetId: cover as TweetId }
    const params = { momentId: id, title, ...given }
    const answer = await cluster.call('moment.update', params, { actor })
    if (cover !== undefined && !items.includes(cover)) {
      expect(answer).toMatchObject({ error: { code: 'not_in_moment' } })
      return
    }
    expect(answer).toMatchObject({ result: { moment: { id, title } } })
    made.cover = cover ?? made.cover
  }
  made.title = title
}

async function changeList(
  command: { do: string; item: number },
  made: ModelCollection,
  { cluster, model }: World,
): Promise<void> {
  const userId = model.users[command.item % model.users.length]!.id
  const params = { listId: made.id, userId: userId as UserId }
  if (command.do !== 'put in') {
    await cluster.call('list.removeMember', params, { actor: made.owner })
    made.items = made.items.filter((item) => item !== userId)
    return
  }
  const answer = await cluster.call('list.addMember', params, { actor: made.owner })
  if (made.items.includes(userId)) {
    expect(answer).toMatchObject({ result: { list: { id: made.id } } })
  } else if (model.privacy.isBlockBetween(made.owner, userId)) {
    expect(answer).toMatchObject({ error: { code: 'blocked' } })
  } else {
    expect(answer).toMatchObject({ result: { list: { id: made.id } } })
    made.items.push(userId)
  }
}

async function changeMoment(
  command: { do: string; item: number },
  made: ModelCollection,
  { cluster, model }: World,
): Promise<void> {
  // Mostly one that is in it, where that is what the command needs.
  const isAny = command.do === 'put in' || command.item % 4 === 0
  const tweets = isAny ? model.tweets : made.items.map((item) => model.tweet(item)!)
  const tweet = tweets[command.item % Math.max(1, tweets.length)]
  if (tweet === undefined) return
  const actor = made.owner
  const params = { momentId: made.id, tweetId: tweet.id as TweetId }
  const place = command.item % 3
  const isIn = made.items.includes(tweet.id)
  if (command.do === 'put in') {
    const answer = await cluster.call('moment.addTweet', { ...params, place }, { actor })
    if (model.isHidden(actor, tweet)) {
      expect(answer, 'I5').toMatchObject({ error: { code: 'not_found' } })
      return
    }
    const original = model.original(tweet).id
    if (!made.items.includes(original)) made.items.splice(place, 0, original)
  } else if (command.do === 'move') {
    const answer = await cluster.call('moment.move', { ...params, place }, { actor })
    if (!isIn) expect(answer).toMatchObject({ error: { code: 'not_in_moment' } })
    else {
      made.items.splice(made.items.indexOf(tweet.id), 1)
      made.items.splice(place, 0, tweet.id)
    }
  } else {
    await cluster.call('moment.removeTweet', params, { actor })
    const original = model.original(tweet).id
    made.items = made.items.filter((item) => item !== original)
    if (made.cover === original) made.cover = undefined
  }
}

/** Four stay, so that there is always somebody to do things. */
async function leave({ id, handle }: { id: number; handle: string }, world: World): Promise<void> {
  const { cluster, model } = world
  if (model.users.length <= 4) return
  const late = cluster.send('tweet.post', { text: 'late' }, { actor: id })
  const wrong = await cluster.call('account.delete', { password: 'a guess' }, { actor: id })
  expect(wrong).toMatchObject({ error: { code: 'wrong_credentials' } })
  const answer = await cluster.call('account.delete', { password: 'password' }, { actor: id })
  expect(answer).toEqual({ result: {} })
  await late
  model.leave(id)
  await cluster.settle()
  for (const reader of model.users) {
    const from = { actor: reader.id }
    for (const user of [{ id: id as UserId }, { handle }]) {
      const found = await cluster.call('user.get', { user }, from)
      expect(found, 'I5').toMatchObject({ error: { code: 'not_found' } })
    }
  }
  const signUp = { handle, name: handle, password: 'password' }
  const taken = await cluster.call('account.create', signUp)
  expect(taken).toMatchObject({ error: { code: 'handle_taken' } })
}
