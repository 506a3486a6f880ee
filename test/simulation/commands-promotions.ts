// Commands of the model test that have to do with promoted tweets. A campaign lasts for one command: somebody is
// credited, promotes a tweet, and a reader with a full page is shown it or not, says so twice, and is shown it no
// more; a shard may die at any moment of it.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import { promotedEvery } from '../../protocol/limits.ts'
import type { Promotion } from '../../protocol/promotions.ts'
import type { World } from './comparison.ts'
import type { Model, ModelTweet } from './model.ts'

export type PromotionCommand = {
  readonly do: 'campaign'
  readonly tweet: number
  readonly reader: number
  readonly restarted: number | undefined
  readonly isPaused: boolean
}

const n = fc.nat({ max: 1000 })
const price = 100
const action = { by: 'moira', reason: 'paid in' }

export const promotionArbitrary: fc.Arbitrary<PromotionCommand> = fc.record({
  do: fc.constant('campaign' as const),
  tweet: n,
  reader: n,
  restarted: fc.option(n, { nil: undefined }),
  isPaused: fc.boolean(),
})

export function isPromotionCommand<C extends { do: string }>(
  command: C | PromotionCommand,
): command is PromotionCommand {
  return command.do === 'campaign'
}

/** Does it to the cluster, and compares with what the model says. */
export async function runPromotions(command: PromotionCommand, world: World): Promise<void> {
  const { cluster, model } = world
  const tweet = model.tweets[command.tweet % Math.max(1, model.tweets.length)]
  const reader = model.users[command.reader % Math.max(1, model.users.length)]?.id
  const advertiser = model.users.find(({ id }) => id === tweet?.author)
  if (tweet === undefined || advertiser === undefined || reader === undefined) return
  // What is retweeted may be gone at another shard: then the retweet is too, once the author's shard has heard of it.
  await cluster.settle()
  const promotion = await promote(tweet, advertiser, world)
  if (promotion === undefined) return
  await fillHome(reader, world)
  await cluster.settle()
  const [of, to] = [{ promotionId: promotion.id }, { actor: advertiser.id }]
  if (command.isPaused) {
    const paused = await cluster.call('promotion.pause', of, to)
    expect(paused).toMatchObject({ result: { promotion: { status: 'paused' } } })
    await cluster.settle()
    expect(await shownTo(reader, world)).toEqual([])
    await cluster.call('promotion.resume', of, to)
    await cluster.settle()
  }
  const isSeen = await see(command, { reader, tweet }, world)
  await cluster.settle()
  const impressions = isSeen ? 1 : 0
  expect(await shownTo(reader, world), 'at most as often as the cap allows').toEqual([])
  const ended = await cluster.call('promotion.end', of, to)
  const endedBy = isSeen ? 'budget' : 'advertiser'
  const cost = { impressions, spentMicros: impressions * price }
  expect(ended).toMatchObject({ result: { promotion: { status: 'ended', endedBy, ...cost } } })
  expect(await cluster.call('promotion.get', of, to)).toEqual(ended)
  await cluster.settle()
}

/** With just enough for one impression; undefined where the tweet cannot be promoted. */
async function promote(
  tweet: ModelTweet,
  { id: actor, handle }: { readonly id: number; readonly handle: string },
  { cluster, model }: World,
): Promise<Promotion | undefined> {
  const before = await cluster.call('promotion.list', {}, { actor })
  if ('error' in before) throw new Error(`promotions: ${before.error.message}`)
  const { fundedMicros, availableMicros } = before.result
  const terms = {
    tweetId: tweet.id as TweetId,
    budgetMicros: price + 99,
    pricePerImpressionMicros: price,
    frequencyCap: 1,
  }
  const create = () => cluster.call('promotion.create', terms, { actor })
  const isPromotable = tweet.retweetOf === undefined && isForEveryone(model, tweet)
  if (model.isHidden(actor, tweet)) {
    expect(await create()).toMatchObject({ error: { code: 'not_found' } })
    return undefined
  }
  if (!isPromotable) {
    expect(await create()).toMatchObject({ error: { code: 'not_public' } })
    return undefined
  }
  const fund = async (micros: number) => {
    const given = { fundedMicros: micros, ...action }
    await cluster.call('advertiser.fund', { handle, ...given })
    model.operators.fund({ userId: actor as UserId, ...given })
  }
  // What the promotions before this one have cost; the rest of their budgets is free again.
  const spentMicros = fundedMicros - availableMicros
  await fund(spentMicros + terms.budgetMicros - 1)
  expect(await create()).toMatchObject({ error: { code: 'not_funded' } })
  await fund(spentMicros + terms.budgetMicros)
  const created = await create()
  if ('error' in created) throw new Error(`promote: ${created.error.message}`)
  expect(created.result.promotion).toMatchObject({ ...terms, status: 'active', impressions: 0 })
  model.operators.promotions.push([actor, created.result.promotion.id])
  return created.result.promotion
}

/** Says twice that it was seen. @returns whether there was something to see */
async function see(
  { restarted }: PromotionCommand,
  { reader, tweet }: { readonly reader: number; readonly tweet: ModelTweet },
  world: World,
): Promise<boolean> {
  const { cluster, model } = world
  const entries = await shownTo(reader, world)
  const isMeant = tweet.author !== reader && model.mayShow(reader, tweet)
  if (!isMeant) expect(entries, 'I5: promoted').toEqual([])
  const [entry] = entries
  if (entry === undefined) {
    if (isMeant) expect(await refersTo(reader, tweet.id, world), 'it is there anyway').toBe(true)
    return false
  }
  expect(entry.tweet.id).toBe(tweet.id)
  if (restarted !== undefined) {
    await cluster.restart(restarted)
    await cluster.settle()
    expect(await shownTo(reader, world), 'the same impression').toEqual(entries)
  }
  const { promotionId, impression } = entry
  for (let time = 0; time < 2; time++) {
    const said = await cluster.call(
      'promotion.impression',
      { promotionId, impression },
      { actor: reader },
    )
    expect(said).toEqual({ result: {} })
  }
  return true
}

async function home(reader: number, { cluster }: World) {
  const answer = await cluster.call('timeline.home', {}, { actor: reader })
  if ('error' in answer) throw new Error(`home: ${answer.error.message}`)
  return answer.result
}

async function shownTo(reader: number, world: World) {
  return (await home(reader, world)).promoted ?? []
}

/** Whether a page has a tweet, or something that carries it on. */
async function refersTo(reader: number, tweetId: number, world: World): Promise<boolean> {
  const { tweets, referenced = [] } = await home(reader, world)
  return [...tweets, ...referenced].some(({ id, quoteOf, retweetOf }) =>
    [id, quoteOf, retweetOf].includes(tweetId as TweetId),
  )
}

/** Has the reader post until their page is a whole one. */
async function fillHome(reader: number, { cluster, model }: World): Promise<void> {
  while (model.home(reader).length < promotedEvery) {
    const text = `tweet ${model.tweets.length}`
    const answer = await cluster.call('tweet.post', { text }, { actor: reader })
    if ('error' in answer) throw new Error(`post: ${answer.error.message}`)
    const { id } = answer.result.tweet
    model.tweets.push({ id, author: reader, text, inReplyTo: undefined, isDeleted: false })
  }
}

function isForEveryone({ privacy }: Model, { author, visibility }: ModelTweet): boolean {
  return !privacy.protected.has(author) && (visibility ?? 'everyone') === 'everyone'
}
